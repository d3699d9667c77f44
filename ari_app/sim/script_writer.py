"""Writes tests in YAML: from paths of the search, and from calls that were made."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from ari_app.sim.script import (
    MONDAY,
    UNKNOWN,
    After,
    Expectation,
    Given,
    HangUp,
    Hear,
    Press,
    Silence,
    Speak,
    Step,
    Test,
    Utter,
    Wait,
)
from ari_app.sim.trace import Trace
from ivr.analysis.coverage import EdgeKey
from ivr.analysis.examples import Reply, Request, reply, request_of
from ivr.analysis.paths import Path, Transition
from ivr.conditions import plain
from ivr.digits import closing
from ivr.events import Answered, Failed, Gone, Keyed, Recorded, Said, Silent
from ivr.gather import CLOSING
from ivr.model import Book
from ivr.problems import Place
from ivr.session import Session
from ivr.values import Rows, Value
from ivr.wants import Ask, Dial, Done, Enqueue, Record, Say, Want

_NOWHERE = Place("", 1, 1)

LATER = CLOSING + 1
"""How long a caller waits so that a key is one of its own and closes no answer, in seconds."""


def walked(book: Book, path: Path, language: str) -> Test:
    """The test of a path; ``language`` is that of the default caller."""
    first = path.turns[0].session
    flow = book.flows[first.flow]
    known, number = first.caller.subscriber is not None, first.caller.number
    usual = language if known and language in flow.languages else flow.languages[0]
    end = Step(state_expected(path.session, path.want, flow.flow), _NOWHERE)
    return Test(
        test=_name(path.edges),
        call=first.dialled,
        as_="" if known else f"+{number}" if number else UNKNOWN,
        vouched=first.caller.vouched,
        lang="" if first.language == usual else first.language,
        given=given_of(path.turns),
        steps=(*steps_of(path.turns, flow.flow), end),
    )


def called(test: Test, trace: Trace) -> Test:
    """The test of a call that was made as ``test``, with the caller's actions."""
    steps: list[Step] = []
    before: Transition | None = None
    for turn in trace.turns:
        acts = list(steps_of([turn], "", before))
        before = turn if isinstance(turn.want, Ask | Record) else before
        if acts and turn.want is not None and not isinstance(turn.event, Gone):
            steps.append(Step(state_expected(turn.session, turn.want, ""), _NOWHERE))
        steps += acts
    ended: Literal["gone", "ended"] = "gone" if trace.ending == "gone" else "ended"
    steps.append(Step(Expectation(ended=ended), _NOWHERE))
    return replace(test, steps=tuple(steps))


def _name(edges: Sequence[EdgeKey]) -> str:
    """The name of a test: the first edges that no other test takes."""
    named = [edge for edge in edges if edge[2] not in ("then", "goto", "call")] or list(edges)
    names = [f"{node} {label}".strip() for _, node, label in named[:4]]
    return f"{named[0][0]}: {', '.join(names)}{' …' if len(named) > 4 else ''}"


def given_of(turns: Iterable[Transition]) -> Given:
    """The answers in these transitions, by request, in order."""
    found: dict[Request, list[Reply | After]] = {}
    for turn in turns:
        of = request_of(turn.want) if turn.want is not None else None
        if of is not None and not isinstance(turn.event, Gone):
            assert isinstance(turn.event, Reply)
            found.setdefault(of, []).append(turn.event)
    return {of: tuple(_without_repeats(replies)) for of, replies in found.items()}


def _without_repeats(replies: Sequence[Reply | After]) -> Iterator[Reply | After]:
    """Drop repetitions of the last answer, which is repeated anyway."""
    last = len(replies)
    while last > 1 and replies[last - 2] == replies[-1]:
        last -= 1
    yield from replies[:last]


def steps_of(
    turns: Iterable[Transition], flow: str, before: Transition | None = None
) -> Iterator[Step]:
    """The caller's actions in these transitions, after what was asked ``before``."""
    for turn in turns:
        match turn.want, turn.event:
            case Ask(), Keyed(digits):
                if _would_close(before, digits):
                    yield Step(Wait(LATER), _NOWHERE)
                yield Step(Press(digits, secret=turn.want.secret), _NOWHERE)
            case Ask(), Said(words, doubtful=doubtful):
                yield Step(Utter(words or "-", doubtful), _NOWHERE)
            case ((Ask() | Record()), Silent()):
                yield Step(Silence(), _NOWHERE)
            case Record(), Recorded(recording):
                yield Step(Speak(recording.seconds), _NOWHERE)
            case want, Gone() if want is not None and not turn.session.gone:
                yield Step(state_expected(turn.session, want, flow), _NOWHERE)
                yield Step(HangUp(), _NOWHERE)
        before = turn if isinstance(turn.want, Ask | Record) else before


def _would_close(before: Transition | None, keys: str) -> bool:
    """Whether the first of these keys, pressed at once, would belong to the answer before it."""
    match before:
        case Transition(want=Ask() as asked, event=Keyed(digits)):
            key = closing(asked.grammar, digits)
            return bool(key) and keys.startswith(key)
    return False


def state_expected(at: Session, want: Want, flow: str) -> Expectation:
    """The expectation for the state of a call that started in ``flow``."""
    elsewhere = "" if at.flow == flow else at.flow
    match want:
        case Done():
            return Expectation(ended=want.ending)
        case Enqueue():
            return Expectation(queue=want.queue, topic=want.topic)
        case Dial():
            return Expectation(dial=want.number)
        case Ask() | Say() | Record():
            prompts = dict.fromkeys(phrase.prompt for phrase in want.screen.phrases)
            return Expectation(prompt=tuple(prompts), flow=elsewhere, node=at.node)
    return Expectation(flow=elsewhere)


# As YAML.


def written(book: Book, tests: Iterable[Test]) -> str:
    """The text of a file of tests."""
    return "tests:\n" + "\n".join("\n".join(_test(book, each)) + "\n" for each in tests)


def _test(book: Book, test: Test) -> Iterator[str]:
    yield f"- test: {_scalar(test.test)}"
    yield f"  call: {_scalar(test.call)}"
    if test.as_:
        yield f"  as: {_scalar(test.as_)}"
    if not test.vouched:
        yield "  vouched: no"
    if test.at != MONDAY:
        yield f"  at: {_moment(test.at)}"
    if test.lang:
        yield f"  lang: {test.lang}"
    if test.given:
        yield "  given:"
        for key, texts in _given(book, test.given).items():
            yield f"    {key}: {texts}"
    if test.steps:
        yield "  steps:"
        yield from (f"  - {_step(step)}" for step in test.steps)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _given(book: Book, given: Given) -> Mapping[str, str]:
    tables: dict[str, dict[str, str]] = {}
    lines: dict[str, str] = {}
    for (what, name), replies in given.items():
        texts = [_reply(book, (what, name), each) for each in replies]
        shown = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        match what:
            case "do":
                lines[name] = shown
            case "announce":
                lines["announcements"] = {"none": "[]", "some": '[{ text: "Example" }]'}.get(
                    texts[0], texts[0]
                )
            case "sms":
                lines["sms"] = shown
            case _:
                tables.setdefault(what, {})[_scalar(name)] = shown
    return {**lines, **{what: _table(table) for what, table in tables.items()}}


def _reply(book: Book, of: Request, given: Reply | After) -> str:
    if isinstance(given, After):
        return "slow"
    if isinstance(given, Failed):
        return "broken"
    usual = reply(book, of, given.outcome)
    if not isinstance(given, Answered) or given == usual or of[0] == "announce":
        return given.outcome
    assert isinstance(usual, Answered)
    other = {
        name: _value(value)
        for name, value in given.values.items()
        if value != usual.values.get(name)
    }
    return f"{{ {given.outcome}: {_table(other)} }}"


def _value(value: Value) -> str:
    if isinstance(value, Rows):
        rows = (_table({key: _value(one) for key, one in row.items()}) for row in value.rows)
        return f"[{', '.join(rows)}]"
    return _scalar(plain(value))


def _step(step: Step) -> str:
    match step.does:
        case Press(keys, _, secret):
            return f"{'secret' if secret else 'press'}: {_scalar(keys)}"
        case Utter(words, doubtful):
            unsure = _table({"words": _scalar(words), "doubtful": "yes"})
            return f"say: {unsure if doubtful else _scalar(words)}"
        case Wait(seconds):
            return f"wait: {seconds:g}s"
        case Speak(seconds):
            return f"speak: {seconds:g}s"
        case Silence():
            return "silence"
        case Hear():
            return "hear"
        case HangUp():
            return "hang-up"
        case Expectation():
            return f"expect: {_table(_expected(step.does))}"
    raise TypeError(type(step.does).__name__)


def _expected(expected: Expectation) -> dict[str, str]:
    found = {}
    for name in expected.__struct_fields__:
        value = getattr(expected, name)
        if isinstance(value, tuple) and value:
            words = ", ".join(map(_scalar, value))
            found[name] = words if len(value) == 1 else f"[{words}]"
        elif isinstance(value, Mapping) and value:
            found[name] = _table({key: _scalar(one) for key, one in value.items()})
        elif value and isinstance(value, str):
            found[name] = _scalar(value)
    return found


def _table(entries: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{key}: {value}' for key, value in entries.items())} }}"


def _scalar(text: str) -> str:
    """A text as YAML, in quotes where it may be taken for something else."""
    if re.fullmatch(r"[A-Za-zА-Яа-я][\w-]*", text):
        return text
    return json.dumps(text, ensure_ascii=False)
