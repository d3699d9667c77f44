"""Stores and checks code words, for callers, agents and the operator."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from ari_app.config.state import State
from ari_app.selfcare.code_word_port import CodeWordsUnavailable
from ari_app.selfcare.hashing import Form, Hasher, HashingBusy
from ari_app.selfcare.request_port import Asker
from ari_app.store import code_words, subscribers
from ari_app.store.code_words import Attempt, CodeWord, Outcome, StartedAttempt
from ari_app.store.db import Store, StoreError
from ari_app.store.subscribers import Subscriber
from ivr.identity.weak_words import About, faults
from ivr.secret import Secret


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
    ``brands`` are the operator's names, which everybody tries first."""

    def __init__(
        self,
        store: Store,
        hasher: Hasher,
        now: Callable[[], datetime],
        brands: tuple[str, ...],
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._now = now
        self._brands = brands

    async def prove(self, asker: Asker, word: Secret, key: str) -> bool:
        """Whether the caller keyed their code word."""
        return await self._keyed(asker, word, key) == "ok"

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "weak"]:
        """Set a new code word that was keyed."""
        if await self._keyed(asker, old, key) != "ok" or asker.subscriber is None:
            return "wrong"
        try:
            one = await self._store.read(subscribers.by_id, asker.subscriber)
            if one is None:
                return "wrong"
            if weaknesses(one, new, self._brands):
                return "weak"
            _, keyed = await self._hasher.hashes(new)
            word = CodeWord(one.id, "", keyed, self._now(), "caller")
            await self._store.write(code_words.put, word, self._number(asker), asker.call)
        except (StoreError, HashingBusy) as error:
            raise CodeWordsUnavailable(str(error)) from error
        return "ok"

    async def verify_spoken(
        self, subscriber: int, typed: Secret, agent: str, at: datetime
    ) -> Literal["match", "no match", "locked"]:
        """Whether an agent typed the subscriber's code word, as spoken by the caller.

        A word that was only ever keyed is compared by its keys. ``CodeWordsUnavailable``.
        """
        attempt = Attempt(subscriber=subscriber, agent=agent)
        outcome = await self._attempt(attempt, "spoken", typed, at)
        return "match" if outcome == "ok" else "locked" if outcome == "locked" else "no match"

    async def put(self, one: Subscriber, word: Secret, by: str, at: datetime) -> tuple[str, ...]:
        """Set a code word for a subscriber; returns why it is too weak, in sentences, or ()."""
        weak = weaknesses(one, word, self._brands)
        if not weak:
            spoken, keyed = await self._hasher.hashes(word)
            await self._store.write(code_words.put, CodeWord(one.id, spoken, keyed, at, by))
        return weak

    async def _keyed(self, asker: Asker, word: Secret, key: str) -> Outcome:
        attempt = Attempt(
            subscriber=asker.subscriber, number=self._number(asker), call=asker.call, key=key
        )
        return await self._attempt(attempt, "keyed", word, self._now())

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
        against = None if kept is None else kept.keyed if form == "keyed" else kept.spoken
        checked = await self._hasher.check(form, word, against)
        outcome: Outcome = (
            "locked" if started.outcome == "locked" else "ok" if checked.right else "wrong"
        )
        renewed = None
        if kept is not None and checked.renewed is not None:
            renewed = replace(kept, **{form: checked.renewed})
        await self._store.write(code_words.finish, started, outcome, renewed)
        return outcome


def weaknesses(one: Subscriber, word: Secret, brands: tuple[str, ...]) -> tuple[str, ...]:
    """Why a word is too easy to guess for a subscriber, in sentences."""
    return faults(word.reveal(), About(one.msisdn, one.name, brands))
