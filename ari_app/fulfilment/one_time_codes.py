"""Sends one-time codes as texts, and checks them by their hashes."""

import secrets
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Literal

from msgspec import Struct

from ari_app.fulfilment.guess_limit import GuessLimit
from ari_app.rate_limit import RateLimit
from ari_app.selfcare.code_word_port import CodeWordsUnavailable, Proof
from ari_app.selfcare.hashing import Hasher, HashingBusy
from ari_app.selfcare.request_port import Asker
from ari_app.store import code_words, one_time_codes, outbox, subscribers
from ari_app.store.db import Store, StoreError
from ari_app.store.one_time_codes import OneTimeCode
from ari_app.store.sqlite import Database
from ivr.identity.one_time import DIGITS, LASTS
from ivr.secret import Secret
from ivr.values import Name, Phrase

CODES = ", one-time codes"
"""What the name of a way in ends with where wrong codes are counted: apart from code words."""


class CodeServices(Struct, frozen=True):
    """What codes are sent with: ``say`` writes a phrase in a language, ``posted`` is called when
    there are texts to send, ``now`` is the clock; ``guesses`` limits wrong codes over a way in,
    ``texts`` what is posted in all, under "", if anything does."""

    store: Store
    hasher: Hasher
    say: Callable[[Phrase, str], str]
    posted: Callable[[], None]
    now: Callable[[], datetime]
    guesses: GuessLimit
    texts: RateLimit | None = None


class StoredOneTimeCodes:
    """See :class:`ari_app.selfcare.one_time_code_port.OneTimeCodes`."""

    def __init__(self, services: CodeServices) -> None:
        self._services = services

    async def send(
        self, asker: Asker, number: str, subscriber: int | None, key: str
    ) -> Literal["ok", "limit"]:
        """Store the hash and post the text in one transaction."""
        services = self._services
        if subscriber is not None and not self._may_post():
            return "limit"
        made = Secret(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}")
        try:
            code = OneTimeCode(
                key,
                self._subject(number, subscriber),
                services.store.numbers.msisdn(asker.number) or asker.number,
                asker.call,
                await services.hasher.password(made),
                services.now(),
            )
            text = services.say(
                Phrase("text-one-time-code", {"code": Name({"": made.reveal()})}),
                asker.language,
            )
            new = await services.store.write(_send, code, text)
        except (StoreError, HashingBusy) as error:
            self._not_posted(subscriber)
            raise CodeWordsUnavailable(str(error)) from error
        if not new:
            self._not_posted(subscriber)
            return "limit"
        services.posted()
        return "ok"

    def _may_post(self) -> bool:
        """Whether one more text may be posted, which counts from now on."""
        texts = self._services.texts
        return texts is None or not texts.wait("", monotonic())

    def _not_posted(self, subscriber: int | None) -> None:
        """Nothing was posted to a subscriber."""
        if subscriber is not None and self._services.texts is not None:
            self._services.texts.forgive("")

    async def check(self, asker: Asker, number: str, subscriber: int | None, code: Secret) -> Proof:
        """Compare a code; without one to compare it takes as long.

        Tries at a code that there is, for a subscriber, count alone: no one guesses by others.
        """
        services = self._services
        who, now = self._subject(number, subscriber), services.now()
        way = f"{asker.way}{CODES}" if asker.way else ""
        try:
            await services.guesses.recall(services.store, now)
        except StoreError as error:
            raise CodeWordsUnavailable(str(error)) from error
        if not services.guesses.begin(way, now):
            return "locked"
        proof, guessed = "locked", False
        try:
            proof, guessed = await self._proof(asker, who, code, now, way)
        finally:
            if not guessed:
                services.guesses.right(way)
        return proof

    async def _proof(
        self, asker: Asker, who: int, code: Secret, now: datetime, way: str
    ) -> tuple[Proof, bool]:
        """The outcome of a try, and whether it was a wrong guess at a subscriber's code."""
        services = self._services
        try:
            begun = await services.store.write(one_time_codes.start_try, who, asker.call, now)
            right = await services.hasher.check_password(code, begun.hash)
            if begun.spent:
                return "locked", False
            if right and await services.store.write(one_time_codes.use, begun.key):
                return "ok", False
            guessed = bool(begun.key) and who > 0
            if way:  # stored also where it counts nowhere, so that it takes as long
                counts = way if guessed else ""
                await services.store.write(code_words.wrong_over_way, counts, now)
        except (StoreError, HashingBusy) as error:
            raise CodeWordsUnavailable(str(error)) from error
        return "wrong", guessed

    def _subject(self, number: str, subscriber: int | None) -> int:
        """The subscriber, or what stands for a number that no one has."""
        if subscriber is not None:
            return subscriber
        return -self._services.hasher.mark(self._services.store.numbers.msisdn(number) or number)


def _send(db: Database, code: OneTimeCode, text: str) -> bool:
    if not one_time_codes.add(db, code):
        return False
    one = subscribers.by_id(db, code.subscriber)
    if one is not None:
        until = code.at + LASTS
        outbox.post_secret(db, f"code:{code.key}", one.msisdn, text, code.call, code.at, until)
    return True
