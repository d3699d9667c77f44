"""The check of flows: finds what would go wrong for callers before one calls.

:data:`~ivr.check.table.RULES` are all rules. Vital ones are checked whenever flows are loaded; the
others follow the paths of callers, so they are checked only if there are no vital problems.
"""

from collections.abc import Iterator, Mapping, Sequence

from ivr.check.context import (
    CheckContext,
    Mention,
    PromptText,
    Read,
    SiteNames,
    Slots,
    Standard,
)
from ivr.check.table import RULES
from ivr.model import Operation
from ivr.problems import Problem

__all__ = ["RULES", "Mention", "PromptText", "Read", "SiteNames", "Standard", "check"]


def check(
    read: Sequence[Read],
    slots: Slots,
    operations: Mapping[str, Operation],
    standard: Standard | None = None,
) -> Iterator[Problem]:
    """Yield all problems of flows that are used together.

    Without a ``standard`` only vital rules are checked. Nodes left out because of problems in their
    own file cause no further problems in other files.
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
