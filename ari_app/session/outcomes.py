"""What Asterisk's applications report of a queue or a dialled number, as outcomes of a session."""

from collections.abc import Sequence

from ivr.events import Bridged, Gone

QUEUE_STATUS = {
    "CONTINUE": "ended",
    "TIMEOUT": "timeout",
    "FULL": "full",
    "JOINEMPTY": "closed",
    "LEAVEEMPTY": "closed",
    "WITHDRAW": "left",
    "LEFT": "left",
}
"""app_queue's QUEUESTATUS -> the outcome of a :class:`~ivr.wants.Enqueue`; any other is "failed".

Read in app_queue of Asterisk 22; ``LEFT`` is set by our dialplan, as app_queue sets nothing then.
"""

DIAL_STATUS = {
    "ANSWER": "ended",
    "BUSY": "busy",
    "CONGESTION": "busy",
    "NOANSWER": "no-answer",
    "CANCEL": "no-answer",
}
"""app_dial's DIALSTATUS -> the outcome of a :class:`~ivr.wants.Dial`; any other is "failed"."""

OUTCOMES = QUEUE_STATUS | DIAL_STATUS
"""QUEUESTATUS and DIALSTATUS have no value in common."""


def fitting(back: Bridged | Gone, outcomes: Sequence[str], otherwise: str) -> Bridged | Gone:
    """The outcome, or ``otherwise`` if the want has no such one: after a transfer from a queue
    to a number, DIALSTATUS comes back, and the other way round."""
    if isinstance(back, Bridged) and back.outcome not in outcomes:
        return Bridged(otherwise)
    return back
