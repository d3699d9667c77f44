"""Which operations of self-service agents can run."""

from collections.abc import Mapping

from ari_app.pages.operations import GIVEN, QUOTE
from ivr.model import Operation

MENUS_ONLY = frozenset(
    {
        "area", "billing", "call-back-at", "call-back-time", "help-page", "lesson", "no-network",
        "no-network-at", "promise-terms", "situation", "survey", "survey-answer",
    }
)  # fmt: skip
"""Operations that only menus need: an agent sees the situation, opens a ticket, promises a call."""

BARRED = frozenset({"recording", "secret"})
"""Kinds of inputs that agents cannot give: the caller's recording, and secrets."""

READ_ALOUD = frozenset({"top-up"})
"""Operations whose secret a caller may read to an agent, who types it into a masked field."""


def for_agents(catalogue: Mapping[str, Operation]) -> Mapping[str, Operation]:
    """The operations that agents can run: all but quotes, and those whose inputs they cannot
    give."""
    return {
        name: one
        for name, one in catalogue.items()
        if not (name.endswith(QUOTE) or name in MENUS_ONLY)
        and (name in READ_ALOUD or not BARRED & set(one.inputs.values()))
        and (one.http is None or _for_agents(one))
    }


def _for_agents(operation: Operation) -> bool:
    """Whether one of the operator's own is for agents: who pays for what has no quote is asked in
    menus alone."""
    http, kinds = operation.http, set(operation.inputs.values())
    return http is not None and http.desk and not http.costs and kinds <= GIVEN
