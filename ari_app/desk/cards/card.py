"""An open card."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from ari_app.desk.cards.caller_profile import CallerProfile
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.cards.pop import Passage
from ari_app.desk.messages import Phase
from ari_app.desk.recorded import RecordingState
from ari_app.pages.idempotent_actions import IdempotentActions

Begin = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine in the background."""


class Typed:
    """The fields of a card as they are stored, and which tab wrote each last."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        """Field: the key of the last burst of typing; it begins with the name of its tab."""
        self.unsent = False
        """Whether a form is filled in, which the browser keeps, and not sent."""
        self._known: set[str] = set()

    def saved(self, field: str, key: str, text: str) -> None:
        """A burst is being stored; one that was before changes nothing."""
        if key not in self._known:
            self._known.add(key)
            self.texts[field], self.keys[field] = text, key

    def overwrites(self, field: str, key: str, base: str) -> bool:
        """Whether a burst would overwrite what another tab wrote, and its page has not seen:
        ``base`` is the key of what it saw."""
        last = self.keys.get(field, "")
        ours = last.partition(":")[0] == key.partition(":")[0]
        return bool(last) and not ours and base != last and key not in self._known

    @property
    def anything(self) -> bool:
        """Whether a field has a text, or a form waits to be sent."""
        return self.unsent or any(text.strip() for text in self.texts.values())


class Card:
    """An open card: its stored record and what was loaded for it so far."""

    def __init__(self, record: CardRecord, phase: Phase, since: datetime) -> None:
        self.record = record
        self.phase: Phase = phase
        self.since = since
        self.profile = CallerProfile()
        self.loading = False
        """Whether its profile was loaded, or is being loaded."""
        self.closed = False
        self.typed = Typed()
        self.recording: RecordingState = ""
        """Whether its call is recorded now."""
        self.shown: dict[tuple[str, str], str] = {}
        """Part and language: the HTML that was sent last."""
        self.actions = IdempotentActions()
        self.passage: Passage | None = None
        """Its caller is being transferred, or was."""
        self.asked_by = ""
        """The name of the colleague who asks this agent first; the caller hears music."""
        self.watchers: frozenset[str] = frozenset()
        """The supervisors who are in its call, and read it."""
        self.stored = asyncio.Event()
        """Set when the card is in the store, so that fields can be saved."""

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Who has the card on the screen: its agent, and who reads it."""
        return (self.record.agent, *sorted(self.watchers))

    @property
    def speaks(self) -> bool:
        """Whether the agent speaks with the caller, and is not only asked by a colleague."""
        return self.phase == "talking" and not self.asked_by

    @property
    def missed(self) -> bool:
        """Whether it was not answered, and is left because something was typed."""
        return self.phase == "after" and self.record.answered is None

    @property
    def phase_word(self) -> str:
        """What the phase is called."""
        return "missed" if self.missed else self.phase


def phase_of(record: CardRecord) -> Phase:
    """The phase of a stored card."""
    if not record.arrival.channel:
        return "record"
    return "after" if record.ended else "talking" if record.answered else "ringing"
