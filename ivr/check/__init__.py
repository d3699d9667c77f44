"""The check of flows: it thinks like a caller, and says what is wrong before one calls.

:data:`~ivr.check.table.RULES` are all rules. Those that the engine needs are looked at wherever
flows are read; the rest only if nothing of these is broken, since they follow the ways of callers.
"""

from collections.abc import Iterator, Mapping, Sequence

from ivr.check.context import CheckContext, Mention, PromptText, Read, Slots, Standard
from ivr.check.table import RULES
from ivr.model import Operation
from ivr.problems import Problem

__all__ = ["RULES", "Mention", "PromptText", "Read", "Standard", "check"]


def check(
    read: Sequence[Read],
    slots: Slots,
    operations: Mapping[str, Operation],
    standard: Standard | None = None,
) -> Iterator[Problem]:
    """All problems of flows that are to be used together.

    Without a ``standard`` only those with which no call can run. What a file with problems left
    out is not held against the others.
    """
    context = CheckContext(read, slots, operations, standard)
    sound = context.whole
    for problem in _found(context, vital=True):
        sound = False
        yield problem
    if sound and standard is not None:
        yield from _found(context, vital=False)


def _found(context: CheckContext, vital: bool) -> Iterator[Problem]:
    for rule in RULES.values():
        if rule.vital == vital and rule.find is not None:
            for place, text in rule.find(context):
                yield Problem(place, text, rule.name, rule.severity)
