"""Plays recorded conversations to those who may listen; every listening is recorded."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.ports import DeskUnavailable, Ports
from ari_app.desk.web.accounts import Role
from ari_app.desk.web.http_security import current_user

log = logging.getLogger(__name__)

RECORDING = "/recordings/{id:[0-9]{1,15}}"
"""The path of a recording."""

AGAIN = timedelta(minutes=10)
"""For how long further requests of one agent for a recording, as players send them, are the same
listening."""


class RecordingPlayer:
    """A recording of a subscriber who is on no card of the listener's counts as a record read
    without a call, also where it is the listener's own call."""

    def __init__(
        self, ports: Ports, browsing: Browsing, listen: Role, now: Callable[[], datetime]
    ) -> None:
        self._conversations = ports.conversations
        self._profiles = ports.profiles
        self._browsing = browsing
        self._listen = listen
        self._now = now
        self._listening: dict[tuple[str, int], datetime] = {}

    async def play(self, request: web.Request) -> web.StreamResponse:
        """The sound of a conversation, in whole or a range of it."""
        user, id = current_user(request), int(request.match_info["id"])
        if not user.may(self._listen):
            raise web.HTTPForbidden
        try:
            path = await self._opened(user.name, id)
        except DeskUnavailable as error:
            log.error("recording %d not played to %s: %s", id, user.name, error)
            raise web.HTTPServiceUnavailable from error
        return web.FileResponse(path, headers={"Content-Type": "audio/wav"})

    async def _opened(self, agent: str, id: int) -> Path:
        """The file, once the listening is recorded."""
        found = await self._conversations.file(id)
        if found is None:
            raise web.HTTPNotFound
        path, subscriber = found
        if not self._listens(agent, id):
            mine = subscriber is not None and self._browsing.has_card(agent, subscriber)
            if not mine and await self._browsing.wait(agent, "records"):
                raise web.HTTPTooManyRequests
            await self._profiles.record_view(agent, subscriber, f"recording {id}")
            self._listening[agent, id] = self._now()
        return path

    def _listens(self, agent: str, id: int) -> bool:
        """Whether this is a request of a listening that was recorded."""
        since = self._now() - AGAIN
        self._listening = {key: at for key, at in self._listening.items() if at > since}
        return (agent, id) in self._listening
