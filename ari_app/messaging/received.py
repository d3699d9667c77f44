"""Texts that subscribers sent to the operator's gateway, which hands them over by the API."""

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from ari_app.messaging.survey_texts import Replies
from ari_app.store import subscribers
from ari_app.store.db import Store
from ivr.values import Phrase

STOPPED = "campaigns-stopped"
"""Prompt: campaigns are refused."""

Taken: TypeAlias = Literal["stop", "survey", "other"]
"""What a text was: a refusal of campaigns, a reply to a survey, or neither."""


class Refusals(Protocol):
    """The words by which subscribers refuse campaigns."""

    def is_stop(self, text: str) -> bool:
        """Whether a text is such a word."""

    async def stop(self, number: str) -> None:
        """Store that a number refuses campaigns. May raise ``StoreError``."""


class ReceivedTexts(Struct, frozen=True):
    """Takes such texts; ``say`` writes a phrase in a language, "" for the first of the site."""

    store: Store
    refusals: Refusals
    surveys: Replies
    say: Callable[[Phrase, str], str]

    async def take(self, number: str, text: str) -> tuple[Taken, str]:
        """What a text of a number was, and the text that answers it, "" for none, in the language
        that its subscriber last chose. May raise ``StoreError``."""
        if self.refusals.is_stop(text):
            await self.refusals.stop(number)
            return "stop", await self._said(STOPPED, number)
        prompt = await self.surveys.reply(number, text)
        return ("other", "") if prompt is None else ("survey", await self._said(prompt, number))

    async def _said(self, prompt: str, number: str) -> str:
        one = await self.store.read(subscribers.by_number, number)
        return self.say(Phrase(prompt), one.language if one is not None else "")
