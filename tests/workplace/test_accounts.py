"""Accounts and browser sessions over a real store and real hashes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from argon2 import PasswordHasher
from msgspec.structs import replace

from ari_app.desk.web.accounts import AccountsBusy, BrowserSession, SecondFactorNeeded, User
from ari_app.selfcare import totp
from ari_app.selfcare.hashing import CHEAP, THREADS, Hasher
from ari_app.store import agents, changes, desk_sessions
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.workplace.accounts import StoredAccounts, StoredSessions
from ivr.secret import Secret
from tests.operators import BELARUS
from tests.store.samples import NOON

PASSWORD = Secret("ясный день над рекой")
HOUR = timedelta(hours=1)
SESSION = BrowserSession("hash", "anna", "token", NOON, NOON, NOON, NOON + HOUR)


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
async def test_every_sign_in_checks_one_hash(
    store: Store, hasher: Hasher, checks: list[str], name: str, password: str, comes_in: bool
) -> None:
    """So that response times do not reveal which logins exist."""
    person = await StoredAccounts(store, hasher, lambda: NOON).check(name, Secret(password), "")
    assert person == (User("anna", "Анна Ветрова", "senior") if comes_in else None)
    assert [one.partition("$v=")[0] for one in checks] == ["$argon2id"]


async def test_a_user_without_a_password_is_not_found(store: Store, hasher: Hasher) -> None:
    accounts = StoredAccounts(store, hasher, lambda: NOON)
    assert await accounts.find("anna") == User("anna", "Анна Ветрова", "senior")
    assert await accounts.find("boris") is None
    await store.write(agents.put_password, "anna", "")
    assert await accounts.find("anna") is None


async def test_a_second_factor_is_asked_for_and_each_code_counts_once(
    store: Store, hasher: Hasher
) -> None:
    key, at = totp.new_key(), NOON
    accounts = StoredAccounts(store, hasher, lambda: at)
    await store.write(agents.put_second_factor, "anna", key.reveal())

    async def comes_in(code: str, password: Secret = PASSWORD) -> bool:
        return await accounts.check("anna", password, code) is not None

    code = totp.code(key, int(at.timestamp()) // totp.STEP)
    assert not await comes_in("")
    assert not await comes_in(f"{int(code) ^ 1:06}")
    assert not await comes_in(code, Secret("wrong")), "and the code is not used up"
    assert await comes_in(code)
    assert not await comes_in(code), "overheard"
    at += timedelta(seconds=30)
    assert await comes_in(totp.code(key, int(at.timestamp()) // totp.STEP))
    await store.write(agents.put_second_factor, "anna", "")
    assert await comes_in("")


async def test_where_it_is_required_roles_above_agent_need_it(store: Store, hasher: Hasher) -> None:
    accounts = StoredAccounts(store, hasher, lambda: NOON, needs_factor=True)
    with pytest.raises(SecondFactorNeeded):
        await accounts.check("anna", PASSWORD, "")
    assert await accounts.check("anna", Secret("wrong"), "") is None
    await store.write(agents.put_role, "anna", "agent")
    assert await accounts.check("anna", PASSWORD, "")


async def test_who_is_suspended_does_not_come_in_and_is_signed_out(
    store: Store, hasher: Hasher
) -> None:
    accounts, sessions = StoredAccounts(store, hasher, lambda: NOON), StoredSessions(store)
    await sessions.add(SESSION)
    await store.write(agents.suspend, "anna", True)
    assert await accounts.check("anna", PASSWORD, "") is None
    assert await accounts.find("anna") is None
    assert await sessions.find("hash", NOON) is None
    await store.write(agents.suspend, "anna", False)
    assert await accounts.check("anna", PASSWORD, "")


async def test_too_many_concurrent_password_checks_are_rejected(
    store: Store, hasher: Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = Event()
    monkeypatch.setattr(PasswordHasher, "verify", lambda *_: free.wait())
    accounts = StoredAccounts(store, hasher, lambda: NOON)
    checks = {asyncio.create_task(accounts.check("anna", PASSWORD, "")) for _ in range(THREADS + 1)}
    refused, checking = await asyncio.wait(checks, return_when=asyncio.FIRST_COMPLETED)
    free.set()
    assert [type(one.exception()) for one in refused] == [AccountsBusy]
    assert all(await asyncio.gather(*checking))


async def test_a_session_is_found_after_its_cookie_was_rotated(store: Store) -> None:
    sessions = StoredSessions(store)
    await sessions.add(SESSION)
    await sessions.add(replace(SESSION, token="other", csrf="other"))
    assert await sessions.rotate("hash", "new", NOON)
    assert await sessions.find("hash", NOON) is None
    assert await sessions.current(SESSION, NOON) == replace(SESSION, token="new")
    await sessions.touch("new", NOON, NOON + 2 * HOUR)
    assert await sessions.current(SESSION, NOON + HOUR) is not None
    assert await sessions.current(SESSION, NOON + 2 * HOUR) is None
    await sessions.end("new")
    assert await sessions.current(SESSION, NOON) is None


async def test_ending_all_sessions_of_an_agent(store: Store) -> None:
    sessions = StoredSessions(store)
    await sessions.add(SESSION)
    await store.write(desk_sessions.end_all, "anna")
    assert await sessions.find("hash", NOON) is None
    assert await sessions.current(SESSION, NOON) is None


async def test_a_new_session_removes_expired_ones(store: Store) -> None:
    sessions = StoredSessions(store)
    await sessions.add(SESSION)
    later = NOON + HOUR
    await sessions.add(
        replace(SESSION, token="new", csrf="new", created=later, expires=later + HOUR)
    )
    assert await store.read(desk_sessions.find, "hash", NOON) is None


async def test_by_a_provider_also_who_has_no_password_comes_in(
    store: Store, hasher: Hasher
) -> None:
    accounts = StoredAccounts(store, hasher, lambda: NOON, by_provider=True)
    boris = await accounts.find("boris")
    assert boris is not None
    assert await StoredAccounts(store, hasher, lambda: NOON).find("boris") is None
    given = await accounts.give_role(boris, "supervisor")
    assert given.role == "supervisor"
    assert await accounts.find("boris") == given
    assert [one.detail for one in await store.read(changes.recent, 5)] == ["supervisor"]
    admin = await accounts.give_role(given, "admin")
    assert (await accounts.give_role(admin, "agent")).role == "admin", "there is no other one"
    vera = Agent("vera", "Вера Лис", "709", ("ru",), "709", Secret("sip"), "admin")
    await store.write(agents.add, [vera])
    assert (await accounts.give_role(admin, "agent")).role == "agent", "vera needs no password"
