"""Recorded conversations: who speaks is stored, recordings are paused, and their files found.

Asterisk records by its dialplan alone, also while the application is down; here is who it was.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from ari_app.ami.client import AmiError
from ari_app.ami.mix_monitors import MixMonitors
from ari_app.calls.conversation_files import ConversationFiles
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.recorded import Conversation, PauseReason, RecordingState
from ari_app.store import conversations
from ari_app.store.db import Store
from ari_app.workplace.store_answers import answer

log = logging.getLogger(__name__)

T = TypeVar("T")

Mute = Callable[[str, bool], Awaitable[None]]
"""Records silence in the place of a channel, by its name, or goes on; raises AmiError."""


class StoredConversations:
    """See :class:`ari_app.desk.ports.Conversations`."""

    def __init__(
        self, store: Store, files: ConversationFiles, monitors: MixMonitors, mute: Mute
    ) -> None:
        self._store = store
        self._files = files
        self._monitors = monitors
        self._mute = mute
        self._pauses: defaultdict[str, set[PauseReason]] = defaultdict(set)

    def state(self, channel: str) -> RecordingState:
        """Whether a caller's channel is recorded now."""
        found = self._monitors.of.get(channel)
        if found is None:
            self._pauses.pop(channel, None)
            return ""
        return "paused" if found.muted else "on"

    async def attach(self, card: CardRecord) -> None:
        """The agent of a card speaks with its caller: it is their conversation, if one is
        recorded."""
        arrival = card.arrival
        before = await answer(self._store.read(conversations.last_of_channel, arrival.channel))
        found = before is not None and self._monitors.restore(arrival.channel, before.paused)
        if found and before is not None and before.paused:
            self._pauses[arrival.channel].add("agent")  # why is not known any more
        if arrival.channel not in self._monitors.of:
            return
        file = await asyncio.to_thread(self._files.newest, arrival.channel)
        if not file:
            log.error("the conversation of card %s is not recorded: there is no file", card.id)
            return
        new = conversations.Conversation(
            file=file,
            at=card.answered or card.opened,
            channel=arrival.channel,
            call=arrival.call,
            agent=card.agent,
            queue=arrival.queue,
            number=arrival.number,
            subscriber=arrival.subscriber,
        )
        await answer(self._store.write(conversations.add, new))

    async def link(self, channel: str, agent: str, subscriber: int) -> None:
        """An agent found out which subscriber the caller on a channel is, or was."""
        await answer(self._store.write(conversations.link, channel, agent, subscriber))

    async def pause(self, channel: str, why: PauseReason, paused: bool) -> None:
        """Pause a recording, or go on as soon as there is no reason to pause any more."""
        found = self._monitors.of.get(channel)
        if found is None:
            return
        reasons = self._pauses[channel]
        if paused:
            reasons.add(why)
        elif why == "agent":  # who presses the button wants it recorded, whatever else was
            reasons.clear()
        else:
            reasons.discard(why)
        muted = bool(reasons)
        try:
            await self._mute(found.name, muted)
        except AmiError as error:
            raise DeskUnavailable(str(error)) from error
        await answer(self._store.write(conversations.set_paused, channel, muted))

    async def of(self, card: CardRecord) -> Sequence[Conversation]:
        """The recorded conversations of a card's caller, newest first; not that of now."""
        arrival = card.arrival
        found = await answer(
            self._store.read(conversations.of_person, arrival.subscriber, arrival.number)
        )
        return await self._over(found)

    async def of_channel(self, channel: str) -> Sequence[Conversation]:
        """The recorded conversations of a caller's channel, oldest first; none while it lasts."""
        return await self._over(await answer(self._store.read(conversations.of_channel, channel)))

    async def _over(self, found: Sequence[conversations.Conversation]) -> Sequence[Conversation]:
        """Those that are over and whose files are there."""
        over = [one for one in found if one.channel not in self._monitors.of]
        seconds = await asyncio.to_thread(self._files.seconds, [one.file for one in over])
        return [
            Conversation(one.id, one.at, one.agent, one.queue, seconds[one.file])
            for one in over
            if one.file in seconds
        ]

    async def file(self, id: int) -> tuple[Path, int | None] | None:
        """The file of a conversation that is over, and its subscriber."""
        found = await answer(self._store.read(conversations.by_id, id))
        if found is None or found.channel in self._monitors.of:
            return None
        path = await asyncio.to_thread(self._files.playable, found.file)
        return None if path is None else (path, found.subscriber)
