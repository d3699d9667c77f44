"""A small OpenID provider: a real server with keys of its own, which can be made to misbehave."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import encode_basic_auth, web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "desk", "s3cret & more"


def new_key() -> RSAKey:
    """A key pair, always of the same name."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@cache
def usual_key() -> RSAKey:
    """The one of all providers at first: to make one takes 150 ms of CPU."""
    return new_key()


class OpenIdProvider:
    """Signs in who comes to it, as ``claims`` say."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = usual_key()
        self.published = self.key
        """The key that it publishes."""
        self.claims: dict[str, Any] = {"preferred_username": "anna", "groups": []}
        """What is said of the person."""
        self.changed: dict[str, Any] = {}
        """Claims that are not as they must be; None takes one out."""
        self.document: dict[str, Any] = {}
        """What its document says otherwise."""
        self.signed: Callable[[Mapping[str, Any]], str] = self._signed
        self.down = False
        self.asked: list[Mapping[str, str]] = []
        """The requests for authorization, which a browser brings."""
        self._codes: dict[str, Mapping[str, str]] = {}

    def authorized(self, address: str) -> Mapping[str, str]:
        """The person agrees: what the browser brings back from ``address``."""
        query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        self.asked.append(query)
        code = f"code-{len(self.asked)}"
        self._codes[code] = query
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def _signed(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, dict(claims), self.key)

    def unsigned(self, claims: Mapping[str, Any]) -> str:
        """A token with the algorithm "none"."""
        return f"{_parts('none', claims)}."

    def by_secret(self, claims: Mapping[str, Any]) -> str:
        """A token that the public key, taken for a secret, has signed."""
        parts = _parts("HS256", claims)
        public = self.key.as_pem(private=False)
        return f"{parts}.{_encoded(hmac.digest(public, parts.encode(), 'sha256'))}"

    async def configuration(self, _: web.Request) -> web.Response:
        """Discovery."""
        if self.down:
            raise web.HTTPServiceUnavailable
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?realm=a",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return web.json_response(known | self.document)

    async def keys(self, _: web.Request) -> web.Response:
        """The public keys."""
        return web.json_response(KeySet([self.published]).as_dict(private=False))

    async def token(self, request: web.Request) -> web.Response:
        """A code against a token."""
        form = await request.post()
        asked = self._codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = _encoded(digest)
        login = encode_basic_auth(CLIENT, "s3cret+%26+more")
        proven = request.headers["Authorization"] == login
        if asked is None or asked["code_challenge"] != challenge or not proven:
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert asked["redirect_uri"] == form["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "4711", "nonce": asked["nonce"],
            "iat": now, "exp": now + 300, **self.claims, **self.changed,
        }  # fmt: skip
        sent = {name: value for name, value in claims.items() if value is not None}
        return web.json_response({"id_token": self.signed(sent), "token_type": "Bearer"})


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _parts(algorithm: str, claims: Mapping[str, Any]) -> str:
    """The head and the body of a token."""
    head = {"alg": algorithm, "kid": "one"}
    return ".".join(_encoded(json.dumps(part).encode()) for part in (head, dict(claims)))


@asynccontextmanager
async def openid_provider() -> AsyncIterator[OpenIdProvider]:
    """A provider that listens."""
    provider, app = OpenIdProvider(), web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", provider.configuration),
            web.get("/keys", provider.keys),
            web.post("/token", provider.token),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()
