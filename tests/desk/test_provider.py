"""Signing in by an OpenID provider: a real one signs, and each thing that is wrong is refused."""

import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession

from ari_app.desk.web import provider as provider_module
from ari_app.desk.web import provider_sign_in
from ari_app.desk.web.accounts import Role
from ari_app.desk.web.http_security import HttpSecurity
from ari_app.desk.web.id_tokens import verified
from ari_app.desk.web.provider import Provider, ProviderSettings
from ari_app.desk.web.provider_sign_in import BACK, TO
from ari_app.rate_limit import Rate
from ivr.secret import Secret
from tests.desk.http_client import HttpClient, RunningDesk, running_desk
from tests.desk.openid_provider import CLIENT, SECRET, OpenIdProvider, new_key, openid_provider

ROLES: Mapping[str, Role] = {"support": "agent", "leads": "supervisor"}


@asynccontextmanager
async def desk(
    roles: Mapping[str, Role] | None = None,
) -> AsyncIterator[tuple[RunningDesk, OpenIdProvider, HttpClient]]:
    """A desk, its provider, and a browser."""
    async with openid_provider() as provider, ClientSession() as http:
        settings = ProviderSettings(
            issuer=provider.issuer, client=CLIENT, secret=Secret(SECRET), roles=roles or {}
        )
        async with (
            running_desk(provider=Provider(settings, http)) as server,
            server.client() as client,
        ):
            yield server, provider, client


async def back(provider: OpenIdProvider, client: HttpClient, **otherwise: str) -> ClientResponse:
    """Sign in at the provider; the answer of the desk to who comes back."""
    sent = await client.get(TO)
    assert sent.status == 303
    brought = {**provider.authorized(sent.headers["Location"]), **otherwise}
    async with client.session.get(BACK, params=brought, allow_redirects=False) as answer:
        await answer.read()
        return answer


async def is_in(client: HttpClient) -> bool:
    """Whether the browser is signed in."""
    return (await client.get("/")).status == 200


async def test_who_the_provider_proves_is_signed_in() -> None:
    async with desk() as (server, provider, client):
        answer = await back(provider, client)
        assert answer.status == 200
        assert 'url=/"' in await answer.text(), "it leads on: a redirect would bring no cookie"
        assert await is_in(client)
        [session] = server.sessions.stored.values()
        assert session.agent == "anna"
    [asked] = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["realm"] == "a", "what the provider's address has of its own stays"
    assert asked["redirect_uri"] == f"{server.url}{BACK}"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


WRONG: Mapping[str, Mapping[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "somebody"},
    "audiences without azp": {"aud": [CLIENT, "somebody"]},
    "another authorized party": {"azp": "somebody"},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "expired": {"exp": int(time.time()) - 3600},
    "no expiry": {"exp": None},
    "not yet": {"iat": int(time.time()) + 3600},
    "no subject": {"sub": None},
    "no login": {"preferred_username": None},
    "a login that is none": {"preferred_username": ["anna"]},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
async def test_a_wrong_claim_is_refused(
    changed: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with desk() as (_, provider, client):
        provider.changed = dict(changed)
        assert (await back(provider, client)).status == 403
        assert not await is_in(client)
    assert "sign-in by the provider failed from 127.0.0.1: the proof" in caplog.text


@pytest.mark.parametrize("how", ["none", "secret", "another key"])
async def test_a_signature_that_is_not_the_provider_s_is_refused(how: str) -> None:
    async with desk() as (_, provider, client):
        match how:
            case "none":
                provider.signed = provider.unsigned
            case "secret":
                provider.signed = provider.by_secret
            case _:
                provider.published = new_key()
        assert (await back(provider, client)).status == 403
        assert not await is_in(client)


async def test_keys_that_were_renewed_are_known_at_once() -> None:
    async with desk() as (_, provider, client):
        assert (await back(provider, client)).status == 200
        provider.key = provider.published = new_key()
        assert (await back(provider, client)).status == 200


async def test_a_state_is_of_one_browser_and_used_once() -> None:
    async with desk() as (server, provider, client), server.client() as other:
        sent = await client.get(TO)
        brought = dict(provider.authorized(sent.headers["Location"]))
        async with other.session.get(BACK, params=brought) as answer:
            assert answer.status == 403, "a link that another browser is given signs no one in"
        async with client.session.get(BACK, params=brought) as answer:
            assert answer.status == 403, "and it is used up"
        assert (await back(provider, client, state="guessed")).status == 403
        assert (await back(provider, client, iss="https://evil.example")).status == 403
        assert (await back(provider, client, code="unknown")).status == 503
        assert (await back(provider, client, code="")).status == 403
        assert (await back(provider, client, error="access_denied")).status == 403
        assert not await is_in(client)
        assert (await back(provider, client)).status == 200


async def test_an_account_that_the_desk_does_not_know_is_refused() -> None:
    async with desk() as (_, provider, client):
        provider.claims["preferred_username"] = "mallory"
        answer = await back(provider, client)
        assert answer.status == 403
        assert not await is_in(client)


async def test_the_highest_role_of_the_groups_is_given() -> None:
    async with desk(ROLES) as (server, provider, client):
        provider.claims["groups"] = ["support", "others"]
        assert (await back(provider, client)).status == 200
        found = [server.accounts.users["anna"].role]
        for groups in (["support", "leads"], "support"):
            provider.claims["groups"] = groups
            assert (await back(provider, client)).status == 200
            found.append(server.accounts.users["anna"].role)
        assert found == ["agent", "supervisor", "agent"]


@pytest.mark.parametrize("groups", [[], ["others"], None, 7, [["leads"]]])
async def test_without_a_group_that_has_a_role_no_one_comes_in(groups: object) -> None:
    async with desk(ROLES) as (server, provider, client):
        provider.claims["groups"] = groups
        assert (await back(provider, client)).status == 403
        assert server.accounts.users["anna"].role == "agent"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": 7},
        {"authorization_endpoint": None},
    ],
)
async def test_a_document_that_is_wrong_leads_nowhere(document: Mapping[str, Any]) -> None:
    async with desk() as (_, provider, client):
        provider.document = dict(document)
        assert (await client.get(TO)).status == 503


async def test_while_the_provider_is_down_passwords_go_on() -> None:
    async with desk() as (_, provider, client):
        provider.down = True
        answer = await client.get(TO)
        assert answer.status == 503
        assert "<form" in await answer.text()
        assert (await client.sign_in()).status == 303


async def test_an_office_behind_one_address_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who succeeds is not counted; what the provider publishes is fetched once."""
    monkeypatch.setattr(provider_sign_in, "REQUESTS", Rate(burst=2, each=1000.0))
    async with desk() as (_, provider, client):
        for _ in range(5):
            assert (await back(provider, client)).status == 200
        provider.document = {"issuer": "https://evil.example"}
        assert (await client.get(TO)).status == 303


async def test_the_session_before_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way back comes from another site, without the cookie of the session (SameSite=Strict)."""
    async with desk() as (server, provider, client):
        assert (await client.sign_in()).status == 303
        [before] = server.sessions.stored
        sent = await client.get(TO)
        brought = provider.authorized(sent.headers["Location"])
        monkeypatch.setattr(HttpSecurity, "cookie_of", lambda *_: "")
        async with client.session.get(BACK, params=brought) as answer:
            assert answer.status == 200
        [after] = server.sessions.stored
        assert after != before


async def test_proofs_are_computed_beside_the_loop_of_all_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = list[threading.Thread]()

    def seen(*given: Any) -> Mapping[str, Any]:
        threads.append(threading.current_thread())
        return verified(*given)

    monkeypatch.setattr(provider_module, "verified", seen)
    async with desk() as (_, provider, client):
        assert (await back(provider, client)).status == 200
    assert threading.main_thread() not in threads
    assert threads


async def test_sign_ins_from_one_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_sign_in, "REQUESTS", Rate(burst=2, each=1000.0))
    async with desk() as (_, _provider, client):
        assert [(await client.get(TO)).status for _ in range(3)] == [303] * 2 + [429]


async def test_without_a_provider_there_is_no_way_to_one() -> None:
    async with running_desk() as server, server.client() as client:
        assert TO not in await (await client.get("/sign-in")).text()
        assert (await client.get(TO)).status == 404
