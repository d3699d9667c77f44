"""The calls of campaigns that come back from the dialplan: answered ones are served, the others are
noted."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ari_app.log import masked
from ari_app.session.line import Line
from ari_app.store import campaign_calls
from ari_app.store.campaign_calls import Attempt, Outcome, of_key
from ari_app.store.db import Store, StoreError
from ivr.model import OUTBOUND
from ivr.values import Phrase
from ivr.wants import Done, Say, Screen

log = logging.getLogger(__name__)

WAY = "campaign"
"""What such calls come in by. It vouches for no number: who answers a phone is not proved."""

_OUTCOMES: Mapping[str, Outcome] = {
    "ANSWER": "answered",
    "HUMAN": "answered",
    "NOTSURE": "answered",
    "MACHINE": "machine",
    "BUSY": "busy",
    "NOANSWER": "no-answer",
    "CANCEL": "no-answer",
}
"""AMDSTATUS, or DIALSTATUS where no one answered: what came of the attempt. Who may be a person is
served as one."""


class CalledOut(Struct, frozen=True):
    """A call of a campaign: what stands for the dialled number, and what came of the attempt."""

    dialled: str
    attempt: Attempt
    outcome: Outcome


def called_out(argument: str) -> CalledOut | None:
    """What the dialplan says of a call of a campaign by the argument of Stasis(), which is
    ``campaign:FLOW/KEY/STATUS``; None for any other call."""
    dialled, _, rest = argument.partition("/")
    key, _, status = rest.partition("/")
    attempt = of_key(key) if dialled.startswith(OUTBOUND) else None
    if attempt is None:
        return None
    return CalledOut(dialled, attempt, _OUTCOMES.get(status, "failed"))


class AnsweredCalls:
    """``languages``: those of the site, the first is the default; ``flows`` returns those of the
    menus in force that campaigns may call with."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        languages: Sequence[str],
        flows: Callable[[], Collection[str]],
    ) -> None:
        self._store = store
        self._now = now
        self._languages = languages
        self._flows = flows

    async def serve(
        self, one: CalledOut, call: str, line: Line, session: Callable[[], Awaitable[None]]
    ) -> None:
        """Store what came of an attempt, then serve who answered. Without the one there is not the
        other: no one hears twice what a campaign says. An attempt whose flow was removed while the
        phone rang has failed: nothing could be played."""
        flow = one.dialled.removeprefix(OUTBOUND)
        if one.outcome == "answered" and flow not in self._flows():
            log.error("campaign %d: the flow %s is gone", one.attempt.campaign, flow)
            one = replace(one, outcome="failed")
        if await self._noted(one, call):
            if one.outcome == "answered":
                await session()
                return
            if one.outcome == "machine":
                await self._leave_message(one.attempt, line)
        await line.present(Done("ended"))

    async def _noted(self, one: CalledOut, call: str) -> bool:
        attempt, known = one.attempt, call if one.outcome == "answered" else ""
        try:
            noted = await self._store.write_in_time(
                campaign_calls.settle, attempt, one.outcome, self._now(), known
            )
        except StoreError as error:
            log.error("what came of the call %s is not stored: %s", attempt.key, error)
            return False
        log.info(
            "campaign %d: %s, attempt %d: %s",
            attempt.campaign,
            masked(attempt.number),
            attempt.attempt,
            one.outcome if noted else "is over already",
        )
        return noted

    async def _leave_message(self, attempt: Attempt, line: Line) -> None:
        try:
            found = await self._store.look_up(campaign_calls.message, attempt)
        except StoreError as error:
            log.error("campaign %d: a machine got no message: %s", attempt.campaign, error)
            return
        if found.prompt:
            spoken = found.language in self._languages
            language = found.language if spoken else self._languages[0]
            await line.present(Say(Screen((Phrase(found.prompt),), language)))
