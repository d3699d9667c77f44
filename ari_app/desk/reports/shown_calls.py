"""Whole calls that supervisors open: each is recorded, and they are not read in bulk."""

from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import web

from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.ports import CallerProfiles
from ari_app.desk.reports.port import MenuCall, WholeCall
from ivr.acd.figures import SECOND, Stay


class ShownCalls:
    """A call that is shown is recorded as a view of its subscriber, and counts among the records
    that one reads without a call."""

    def __init__(self, profiles: CallerProfiles, browsing: Browsing) -> None:
        self._profiles = profiles
        self._browsing = browsing

    async def shown(
        self, viewer: str, call: WholeCall | None, where: str = "call in the reports"
    ) -> WholeCall:
        """The call, which is shown to a viewer (login); "no such page" where there is none."""
        if call is None:
            raise web.HTTPNotFound
        calls: Sequence[Stay | MenuCall] = [*call.stays, *([call.call] if call.call else [])]
        whose = (one.subscriber for one in calls if one.subscriber is not None)
        subscriber = next(whose, None)
        mine = subscriber is not None and self._browsing.has_card(viewer, subscriber)
        if not mine and await self._browsing.wait(viewer, "records"):
            raise web.HTTPTooManyRequests
        await self._profiles.record_view(viewer, subscriber, where)
        return call


def masked(number: str) -> str:
    """A number whose owner is not to be known from a list."""
    return f"…{number[-4:]}" if number else ""


def moment(at: int) -> datetime:
    """A time of ours, which is in microseconds."""
    return datetime.fromtimestamp(at / SECOND, UTC)
