"""An OpenID provider, by whom agents may sign in: what it publishes, and its proof of a person.

OpenID Connect Discovery 1.0 and the authorization code flow of Core 1.0 with PKCE (RFC 7636). Keys
are fetched for each sign-in: those of a provider change, and an agent signs in once a day.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Collection, Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import ClientSession, ClientTimeout
from msgspec import DecodeError, Struct, json

from ari_app.desk.web.accounts import Role
from ari_app.desk.web.id_tokens import BadTokenError, verified
from ivr.secret import Secret

PATIENCE = 10.0
"""Seconds that a request to the provider may take."""
KEPT = 60.0
"""Seconds in which what the provider publishes of itself is not fetched again."""
LONGEST = 256 * 1024
"""Bytes of an answer that are read."""


class ProviderError(Exception):
    """The provider is unavailable, or answers what it must not; the text says what."""


class ProviderSettings(Struct, frozen=True, kw_only=True):
    """``issuer`` is its address, ``client`` and ``secret`` are what it knows this desk by; a
    ``secret`` of "" is none. ``login`` is the claim that holds the agent's login. ``roles``: value
    of the claim ``groups`` -> role; if there are none, agents have the roles of their accounts."""

    issuer: str
    client: str
    secret: Secret
    name: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    login: str = "preferred_username"
    groups: str = "groups"
    roles: Mapping[str, Role] = {}


class Published(Struct, frozen=True):
    """What a provider publishes of itself (Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Attempt(Struct, frozen=True):
    """A sign-in that was begun. Its values are random, and used once."""

    state: str
    nonce: str
    verifier: str
    published: Published
    redirect: str


class Proof(Struct, frozen=True):
    """Who signed in: a login, and the values of the claim with their groups."""

    login: str
    groups: Collection[str]


class Provider:
    """Asks one provider over ``http``."""

    def __init__(self, settings: ProviderSettings, http: ClientSession) -> None:
        self.settings = settings
        self._http = http
        self._known: Published | None = None
        self._known_until = 0.0

    async def begin(self, redirect: str) -> tuple[Attempt, str]:
        """Begin a sign-in that comes back to ``redirect``: it, and where the browser is to go.

        Raises :class:`ProviderError`.
        """
        if self._known is None or self._known_until < monotonic():
            self._known, self._known_until = await self._published(), monotonic() + KEPT
        published = self._known
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        digest = hashlib.sha256(verifier.encode()).digest()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.settings.client,
                "redirect_uri": redirect,
                "scope": " ".join(self.settings.scopes),
                "state": state,
                "nonce": nonce,
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }
        )
        endpoint = published.authorization_endpoint
        to = f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"
        return Attempt(state, nonce, verifier, published, redirect), to

    async def finish(self, attempt: Attempt, code: str) -> Proof:
        """Who signed in. Raises :class:`ProviderError` and :class:`BadTokenError`."""
        settings, published = self.settings, attempt.published
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect,
            "client_id": settings.client,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        if secret := settings.secret.reveal():
            if "client_secret_basic" in published.token_endpoint_auth_methods_supported:
                login, password = _form_encoded(settings.client), _form_encoded(secret)
                headers["Authorization"] = aiohttp.encode_basic_auth(login, password)
            else:
                form["client_secret"] = secret
        answer = await self._json("POST", published.token_endpoint, form, headers)
        keys = await self._json("GET", published.jwks_uri)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise BadTokenError("the answer has no id_token: is openid in scopes?")
        # In a thread: the first one loads the cryptography, and each computes a while.
        claims = await asyncio.to_thread(
            verified, token, keys, settings.issuer, settings.client, attempt.nonce
        )
        return Proof(_text(claims, settings.login), _groups(claims.get(settings.groups)))

    async def _published(self) -> Published:
        issuer = self.settings.issuer
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        answer = await self._json("GET", address)
        try:
            found = json.decode(json.encode(answer), type=Published)
        except DecodeError as error:
            raise ProviderError(f"{address}: {error}") from error
        if found.issuer != issuer:
            raise ProviderError(f"{address} is of the issuer {found.issuer}, not of {issuer}")
        ours = urlsplit(issuer).scheme
        for each in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            if urlsplit(each).scheme not in ("https", ours):
                raise ProviderError(f"{address} names {each}, which is not https")
        return found

    async def _json(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        try:
            async with self._http.request(
                method,
                url,
                data=form,
                headers={"Accept": "application/json", **(headers or {})},
                timeout=ClientTimeout(PATIENCE),
                allow_redirects=False,
            ) as answer:
                text = await answer.content.read(LONGEST)
                while not answer.content.at_eof() and len(text) < LONGEST:
                    text += await answer.content.read(LONGEST)
                if answer.status != 200:
                    raise ProviderError(f"{url} answers {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderError(f"{url}: {str(error) or type(error).__name__}") from error
        try:
            found = json.decode(text)
        except DecodeError as error:
            raise ProviderError(f"{url} does not answer with JSON: {error}") from error
        if not isinstance(found, dict):
            raise ProviderError(f"{url} does not answer with a JSON object")
        return found


def _form_encoded(value: str) -> str:
    """A value of HTTP Basic as RFC 6749, section 2.3.1 wants it."""
    return urlencode({"": value})[1:]


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not found:
        raise BadTokenError(f"there is no claim {name}")
    return found.strip().lower()


def _groups(found: object) -> Collection[str]:
    if isinstance(found, str):
        return (found,)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
