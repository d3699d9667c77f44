"""Stores and checks code words, for callers, agents and the operator."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from ari_app.config.state import State
from ari_app.fulfilment.guess_limit import GuessLimit
from ari_app.log import masked
from ari_app.selfcare.code_word_port import CodeWordsUnavailable, Proof
from ari_app.selfcare.hashing import Form, Hasher, HashingBusy
from ari_app.selfcare.request_port import Asker
from ari_app.store import code_words, subscribers
from ari_app.store.code_words import Attempt, CodeWord, Outcome, StartedAttempt
from ari_app.store.db import Store, StoreError
from ari_app.store.subscribers import Subscriber
from ivr.identity.weak_words import About, faults
from ivr.secret import Secret

log = logging.getLogger(__name__)


@contextmanager
def hashing(state: State) -> Iterator[Hasher]:
    """The hasher of an installation, with its pepper."""
    hasher = Hasher(state.keys().pepper)
    try:
        yield hasher
    finally:
        hasher.close()


class StoredCodeWords:
    """See :class:`ari_app.selfcare.code_word_port.CodeWords`; ``now`` is the clock,
    ``brands`` are the operator's names, which everybody tries first; ``guesses`` limits wrong ones
    over a gateway or a trunk."""

    def __init__(
        self,
        store: Store,
        hasher: Hasher,
        now: Callable[[], datetime],
        brands: tuple[str, ...],
        guesses: GuessLimit | None = None,
    ) -> None:
        self._guesses = guesses or GuessLimit()
        self._store = store
        self._hasher = hasher
        self._now = now
        self._brands = brands

    async def prove(self, asker: Asker, word: Secret, key: str) -> Proof:
        """Whether the caller keyed their code word or PIN."""
        return _proof(await self._keyed(asker, word, key))

    async def prove_number(self, asker: Asker, number: str, word: Secret, key: str) -> Proof:
        """Whether the caller keyed the code word or PIN of the subscriber with a number.

        Attempts at a number that no subscriber has are counted by a keyed hash of it, so that they
        lock as those at a subscriber's, and do not show which numbers are in use.
        """
        if asker.subscriber is None:
            number = self._store.numbers.msisdn(number) or number
            asker = replace(asker, subscriber=-self._hasher.mark(number))
        return _proof(await self._keyed(asker, word, key))

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "locked", "weak"]:
        """Set a new code word that was keyed."""
        proof = _proof(await self._keyed(asker, old, key))
        if proof != "ok" or asker.subscriber is None:
            return "wrong" if proof == "ok" else proof
        return await self.set_word(asker, new)

    async def set_word(self, asker: Asker, new: Secret) -> Literal["ok", "weak"]:
        """Set a new code word that was keyed by a caller who has proved the present one."""
        assert asker.subscriber is not None, "the caller has proved the code word"
        one, keyed = await self._strong(asker.subscriber, new)
        if keyed:
            word = CodeWord(one.id, "", keyed, self._now(), "caller")
            await self._write(code_words.put, word, self._number(asker), asker.call)
        return "ok" if keyed else "weak"

    async def set_pin(self, asker: Asker, pin: Secret) -> Literal["ok", "weak"]:
        """Set a PIN that was keyed, beside the code word."""
        assert asker.subscriber is not None, "the caller has proved the code word"
        one, keyed = await self._strong(asker.subscriber, pin)
        if keyed:
            by = (one.id, keyed, "caller", self._now())
            await self._write(code_words.put_pin, *by, self._number(asker), asker.call)
        return "ok" if keyed else "weak"

    async def _strong(self, subscriber: int, new: Secret) -> tuple[Subscriber, str]:
        """The subscriber, and the hash of the keys of a new secret; "" if that is too weak."""
        try:
            one = await self._store.look_up(subscribers.by_id, subscriber)
            if one is None:
                raise CodeWordsUnavailable(f"there is no subscriber {subscriber}")
            if weaknesses(one, new, self._brands):
                return one, ""
            return one, (await self._hasher.hashes(new))[1]
        except (StoreError, HashingBusy) as error:
            raise CodeWordsUnavailable(str(error)) from error

    async def _write(self, put: Callable[..., object], *values: object) -> None:
        try:
            await self._store.write(put, *values)
        except StoreError as error:
            raise CodeWordsUnavailable(str(error)) from error

    async def verify_spoken(
        self, subscriber: int, typed: Secret, agent: str, at: datetime
    ) -> Literal["match", "no match", "locked"]:
        """Whether an agent typed the subscriber's code word, as spoken by the caller.

        A word that was only ever keyed is compared by its keys. ``CodeWordsUnavailable``.
        """
        attempt = Attempt(subscriber=subscriber, agent=agent)
        outcome = await self._attempt(attempt, "spoken", typed, at)
        if outcome != "ok":
            log.warning("code word %s: subscriber %d, typed by %s", outcome, subscriber, agent)
        return "match" if outcome == "ok" else "locked" if outcome == "locked" else "no match"

    async def unlock(self, subscriber: int, agent: str, why: str, at: datetime) -> None:
        """Unlock a code word after wrong attempts. ``CodeWordsUnavailable``."""
        await self._write(code_words.unlock, subscriber, agent, why, at)
        log.info("code word of subscriber %d: unlocked by %s", subscriber, agent)

    async def put(self, one: Subscriber, word: Secret, by: str, at: datetime) -> tuple[str, ...]:
        """Set a code word for a subscriber; returns why it is too weak, in sentences, or ()."""
        weak = weaknesses(one, word, self._brands)
        if not weak:
            spoken, keyed = await self._hasher.hashes(word)
            await self._store.write(code_words.put, CodeWord(one.id, spoken, keyed, at, by))
        return weak

    async def put_pin(self, one: Subscriber, pin: Secret, by: str, at: datetime) -> tuple[str, ...]:
        """Set a PIN beside a subscriber's code word; returns why it is too weak, or ().

        ``ValueError``: there is no code word yet, or it has other signs than digits.
        """
        if not pin.reveal().isdecimal():
            raise ValueError("a PIN has digits alone")
        weak = weaknesses(one, pin, self._brands)
        if not weak:
            _, keyed = await self._hasher.hashes(pin)
            if not await self._store.write(code_words.put_pin, one.id, keyed, by, at):
                raise ValueError("set a code word first, then a PIN beside it")
        return weak

    async def _keyed(self, asker: Asker, word: Secret, key: str) -> Outcome:
        attempt = Attempt(
            subscriber=asker.subscriber,
            number=self._number(asker),
            call=asker.call,
            key=key,
            way=asker.way,
        )
        now = self._now()
        try:
            await self._guesses.recall(self._store, now)
        except StoreError as error:
            raise CodeWordsUnavailable(str(error)) from error
        if not self._guesses.begin(asker.way, now):
            return "locked"
        outcome: Outcome = "failed"
        try:
            outcome = await self._attempt(attempt, "keyed", word, now)
        finally:
            if outcome != "wrong":
                self._guesses.right(asker.way)
        if outcome in ("wrong", "locked"):
            log.warning(
                "code word %s: call %s from %s%s",
                *(outcome, asker.call, masked(attempt.number)),
                f" over {asker.way}" if asker.way else "",
            )
        return outcome

    def _number(self, asker: Asker) -> str:
        """The caller's number in the one form by which attempts are counted."""
        return self._store.numbers.msisdn(asker.number) or asker.number

    async def _attempt(self, attempt: Attempt, form: Form, word: Secret, at: datetime) -> Outcome:
        """The outcome of an attempt; all outcomes take the same time."""
        try:
            started = await self._store.write(code_words.start, attempt, at)
            if started.outcome not in ("open", "locked"):
                return started.outcome
            try:
                return await self._checked(started, form, word)
            except HashingBusy:
                await self._store.write(code_words.finish, started, "failed")
                raise
        except (StoreError, HashingBusy) as error:
            raise CodeWordsUnavailable(str(error)) from error

    async def _checked(self, started: StartedAttempt, form: Form, word: Secret) -> Outcome:
        kept = started.word
        if kept is not None and not kept.spoken:
            form = "keyed"
        renewed, right = None, False
        # A word and a PIN are compared also where there is none, so that it takes as long.
        for field in (form, "pin"):
            hashed = getattr(kept, field) if kept is not None else ""
            checked = await self._hasher.check(form if field == form else "keyed", word, hashed)
            right = right or checked.right
            if kept is not None and checked.renewed is not None:
                renewed = replace(renewed or kept, **{field: checked.renewed})
        outcome: Outcome = "locked" if started.outcome == "locked" else "ok" if right else "wrong"
        await self._store.write(code_words.finish, started, outcome, renewed)
        return outcome


def _proof(outcome: Outcome) -> Proof:
    """What a caller hears of an attempt; one that failed, or was made before, proves nothing."""
    return outcome if outcome in ("ok", "locked") else "wrong"


def weaknesses(one: Subscriber, word: Secret, brands: tuple[str, ...]) -> tuple[str, ...]:
    """Why a word is too easy to guess for a subscriber, in sentences."""
    return faults(word.reveal(), About(one.msisdn, one.name, brands))
