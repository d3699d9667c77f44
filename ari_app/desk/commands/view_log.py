"""Records which agent saw whose personal data."""

import logging

from ari_app.desk.ports import CallerProfiles, DeskUnavailable

log = logging.getLogger(__name__)


class ViewLog:
    """Writes views to the store (``firstline views`` lists them)."""

    def __init__(self, profiles: CallerProfiles) -> None:
        self._profiles = profiles

    async def record(self, agent: str, subscriber: int | None, what: str) -> None:
        """Record a view; what cannot be recorded is logged as an error, and hinders nothing."""
        try:
            await self._profiles.record_view(agent, subscriber, what)
        except DeskUnavailable as error:
            log.error(
                "view not recorded: %s saw subscriber %s (%s): %s", agent, subscriber, what, error
            )
