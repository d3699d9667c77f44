"""Text messages by a webhook, whose receiver sends them as SMS or otherwise.

The receiver gets ``POST`` with ``{"key": …, "number": …, "text": …}``. The same key is the same
text, however often it comes: an attempt without an answer may have arrived.
"""

import os
import tomllib
from collections.abc import Mapping

from msgspec import Struct, json

from ari_app.config.state import PREFIX, ConfigError, State
from ari_app.messaging.poster import DEADLINE, Poster, signature
from ivr.secret import Secret


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


class Webhook(Poster):
    """Sends texts to ``url``; a context."""

    def __init__(self, url: str, keys: WebhookKeys, deadline: float = DEADLINE) -> None:
        super().__init__(url, deadline)
        self._keys = keys

    async def send(self, key: str, number: str, text: str) -> None:
        """Hand a text over.

        :class:`~ari_app.messaging.outbox.UndeliverableError` if it is refused for good;
        :class:`~ari_app.messaging.poster.WebhookError` if it is to be tried again, whether it
        arrived or not.
        """
        body = json.encode({"key": key, "number": number, "text": text})
        headers = signature(self._keys.secret, body)
        if self._keys.token is not None:
            headers["Authorization"] = f"Bearer {self._keys.token.reveal()}"
        await self.post(key, body, headers)
