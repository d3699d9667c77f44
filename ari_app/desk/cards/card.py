"""An open card."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from ari_app.desk.cards.caller_profile import CallerProfile
from ari_app.desk.cards.pop import Passage
from ari_app.desk.forms.idempotent_actions import IdempotentActions
from ari_app.desk.messages import Phase
from ari_app.desk.ports import CardRecord, RecordingState

Begin = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine in the background."""


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
        self.recording: RecordingState = ""
        """Whether its call is recorded now."""
        self.shown: dict[tuple[str, str], str] = {}
        """Part and language: the HTML that was sent last."""
        self.actions = IdempotentActions()
        self.passage: Passage | None = None
        """Its caller is being transferred, or was."""
        self.asked_by = ""
        """The name of the colleague who asks this agent first; the caller hears music."""
        self.stored = asyncio.Event()
        """Set when the card is in the store, so that fields can be saved."""

    @property
    def id(self) -> str:
        return self.record.id
