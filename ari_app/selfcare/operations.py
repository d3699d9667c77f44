"""The catalogue of self-service: what a flow may ask for, and how it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ari_app.secret import Secret
from ari_app.selfcare import answers
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.codeword import CodeWords, CodeWordsUnavailable
from ari_app.selfcare.staff import Asker, Staff, StaffUnavailable
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Digits, Recording, Sealed, Values

_log = logging.getLogger(__name__)

PAYMENTS_TOLD = 3
"""How many of the last payments are told: more than three are not remembered by ear."""

_FAULTS: Mapping[str, Mapping[str, str]] = {"unavailable": {}, "unknown": {}}
_TARIFF = {"tariff": "name", "fee": "money", "minutes": "count", "gigabytes": "count"}
_BILL = {
    "bill": "money",
    "before": "money",
    "difference": "money",
    "vat": "money",
    "vat_change": "money",
    "reasons": "each",
}

CATALOGUE: Mapping[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("balance", {"ok": {"balance": "money"}, **_FAULTS}, need="caller"),
        Operation("tariff", {"ok": _TARIFF, **_FAULTS}, need="caller"),
        Operation("services", {"ok": {"services": "each"}, "none": {}, **_FAULTS}, need="caller"),
        Operation("payments", {"ok": {"payments": "each"}, "none": {}, **_FAULTS}, need="caller"),
        Operation(
            "bill",
            {"higher": _BILL, "lower": _BILL, "same": _BILL, "none": {}, **_FAULTS},
            need="caller",
        ),
        Operation("tariffs", {"ok": {"tariffs": "each"}, "unavailable": {}}),
        Operation(
            "complaint",
            {"ok": {"complaint": "digits"}, "failed": {}},
            inputs={"recording": "recording"},
        ),
        Operation("tell-when-mended", {"ok": {}, "already": {}, "none": {}, "failed": {}}),
        Operation("call-back", {"ok": {}, "already": {}, "failed": {}}),
        Operation(
            "code-word",
            {"ok": {}, "wrong": {}, "failed": {}},
            inputs={"word": "secret"},
            proves="ok",
        ),
        Operation(
            "change-code-word",
            {"ok": {}, "wrong": {}, "different": {}, "weak": {}, "failed": {}},
            inputs={"old": "secret", "new": "secret", "again": "secret"},
            need="code-word",
        ),
    )
}
"""The signatures. Rows of ``services`` have ``service`` (name) and ``fee`` (money), rows of
``payments`` have ``day`` and ``amount`` (money), rows of ``tariffs`` what ``tariff`` brings, rows
of ``reasons`` ``reason`` (name) and ``amount`` (money). ``unknown``: billing does not know the
caller."""


class _Wish(Struct, frozen=True):
    """One operation that is asked for."""

    inputs: Values
    asker: Asker
    key: str

    @property
    def subscriber(self) -> int:
        """Who asks, for operations that need a known caller."""
        if self.asker.subscriber is None:
            raise UnknownSubscriber("a caller whom we do not know")
        return self.asker.subscriber

    def secret(self, name: str) -> Secret:
        """What was keyed and must not be seen."""
        keyed = self.inputs[name]
        if not isinstance(keyed, Sealed) or keyed.digits is None:
            raise ValueError(f"{name} takes what was keyed as a secret and is not forgotten")
        return keyed.digits


_Deed: TypeAlias = Callable[[_Wish], Awaitable[Answered]]


class Selfcare:
    """Does the operations of the catalogue for a caller, each within its deadline."""

    def __init__(
        self,
        billing: Billing,
        staff: Staff,
        words: CodeWords,
        catalogue: Mapping[str, Operation] = CATALOGUE,
    ) -> None:
        self._billing = billing
        self._staff = staff
        self._words = words
        self._catalogue = catalogue
        self._deeds: Mapping[str, _Deed] = {
            "balance": self._balance,
            "tariff": self._tariff,
            "services": self._services,
            "payments": self._payments,
            "bill": self._bill,
            "tariffs": self._tariffs,
            "complaint": self._complaint,
            "call-back": self._call_back,
            "tell-when-mended": self._tell_when_mended,
            "code-word": self._code_word,
            "change-code-word": self._change_code_word,
        }

    async def run(self, name: str, inputs: Values, asker: Asker, key: str) -> Answered:
        """Do operation ``name`` for whoever asks.

        ``key`` names the deed: asked twice with it, an operation that writes or costs is done
        once. An operation that is not in the catalogue is a ``KeyError``, inputs that it does not
        take are a ``ValueError``: the check of flows lets neither pass. A code word that it needs
        and nobody told is a ``PermissionError``: the engine lets that not pass.
        """
        operation = self._catalogue[name]
        if operation.need == "code-word" != asker.identity:
            raise PermissionError(f"{name} needs the code word, and {asker.call} did not tell it")
        if asker.identity == "none" and not operation.proves:
            asker = replace(asker, subscriber=None)
        if inputs.keys() != operation.inputs.keys():
            raise ValueError(f"{name} takes {sorted(operation.inputs)}, not {sorted(inputs)}")
        try:
            async with asyncio.timeout(operation.deadline):
                return await self._deeds[name](_Wish(inputs, asker, key))
        except UnknownSubscriber as error:
            if asker.subscriber is not None:
                _log.warning("%s: billing does not know subscriber %s", key, error)
            return Answered("unknown")
        except (BillingUnavailable, StaffUnavailable, CodeWordsUnavailable) as error:
            _log.warning("%s: no %s: %s", key, name, error)
        except TimeoutError:
            _log.warning("%s: no %s in %g s", key, name, operation.deadline)
        return Answered("unavailable" if "unavailable" in operation.outcomes else "failed")

    async def _balance(self, wish: _Wish) -> Answered:
        return answers.balance(await self._billing.balance(wish.subscriber))

    async def _tariff(self, wish: _Wish) -> Answered:
        return answers.tariff(await self._billing.tariff(wish.subscriber))

    async def _services(self, wish: _Wish) -> Answered:
        return answers.services(await self._billing.services(wish.subscriber))

    async def _payments(self, wish: _Wish) -> Answered:
        return answers.payments(await self._billing.payments(wish.subscriber, PAYMENTS_TOLD))

    async def _bill(self, wish: _Wish) -> Answered:
        return answers.bill(await self._billing.bills(wish.subscriber, 2))

    async def _tariffs(self, _: _Wish) -> Answered:
        return answers.tariffs(await self._billing.tariffs())

    async def _complaint(self, wish: _Wish) -> Answered:
        recording = wish.inputs["recording"]
        if not isinstance(recording, Recording):
            raise ValueError(f"a complaint takes a recording, not {type(recording).__name__}")
        number = await self._staff.complain(wish.asker, recording, wish.key)
        return Answered("ok", {"complaint": Digits(number)})

    async def _call_back(self, wish: _Wish) -> Answered:
        new = await self._staff.call_back(wish.asker, wish.key)
        return Answered("ok" if new else "already")

    async def _tell_when_mended(self, wish: _Wish) -> Answered:
        told = await self._staff.tell_when_mended(wish.asker)
        return Answered({"noted": "ok", "already": "already", "nothing": "none"}[told])

    async def _code_word(self, wish: _Wish) -> Answered:
        if await self._words.prove(wish.asker, wish.secret("word"), wish.key):
            return Answered("ok")
        return Answered("wrong")

    async def _change_code_word(self, wish: _Wish) -> Answered:
        new = wish.secret("new")
        if new != wish.secret("again"):
            return Answered("different")
        return Answered(await self._words.change(wish.asker, wish.secret("old"), new, wish.key))
