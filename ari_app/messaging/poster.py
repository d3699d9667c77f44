"""Posts JSON to the webhook of another system, signed."""

import hmac
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

import aiohttp

from ari_app.messaging.outbox import UndeliverableError
from ivr.secret import Secret

DEADLINE = 15.0
"""Seconds in which the receiver has to answer."""
LATER = frozenset((408, 429))
"""Status codes after which a request is tried again: timeout, too many requests."""


class WebhookError(Exception):
    """The receiver did not take a request this time."""


class Poster:
    """Posts to ``url``; a context. ``deadline`` in seconds; ``later`` are status codes of 4xx after
    which a request is tried again."""

    def __init__(
        self, url: str, deadline: float = DEADLINE, later: Collection[int] = LATER
    ) -> None:
        self._url = url
        self._later = later
        self._deadline = deadline
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=deadline), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def post(self, key: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post a body; the same ``key`` is the same request. Redirects are not followed.

        :class:`~ari_app.messaging.outbox.UndeliverableError` if it is refused for good;
        :class:`WebhookError` if it is to be tried again, whether it arrived or not.
        """
        named = {"Content-Type": "application/json", "Idempotency-Key": key, **headers}
        try:
            async with self._session.post(
                self._url, data=body, headers=named, allow_redirects=False
            ) as response:
                status = response.status
        except TimeoutError:
            raise WebhookError(f"no answer in {self._deadline:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise WebhookError(f"the webhook is out of reach ({type(error).__name__})") from error
        if 400 <= status < 500 and status not in self._later:
            raise UndeliverableError(f"the webhook refused it: {status}")
        if not 200 <= status < 300:
            raise WebhookError(f"the webhook answered {status}")


def signature(secret: Secret, body: bytes) -> dict[str, str]:
    """The header with the HMAC of a body."""
    signed = hmac.digest(secret.reveal().encode(), body, "sha256").hex()
    return {"X-Firstline-Signature": f"sha256={signed}"}
