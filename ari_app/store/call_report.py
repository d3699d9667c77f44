"""A call as text, step by step."""

from datetime import datetime

from ari_app.store.calls import RESTART, UNHEARD, Path, StepTaken
from ivr.spoken import answer


def report(path: Path, at: str) -> list[str]:
    """The call, line by line: who called, each step at its second, how it ended.

    ``at`` is when it began, as it is printed; the steps have their second of the call. The caller's
    number shows its last four digits only. A flow is named where the call enters it.
    """
    began, ended = path.call.began, path.call.ended
    known = "unknown" if began.subscriber is None else f"subscriber {began.subscriber}"
    lines = [
        f"{at}  {_masked(began.caller)} ({known})"
        f" dialled {began.dialled} over {began.line},"
        f" flow {began.flow}@{began.version[:8]}, {began.language}"
    ]
    flow = began.flow
    for step in path.steps:
        entered = f"{step.flow}: " if step.flow and step.flow != flow else ""
        flow = step.flow or flow
        lines.append(f"{_second(began.at, step.at)}  {entered}{_step(step)}")
    if ended is None:
        lines.append("    …    the call is under way")
    else:
        lines.append(f"{_second(began.at, ended.at)}  {ended.ending} (cause {ended.cause})")
    return lines


def _step(step: StepTaken) -> str:
    parts = [f"{step.node} ({step.kind})"]
    if step.kind == RESTART:
        return f"{step.node}  application restarted, call continued"
    if step.outcome == UNHEARD:
        return f"{step.node}  not heard: {step.prompt}"
    if step.prompt:
        parts.append(f"played {step.prompt}")
    if answered := answer(step.key, step.filled):
        parts.append(answered)
    if step.outcome:
        parts.append(f"-> {step.outcome}")
    return "  ".join(parts)


def _second(began: datetime, at: datetime) -> str:
    return f"{(at - began).total_seconds():8.2f}"


def _masked(number: str) -> str:
    return f"…{number[-4:]}" if number else "no number"
