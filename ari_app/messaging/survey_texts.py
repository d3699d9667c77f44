"""Asks callers who hung up first how they were served, by one text, and takes their replies."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

from msgspec import Struct

from ari_app.log import masked
from ari_app.store import survey_texts
from ari_app.store.db import Store, StoreError
from ivr.hours.day import DayHours, in_hours
from ivr.values import Phrase

log = logging.getLogger(__name__)

LOOK = 20.0
"""Seconds between two looks for callers to ask."""

QUESTION = "survey-text"
ANSWERS = {"thanks": "survey-text-thanks", "wrong": "survey-text-wrong", "late": "survey-text-late"}
"""Prompts: what a reply is answered."""

PROMPTS = (QUESTION, *ANSWERS.values())


class Texts(Struct, frozen=True, kw_only=True):
    """Who is asked, and when. ``share``: the part of the callers, 0 to 1; ``every``: the time until
    a number is asked again; ``hours`` of the day, in the site's time zone; ``replies``: how long a
    reply counts; ``phones``: texts go to SIP accounts alone."""

    share: float
    every: timedelta
    hours: DayHours | None
    replies: timedelta
    phones: bool


class Replies(Protocol):
    """Takes texts that may be replies to a survey."""

    async def reply(self, number: str, text: str) -> str | None:
        """The prompt that answers a text of a number; None if it is no reply to a survey."""


class SurveyTexts:
    """The surveys by text of an installation. ``say`` writes a phrase in a language, "" for the
    first of the site; ``wake`` has the outbox look for texts; ``now``: the clock, in the site's
    time zone."""

    def __init__(
        self,
        store: Store,
        say: Callable[[Phrase, str], str],
        wake: Callable[[], None],
        now: Callable[[], datetime],
        rules: Texts,
    ) -> None:
        self._store = store
        self._say = say
        self._wake = wake
        self._now = now
        self._rules = rules

    async def run(self) -> NoReturn:
        """Ask who is to be asked, for ever."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.ask()
            except StoreError as error:
                log.warning("surveys by text: not sent, retry in %g s: %s", LOOK, error)

    async def ask(self) -> int:
        """Ask who is to be asked now; returns how many texts."""
        now, rules = self._now(), self._rules
        if not in_hours(rules.hours, now.time()):
            return 0
        since = now - rules.every
        found = await self._store.read(
            lambda db: survey_texts.unasked(db, now, since, rules.share, phones=rules.phones)
        )
        if not found:
            return 0
        until = now + rules.replies
        asked = await self._store.write(survey_texts.ask, found, self._text, now, since, until)
        if asked:
            log.info("surveys by text: %d callers asked", asked)
            self._wake()
        return asked

    async def reply(self, number: str, text: str) -> str | None:
        """See :class:`Replies`. Never raises: without the store it is a text as any other."""
        try:
            if not await self._store.read(survey_texts.expects, number, self._now()):
                return None
            taken = await self._store.write(survey_texts.reply, number, text, self._now())
        except StoreError as error:
            log.warning("surveys by text: a reply of %s not taken: %s", masked(number), error)
            return None
        return None if taken is None else ANSWERS[taken]

    def _text(self, language: str) -> str:
        return self._say(Phrase(QUESTION), language)
