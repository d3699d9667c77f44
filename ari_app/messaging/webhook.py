"""Text messages by a webhook, whose receiver sends them as SMS or otherwise.

The receiver gets ``POST`` with ``{"key": …, "number": …, "text": …}``. The same key is the same
text, however often it comes: an attempt without an answer may have arrived.
"""

import hmac
import os
import tomllib
from collections.abc import Mapping
from types import TracebackType

import aiohttp
from msgspec import Struct, json

from ari_app.config.state import PREFIX, ConfigError, State
from ari_app.messaging.outbox import UndeliverableError
from ivr.secret import Secret

DEADLINE = 15.0
"""Seconds in which the receiver has to answer."""
LATER = frozenset((408, 429))
"""Status codes after which the message is tried again: timeout, too many requests."""


class WebhookKeys(Struct, frozen=True):
    """What texts are signed with, and the token that the receiver asks for, if it does."""

    secret: Secret
    token: Secret | None = None

    @classmethod
    def of(cls, state: State, environment: Mapping[str, str] = os.environ) -> "WebhookKeys":
        """Those of an installation, from the environment or beside its passwords."""
        state.keys()  # makes the file, or says what is wrong with it
        file = state.directory / "secrets.toml"
        table = tomllib.loads(file.read_text())

        def named(name: str) -> str | None:
            found = environment.get(f"{PREFIX}{name.upper()}") or table.get(name)
            return found if isinstance(found, str) and found else None

        secret, token = named("webhook_secret"), named("webhook_token")
        if secret is None:
            raise ConfigError(
                "what goes to a webhook is signed, with a secret that the receiver has, too: write "
                f'webhook_secret = "…" into {file}'
            )
        return cls(Secret(secret), None if token is None else Secret(token))


class WebhookError(Exception):
    """The receiver did not take a text this time."""


class Webhook:
    """Sends texts to ``url``; a context."""

    def __init__(self, url: str, keys: WebhookKeys, deadline: float = DEADLINE) -> None:
        self._url = url
        self._keys = keys
        self._deadline = deadline
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=deadline), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def __aenter__(self) -> "Webhook":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def send(self, key: str, number: str, text: str) -> None:
        """Hand a text over.

        :class:`~ari_app.messaging.outbox.UndeliverableError` if it is refused for good;
        :class:`WebhookError` if it is to be tried again, whether it arrived or not.
        """
        body = json.encode({"key": key, "number": number, "text": text})
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers(key, body), allow_redirects=False
            ) as response:
                status = response.status
        except TimeoutError:
            raise WebhookError(f"no answer in {self._deadline:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise WebhookError(f"the webhook is out of reach ({type(error).__name__})") from error
        if 400 <= status < 500 and status not in LATER:
            raise UndeliverableError(f"the webhook refused it: {status}")
        if not 200 <= status < 300:
            raise WebhookError(f"the webhook answered {status}")

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        signed = hmac.digest(self._keys.secret.reveal().encode(), body, "sha256").hex()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Firstline-Signature": f"sha256={signed}",
        }
        if self._keys.token is not None:
            headers["Authorization"] = f"Bearer {self._keys.token.reveal()}"
        return headers
