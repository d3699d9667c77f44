"""Who may sit at the desk, and who is signed in, over a real store and real hashes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from argon2 import PasswordHasher
from msgspec.structs import replace

from ari_app.desk.people import AccountsBusy, Person, Signed
from ari_app.selfcare.hashing import CHEAP, THREADS, Hasher
from ari_app.store import agents, desk_sessions
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.workplace.accounts import StoredAccounts, StoredSigned
from ivr.secret import Secret
from tests.operators import BELARUS
from tests.store.samples import NOON

PASSWORD = Secret("ясный день над рекой")
HOUR = timedelta(hours=1)
SIGNED = Signed("hash", "anna", "token", NOON, NOON, NOON, NOON + HOUR)


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    one = Hasher(Secret("pepper"), CHEAP, waiting=0)
    yield one
    one.close()


@pytest.fixture
async def store(tmp_path: Path, hasher: Hasher) -> AsyncIterator[Store]:
    """Anna has a password, Boris has none."""
    one = await Store.open(tmp_path / "firstline.db", BELARUS)
    anna = Agent("anna", "Анна Ветрова", "701", ("ru",), "701", Secret("sip"), "senior")
    boris = replace(anna, name="boris", extension="702", sip_user="702")
    hashed = await hasher.password(PASSWORD)
    await one.write(agents.add, [replace(anna, password=hashed), boris])
    yield one
    await one.close()


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes against which something was checked."""
    found: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, hash: str, password: bytes) -> bool:
        found.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    return found


@pytest.mark.parametrize(
    ("name", "password", "comes_in"),
    [
        ("anna", PASSWORD.reveal(), True),
        ("anna", PASSWORD.reveal().upper(), False),
        ("anna", "", False),
        ("boris", "", False),
        ("boris", PASSWORD.reveal(), False),
        ("vera", PASSWORD.reveal(), False),
        ("", "", False),
        ("' or 1=1 --", PASSWORD.reveal(), False),
    ],
)
async def test_whoever_it_is_one_hash_is_checked(
    store: Store, hasher: Hasher, checks: list[str], name: str, password: str, comes_in: bool
) -> None:
    """So that the time of an answer tells nobody which names there are."""
    person = await StoredAccounts(store, hasher).check(name, Secret(password))
    assert person == (Person("anna", "Анна Ветрова", "senior") if comes_in else None)
    assert [one.partition("$v=")[0] for one in checks] == ["$argon2id"]


async def test_who_has_no_password_any_more_may_not_stay(store: Store, hasher: Hasher) -> None:
    accounts = StoredAccounts(store, hasher)
    assert await accounts.person("anna") == Person("anna", "Анна Ветрова", "senior")
    assert await accounts.person("boris") is None
    await store.write(agents.put_password, "anna", "")
    assert await accounts.person("anna") is None


async def test_more_than_can_be_checked_are_asked_to_come_again(
    store: Store, hasher: Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = Event()
    monkeypatch.setattr(PasswordHasher, "verify", lambda *_: free.wait())
    accounts = StoredAccounts(store, hasher)
    checks = {asyncio.create_task(accounts.check("anna", PASSWORD)) for _ in range(THREADS + 1)}
    refused, checking = await asyncio.wait(checks, return_when=asyncio.FIRST_COMPLETED)
    free.set()
    assert [type(one.exception()) for one in refused] == [AccountsBusy]
    assert all(await asyncio.gather(*checking))


async def test_a_session_is_the_same_with_every_cookie(store: Store) -> None:
    signed = StoredSigned(store)
    await signed.add(SIGNED)
    await signed.add(replace(SIGNED, token="other", csrf="other"))
    assert await signed.rotate("hash", "new", NOON)
    assert await signed.find("hash", NOON) is None
    assert await signed.again(SIGNED, NOON) == replace(SIGNED, token="new")
    await signed.touch("new", NOON, NOON + 2 * HOUR)
    assert await signed.again(SIGNED, NOON + HOUR) is not None
    assert await signed.again(SIGNED, NOON + 2 * HOUR) is None
    await signed.end("new")
    assert await signed.again(SIGNED, NOON) is None


async def test_who_is_signed_out_everywhere_is_nowhere_signed_in(store: Store) -> None:
    signed = StoredSigned(store)
    await signed.add(SIGNED)
    await store.write(desk_sessions.end_all, "anna")
    assert await signed.find("hash", NOON) is None
    assert await signed.again(SIGNED, NOON) is None


async def test_a_new_session_sweeps_those_that_have_expired(store: Store) -> None:
    signed = StoredSigned(store)
    await signed.add(SIGNED)
    later = NOON + HOUR
    await signed.add(replace(SIGNED, token="new", csrf="new", created=later, expires=later + HOUR))
    assert await store.read(desk_sessions.find, "hash", NOON) is None
