"""The simulated line: keys, waits and hang-ups at their moments, as on a channel."""

import pytest

from ari_app.sim.run import Result
from ivr.model import Book
from tests.sim.sample_flows import book, run

MENUS = """
flow: menus
numbers: ["100"]
languages: [ru]
start: main
nodes:
  main:
    menu: menu
    keys: { "1": one, "10": ten, "2": legal, "3": flushed, "4": record, "5": queue, "6": input }
    silent: help
    wrong: wrong
    between: 3s
    wait: 5s
    gave-up: bye
  one: { menu: hello, keys: { "0": main, "2": legal }, gave-up: bye }
  ten: { menu: sure, keys: { "0": main }, gave-up: bye }
  legal: { say: legal, barge-in: no, then: one }
  flushed: { menu: text, keys: { "1": one, "0": main }, type-ahead: flush, gave-up: bye }
  record: { record: voice, into: said, longest: 20s, quiet: 2s, then: one, empty: ten }
  queue: { queue: support, on: { left: one }, else: bye }
  input:
    { input: number, into: number, least: 4, most: 9, between: 2s, total: 5s, then: one,
      gave-up: bye }
  bye: { end: bye }
"""
BOOK = book(menus=MENUS)


async def called(steps: str, given: str = "", of: Book = BOOK) -> Result:
    """A call of these steps; every screen lasts ten seconds."""
    lines = "\n".join(f"  - {line}" for line in steps.strip().split("\n"))
    text = f'tests:\n- test: t\n  call: "100"\n  given: {{ {given} }}\n  steps:\n{lines}\n'
    [result] = await run(of, text)
    return result


@pytest.mark.parametrize(
    "steps",
    [
        # Type-ahead: one queue of keys, and nothing is waited for that is whole.
        'press: "202"\nexpect: { node: one, prompt: legal }',
        'press: { keys: "1002", every: 0.1s }\nexpect: { prompt: legal }',
        # 1 is the beginning of 10: it waits for the inter-digit time, and no longer.
        'press: "1"\nwait: 2.9s\nexpect: { node: one, prompt: hello }',
        'press: { keys: "10", every: 2.9s }\nexpect: { node: ten }',
        'press: { keys: "10", every: 3s }\nexpect: { node: main, prompt: menu }',
        # The first-digit time is counted from the end of the prompt: 10 + 5 s.
        'wait: 14.9s\nexpect: { untold: help }\npress: "2"\nexpect: { node: legal }',
        "wait: 15.1s\nexpect: { prompt: help, node: main }",
        "silence\nexpect: { prompt: help }\nsilence\nsilence\nexpect: { prompt: bye }",
        # A prompt without barge-in is played to its end whatever is pressed.
        'press: "2"\nexpect: { prompt: legal }\nwait: 5s\npress: "0"\nwait: 4.9s\n'
        "expect: { node: legal }",
        'press: "2"\nexpect: { prompt: legal }\nwait: 5s\npress: "0"\nexpect: { node: main }',
        # Keys that were pressed before are forgotten where the menu says so.
        'press: { keys: "31", every: 0.1s }\nexpect: { node: one }',
        'wait: 1s\npress: "81"\nexpect: { node: main, prompt: wrong }',
        # One press that is reported twice is one press; no hand is as fast.
        'press: { keys: "2", every: 1s }\nwait: 0.02s\npress: "2"\nexpect: { node: legal }\n'
        "hear\nexpect: { node: one }",
        # Digits: too few are wrong, the stop key ends them, the total ends them.
        'press: "6"\npress: "123#"\nexpect: { prompt: number, node: input }',
        'press: "6"\npress: "12345#"\nexpect: { node: one, value: { number: "12345" } }',
        'press: "6"\npress: { keys: "123456", every: 1.5s }\n'
        'expect: { node: one, value: { number: "1234" } }',
        # A recording ends by its key, by silence, or at its greatest length.
        'press: "4"\nspeak: 4s\npress: "#"\nexpect: { node: one, value: { said: "4" } }',
        'press: "4"\nspeak: 4s\nexpect: { node: one, value: { said: "4" } }',
        'press: "4"\nspeak: 60s\nexpect: { node: one, value: { said: "20" } }',
        'press: "4"\nsilence\nexpect: { node: ten }',
        'press: "4"\nhear\npress: "#"\nexpect: { node: ten }',
        # In the queue keys count for nothing, and none is left over.
        'press: "5"\nexpect: { queue: support }\nwait: 1s\npress: "2"\nexpect: { node: bye }',
        'press: "5"\nexpect: { queue: support, topic: general }\nhang-up\nexpect: { ended: gone }',
        "hang-up\nexpect: { ended: gone }",
        'press: "5"\nexpect: { ended: ended }',
    ],
)
async def test_what_happens_when(steps: str) -> None:
    result = await called(steps)
    assert result.failure is None


async def test_the_clock_costs_nothing_and_says_when() -> None:
    result = await called('silence\npress: "1"\nexpect: { node: one }')
    assert [(line.at, line.step.key, line.step.outcome) for line in result.trace.path] == [
        (15.0, "", "silent"),
        (18.0, "1", "one"),
        (18.0, "", "gone"),
    ]


async def test_what_is_given_comes_in_turn_and_the_last_one_stays() -> None:
    steps = "\n".join(['press: "5"\nexpect: { node: one }\npress: "0"'] * 3)
    assert (await called(steps, "queue: { support: left }")).failure is None
    result = await called(steps, "queue: { support: [left, timeout, left] }")
    assert result.failure is not None
    assert "expected node one" in result.failure.text


async def test_a_call_that_goes_on_by_itself_is_ended() -> None:
    of = book(
        round="""
flow: round
numbers: ["100"]
languages: [ru]
start: wait
nodes: { wait: { queue: support, on: { timeout: wait }, else: bye }, bye: { end: bye } }
"""
    )
    result = await called("expect: { node: bye }", "queue: { support: timeout }", of)
    assert result.failure is not None
    assert result.failure.text == "the call never ends by itself"
