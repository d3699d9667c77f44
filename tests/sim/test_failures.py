"""What a failing test says: what was expected, what was, and why."""

import pytest
import yaml

from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim.reply_reader import Answers
from ari_app.sim.script import After
from ivr.events import Answered
from ivr.model import Book
from tests.sim.sample_flows import book, run

BOOK = book()


@pytest.mark.parametrize(
    ("steps", "line", "text"),
    [
        (
            ['- press: { keys: "10", every: 3s }', "- expect: { prompt: payments-are }"],
            7,
            "expected prompt payments-are after keys 10, was balance-is menu bye: "
            "key 0 came after the inter-digit time (3 s)",
        ),
        (
            ['- press: "0"', "- expect: { queue: support, topic: service }"],
            7,
            "expected topic service after key 0, was money",
        ),
        (
            ['- press: "4"', '- expect: { dial: "1" }'],
            7,
            "expected dial 1 after key 4, was 80171234567",
        ),
        (
            ['- press: "7"', "- hear", "- expect: { ended: ended }"],
            8,
            "expected end ended after key 7, was still on the line",
        ),
        (
            ['- press: "1"', '- expect: { value: { balance: "3" }, outcome: { balance: ok } }'],
            7,
            "expected value balance to be 3 after key 1, was 12.50",
        ),
        (["- expect: { untold: menu }"], 6, "menu was played after the beginning, but must not"),
        (['- press: "0"', '- press: "1"'], 7, "the call was over before key 1"),
        (['- press: "0"', "- expect: { ended: ended }", "- silence"], 8, "over before silence"),
        (
            ["- silence", "- expect: { identity: none }"],
            7,
            "identity none after silence",
        ),
        (
            ["- wait: 19s", '- press: "8"', "- expect: { node: balance }"],
            8,
            "expected node balance after key 8, was main: "
            "key 8 came after the time for an answer (5 s)",
        ),
    ],
)
async def test_a_person_would_say_it_like_this(steps: list[str], line: int, text: str) -> None:
    lines = "\n".join(f"  {step}" for step in steps)
    source = f'tests:\n\n- test: t\n  call: "100"\n  steps:\n{lines}\n'
    [result] = await run(BOOK, source)
    assert result.failure is not None
    assert text in result.failure.text
    assert result.failure.place.line == line


async def test_a_flow_at_fault_fails_the_test_unless_it_is_expected() -> None:
    of = book(
        flow='flow: f\nnumbers: ["100"]\nlanguages: [ru]\nstart: a\n'
        "nodes: { a: { do: balance, else: b }, b: { end: bye } }"
    )
    broken = 'tests:\n- { test: t, call: "100", given: { balance: broken } }\n'
    [result] = await run(of, broken)
    assert result.failure is not None
    assert "the call failed: a: BrokenError: broken by the test" in result.failure.text
    [result] = await run(of, f"{broken[:-2]}, steps: [{{ expect: {{ ended: fault }} }}] }}\n")
    assert result.failure is None


@pytest.mark.parametrize(
    ("given", "outcome", "prompt"),
    [
        ("unavailable", "unavailable", "wrong"),
        ("slow", "unavailable", "wrong"),
        ("broken", "broken", "wrong"),
        ("{ ok: { balance: 12.50 } }", "ok", "balance-is"),
    ],
)
async def test_back_ends_answer_as_the_test_says(given: str, outcome: str, prompt: str) -> None:
    text = f"""tests:
- test: t
  call: "100"
  given: {{ balance: {given} }}
  steps: [{{ press: "1" }}, {{ expect: {{ prompt: {prompt} }} }}]
"""
    [result] = await run(BOOK, text)
    assert result.failure is None
    assert result.trace.since.outcomes == {"balance": outcome}
    seconds = next(line.at for line in result.trace.path if line.step.node == "balance")
    assert seconds == (6.0 if given == "slow" else 3.0)


def test_what_costs_and_is_slow_is_accepted() -> None:
    book = Book({}, {}, {"buy": CATALOGUE["buy"]})
    node = yaml.compose("slow")
    assert node is not None
    late = Answers("a.test.yaml", "slow", book).reply(("do", "buy"), node)
    assert late == After(Answered("accepted"), CATALOGUE["buy"].deadline)


async def test_hours_announcements_and_messages() -> None:
    text = """tests:
- test: it is closed, and there is an outage
  call: "100"
  lang: ru
  given:
    hours: { office: closed }
    announcements: [{ text: "Авария", until: 2026-03-02T18:00 }, { text: "Ремонт" }]
    payments: { ok: { payments: [{ day: 2026-03-01, amount: 5.00 }] } }
  steps:
  - expect: { prompt: [hello, outages, menu], lang: ru, flow: main }
  - press: "0"
  - expect: { prompt: [closed-until, bye], ended: ended }
- test: a complaint, and thanks for it
  call: "100"
  given: { announcements: [] }
  steps:
  - expect: { untold: outages, prompt: menu }
  - press: "3"
  - speak: 5s
  - expect: { message: text, node: main }
"""
    for result in await run(BOOK, text):
        assert result.failure is None
    assert result.trace.session is not None
    assert result.trace.session.language == "be"
