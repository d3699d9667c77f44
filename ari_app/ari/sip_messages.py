"""Texts to registered phones, as SIP MESSAGE requests over ARI."""

from collections.abc import Awaitable, Callable

from ari_app.ari.errors import GoneError
from ari_app.ari.rest import Endpoints


class PhoneNotRegisteredError(Exception):
    """A phone that is needed is not registered now."""


class SipMessages:
    """Sends texts from ``sender`` (a SIP URI); ``endpoint`` finds a number's PJSIP endpoint."""

    def __init__(
        self,
        endpoints: Endpoints,
        endpoint: Callable[[str], Awaitable[str | None]],
        sender: str,
    ) -> None:
        self._endpoints = endpoints
        self._endpoint = endpoint
        self._sender = sender

    async def reply(self, endpoint: str, number: str, text: str) -> None:
        """Answer a phone from the number that it texted; raises as :meth:`send`."""
        host = self._sender.rpartition("@")[2]
        try:
            await self._endpoints.send_message(f"pjsip:{endpoint}", f"sip:{number}@{host}", text)
        except GoneError:
            raise PhoneNotRegisteredError(
                "the phone of this subscriber is no longer registered"
            ) from None

    async def send(self, _key: str, number: str, text: str) -> None:
        """Hand a text over to Asterisk, which does not report whether the phone took it.

        Raises :class:`PhoneNotRegisteredError`, or as :mod:`ari_app.ari.errors` says; of these only
        :class:`~ari_app.ari.errors.UnreachableError` leaves open whether Asterisk has the text.
        """
        endpoint = await self._endpoint(number)
        if endpoint is None:
            raise PhoneNotRegisteredError("no subscriber with a phone account has this number")
        try:
            # Checked first: Asterisk would log the endpoint that it cannot reach, and an endpoint
            # is mostly named after a full phone number.
            online = (await self._endpoints.get("PJSIP", endpoint)).state != "offline"
            if online:
                return await self._endpoints.send_message(f"pjsip:{endpoint}", self._sender, text)
        except GoneError:
            pass
        raise PhoneNotRegisteredError("no phone of this subscriber is registered")
