"""Compares a call with an expectation, and says what differs."""

from collections.abc import Iterator

from ari_app.sim.script import Expectation
from ari_app.sim.trace import Trace
from ivr.conditions import plain
from ivr.values import Name, Spoken, Value


def verdict(expected: Expectation, trace: Trace) -> str:
    """The first difference; "" if there is none."""
    return next((fault for fault in _faults(expected, trace) if fault), "")


def _faults(expected: Expectation, trace: Trace) -> Iterator[str]:
    since, at = trace.since, trace.session
    for prompt in expected.prompt:
        if prompt not in since.prompts:
            yield _difference("prompt", prompt, " ".join(since.prompts), trace)
    for prompt in expected.message:
        if prompt not in since.messages:
            yield _difference("message", prompt, " ".join(since.messages), trace)
    queue = since.queue
    yield _compared("queue", expected.queue, queue.queue if queue else "", trace)
    yield _compared("topic", expected.topic, queue.topic if queue else "", trace)
    yield _compared("dial", expected.dial, since.dialled, trace)
    for operation, outcome in expected.outcome.items():
        yield _compared(f"{operation} to be", outcome, since.outcomes.get(operation, ""), trace)
    if at is not None:
        yield _compared("flow", expected.flow, at.flow, trace)
        yield _compared("node", expected.node, at.node, trace)
        yield _compared("language", expected.lang, at.language, trace)
        yield _compared("identity", expected.identity, at.identity, trace)
        for name, value in expected.value.items():
            found = at.values.get(name)
            if found is None or value not in _texts(found):
                shown = "" if found is None else next(iter(_texts(found)))
                yield _difference(f"value {name} to be", value, shown, trace)
    if expected.ended:
        yield _compared("end", expected.ended, trace.ending or "still on the line", trace)
    for prompt in expected.untold:
        if prompt in since.prompts:
            yield f"{prompt} was played after {since.after}, but must not be"


def _compared(what: str, expected: str, found: str, trace: Trace) -> str:
    return _difference(what, expected, found, trace) if expected and expected != found else ""


def _difference(what: str, expected: str, found: str, trace: Trace) -> str:
    """Expected and found, with the notes that explain the difference."""
    since = trace.since
    why = f": {'; '.join(since.notes)}" if since.notes else ""
    return f"expected {what} {expected} after {since.after}, was {found or 'none'}{why}"


def _texts(value: Value) -> tuple[str, ...]:
    """The ways to write a value."""
    if isinstance(value, Name | Spoken):
        return tuple(value.texts.values()) or ("",)
    return (plain(value),)
