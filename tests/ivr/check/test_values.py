"""The check of values: brought on every way, each frame with its own, secrets followed."""

from tests.ivr.check.test_check import ASK, HEAD, TAIL, flow, rules, sub

BALANCE = """
balance: { do: balance, on: { ok: said }, else: operator }
said: { say: balance-is, then: main }
"""


def test_a_value_of_one_outcome_is_not_there_after_another() -> None:
    good = f"main: {ASK} {{ '1': balance }} }}\n{BALANCE}"
    assert rules(flow(good)) == []
    assert rules(flow(good.replace("else: operator", "else: said"))) == ["sometimes-unbrought"]


def test_a_case_that_fits_shows_that_the_value_is_there() -> None:
    nodes = f"""
main: {ASK} {{ "1": balance, "2": look }} }}
{BALANCE}
look: {{ branch: balance, when: {{ "> 0": said }}, else: main }}
"""
    assert rules(flow(nodes)) == []
    assert rules(flow(nodes.replace("else: main", "else: said"))) == ["sometimes-unbrought"]


def test_after_a_fault_is_there_what_was_there_wherever_it_may_come() -> None:
    nodes = """
main: { set: { balance: "{other}" }, then: said }
said: { say: welcome, then: bye }
trouble: { set: { copy: "{other}" }, then: operator }
"""
    head = HEAD.replace('always: { "0": operator }\n', "on-error: trouble\n")
    begin = head.replace("start: main", "start: begin")
    set_ = "begin: { set: { other: 5 }, then: main }\n"
    assert rules(flow(set_ + nodes.strip(), begin)) == []
    late = nodes.replace("say: welcome", "set: { other: 5 }")
    assert rules(flow(late, head)) == ["fragile-handler", "unbrought", "sometimes-unbrought"]


def test_values_of_another_frame_are_not_there() -> None:
    nodes = f"""
main: {ASK} {{ "1": balance }} }}
balance: {{ do: balance, on: {{ ok: sub }}, else: operator }}
sub: {{ call: sub, on: {{ done: main }} }}
"""
    inner = "main: { say: balance-is, then: done }\ndone: { return: done }"
    ended = sub(inner).replace(TAIL, "\n").replace('farewell: bye\nalways: { "0": operator }\n', "")
    assert rules(flow(nodes), ended) == ["unbrought"]
    given = ended.replace("languages", "inputs: { balance: money }\nlanguages")
    assert (
        rules(flow(nodes.replace("on: { done", "with: { balance: balance }, on: { done")), given)
        == []
    )


def test_what_a_flow_takes_is_there_after_the_outcome_that_brings_it() -> None:
    nodes = f"""
main: {ASK} {{ "1": who }} }}
who: {{ call: sub, take: {{ number: contract }}, on: {{ known: said, unknown: main }} }}
said: {{ say: number-is, then: main }}
"""
    inner = """
main: { input: contract-ask, into: contract, wrong: not-understood, then: known, gave-up: unknown }
known: { return: known }
unknown: { return: unknown }
"""
    called = sub(inner, "outputs: { contract: digits }\n").replace('"0"', '"*"')
    assert rules(flow(nodes), called) == []
    assert rules(flow(nodes.replace("unknown: main", "unknown: said")), called) == [
        "sometimes-unbrought"
    ]


def test_a_yes_is_for_one_operation() -> None:
    nodes = f"""
main: {ASK} {{ "1": sure }} }}
sure: {{ confirm: pay-ask, wrong: not-understood, yes: pay, no: main, gave-up: operator }}
pay: {{ do: pay, on: {{ ok: %s, refused: main }} }}
again: {{ do: pay, on: {{ ok: main, refused: main }} }}
"""
    assert rules(flow((nodes % "main").replace("again:", "other:"))) == ["unreachable"]
    assert rules(flow(nodes % "again")) == ["unconfirmed"]


def test_a_yes_counts_in_the_flow_that_is_called_then() -> None:
    nodes = f"""
main: {ASK} {{ "1": sure }} }}
sure: {{ confirm: pay-ask, wrong: not-understood, yes: sub, no: main, gave-up: operator }}
sub: {{ call: sub, on: {{ done: main }} }}
"""
    inner = "main: { do: pay, on: { ok: done, refused: done } }\ndone: { return: done }"
    ended = sub(inner).replace(TAIL, "\n").replace('farewell: bye\nalways: { "0": operator }\n', "")
    assert rules(flow(nodes), ended) == []


def test_a_secret_is_followed_through_copies() -> None:
    nodes = f"""
main: {ASK} {{ "1": ask }} }}
ask:
  input: code-ask
  into: pin
  secret: yes
  need: caller
  wrong: not-understood
  then: copy
  gave-up: operator
copy: {{ set: {{ other: "{{pin}}" }}, then: look }}
look: {{ branch: other, when: {{ 1234: main }}, else: operator }}
"""
    assert rules(flow(nodes, HEAD + "on-need: operator\n")) == ["told-secret"]


def test_a_copy_is_of_the_kind_of_what_it_copies() -> None:
    nodes = f"""
main: {ASK} {{ "1": balance }} }}
balance: {{ do: balance, on: {{ ok: copy }}, else: operator }}
copy: {{ set: {{ other: "{{balance}}" }}, then: again }}
again: {{ set: {{ number: "{{other}}" }}, then: said }}
said: {{ say: number-is, then: main }}
"""
    assert rules(flow(nodes)) == ["wrong-kind"]
    assert (
        rules(flow(nodes.replace("number:", "balance:").replace("number-is", "balance-is"))) == []
    )
