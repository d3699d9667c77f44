"""Operations that read: the caller's account, promised work, and the product catalogue."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from ari_app.selfcare import answers
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.billing import BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.no_billing import NoBilling
from ari_app.selfcare.operation_request import Action, OperationRequest
from ari_app.selfcare.order_input import MAX_DAYS
from ari_app.selfcare.orders import PromisePayment, Refused
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Count, Digits

PAYMENTS_PLAYED = 3
"""How many of the last payments are played: more than three are not remembered by ear."""

CHARGES_WRITTEN = 24
"""How many of the last charges are sent as texts, and make up the total that is played."""

CALLS_BEFORE = 2
"""After so many calls in a week the next one is offered an agent before anything else."""

FAULTS: Mapping[str, Mapping[str, str]] = {"unavailable": {}, "unknown": {}}
"""``unknown``: billing does not know the caller."""

_TARIFF = {"tariff": "name", "fee": "money", "minutes": "count", "gigabytes": "count"}
_OWN_TARIFF = {**_TARIFF, "tariff_code": "word"}
_BILL = {
    "bill": "money",
    "before": "money",
    "difference": "money",
    "vat": "money",
    "vat_change": "money",
    "reasons": "each",
}
_PROMISE = {
    "department": "word",
    "department_label": "name",
    "visit": "word",
    "created": "day",
    "due": "moment",
}
_NO_PROMISE = ("already", "not-on", "too-much", "paused")
_ROAMING = {"country_name": "name", "minute": "money", "message": "money", "megabyte": "money"}
_OFFERED = {"service": "name", "fee": "money", "code": "digits"}
_LISTS: Mapping[str, Mapping[str, str]] = {
    "services": _OFFERED,
    "offered": _OFFERED,
    "payments": {"day": "day", "amount": "money"},
    "reasons": {"reason": "name", "amount": "money"},
    "charges": {"at": "moment", "use": "name", "amount": "money"},
    "offers": {"offer": "digits", "seller": "digits", "what": "name", "charge": "money"},
    "tariffs": {**_TARIFF, "code": "digits"},
    "packets": {"packet": "name", "gigabytes": "count", "price": "money", "code": "digits"},
    "rewards": {"reward": "name", "price": "count", "code": "digits"},
}
"""List -> what its rows have."""
_BILLS: Mapping[str, Mapping[str, str]] = {"higher": _BILL, "lower": _BILL, "same": _BILL}


def _of_caller(
    name: str, about: str, outcomes: Mapping[str, Mapping[str, str]], ages: bool = False
) -> Operation:
    outcomes = {**outcomes, **FAULTS}
    return Operation(name, outcomes, need="caller", about=about, billing=True, ages=ages)


def _of_anyone(name: str, about: str, row: str) -> Operation:
    return Operation(name, {"ok": {row: "each"}, "unavailable": {}}, about=about, billing=True)


def _rows(name: str) -> Mapping[str, Mapping[str, str]]:
    return {"ok": {name: "each"}, "none": {}}


_SIGNATURES = (
    _of_caller(
        "balance",
        "Reads the balance.",
        {"ok": {"balance": "money"}, "old": {"balance": "money", "as_of": "moment"}},
        ages=True,
    ),
    Operation(
        "area",
        {"ok": {"area": "text"}, "none": {}, "failed": {}, "unknown": {}},
        need="caller",
        about="Reads the area where the subscriber lives.",
    ),
    _of_caller("tariff", "Reads the tariff and what it includes.", {"ok": _OWN_TARIFF}),
    _of_caller(
        "allowance",
        "Reads the minutes and gigabytes left this month.",
        {"ok": {"minutes": "count", "gigabytes": "count"}},
        ages=True,
    ),
    _of_caller("services", "Reads the services that are on.", _rows("services")),
    _of_caller("payments", "Reads the last payments.", _rows("payments")),
    _of_caller(
        "bill", "Explains why the newest bill differs from the one before.", {**_BILLS, "none": {}}
    ),
    _of_caller(
        "charges",
        "Reads the newest calls and charges, and the total of the last ones.",
        {"ok": {"charges": "each", "total": "money", "many": "count"}, "none": {}},
        ages=True,
    ),
    _of_caller(
        "charges-text",
        "Sends the caller their last calls and charges as text messages.",
        {"ok": {}, "none": {}, "nowhere": {}},
    ),
    _of_caller("offers", "Reads what other subscribers offer the caller.", _rows("offers")),
    _of_caller("points", "Reads the loyalty points.", {"ok": {"points": "count"}}, ages=True),
    _of_caller(
        "promise-terms",
        "Reads for how many days the caller may put off a payment, or why not.",
        {"ok": {"most_days": "count"}, "unlisted": {}, **{reason: {} for reason in _NO_PROMISE}},
    ),
    Operation(
        "puk",
        {"ok": {"puk": "digits"}, "none": {}, **FAULTS},
        need="code-word",
        about="Reads the PUK of the SIM card, by which a phone that is locked is unlocked.",
        billing=True,
    ),
    Operation(
        "ticket",
        {"some": _PROMISE, "late": _PROMISE, "none": {}, "unavailable": {}},
        need="caller",
        deadline=0.5,  # it stands between the caller and the greeting
        about="Reads which ticket of the caller is due first, by when, and whether it is late.",
    ),
    Operation(
        "situation",
        {"debt": {}, "low": {}, "again": {}, "usual": {}, "unavailable": {}},
        {"low": "count"},
        need="caller",
        deadline=0.5,  # likewise
        about="Reads why the caller may call: a debt, a low balance, or the third call in a week.",
    ),
    Operation(
        "billing",
        {"ok": {}, "none": {}},
        deadline=0.5,
        about="Reads whether the site has a billing system, which most operations need.",
    ),
    Operation(
        "help-page",
        {"ok": {"link": "name"}, "none": {}, "nowhere": {}},
        {"page": "word"},
        about="Reads the web address of help about something, which can be sent to the caller.",
    ),
    _of_anyone("tariffs", "Reads all tariffs, the cheapest first.", "tariffs"),
    _of_anyone("service-offers", "Reads all services that can be switched on.", "offered"),
    _of_anyone("packets", "Reads all packets of data that can be bought.", "packets"),
    Operation(
        "roaming",
        {"ok": _ROAMING, "no-such": {}, "unavailable": {}},
        {"country": "digits"},
        about="Reads what use costs in the country with a calling code.",
        billing=True,
    ),
    _of_anyone("rewards", "Reads the rewards for loyalty points.", "rewards"),
)
READS = tuple(
    replace(
        one,
        rows={
            name: _LISTS[name] for made in one.outcomes.values() for name in made if name in _LISTS
        },
    )
    for one in _SIGNATURES
)
"""The signatures."""


class Reads:
    """Runs them."""

    def __init__(self, backends: Backends) -> None:
        self._billing = backends.billing
        self._messages = backends.messages
        self._directory = backends.directory
        self._requests = backends.requests
        self._now = backends.now
        self._words = backends.words
        self.actions: Mapping[str, Action] = {
            "balance": self._balance,
            "area": self._area,
            "tariff": self._tariff,
            "allowance": self._allowance,
            "services": self._services,
            "payments": self._payments,
            "bill": self._bill,
            "charges": self._charges,
            "charges-text": self._charges_text,
            "offers": self._offers,
            "points": self._points,
            "promise-terms": self._promise_terms,
            "puk": self._puk,
            "ticket": self._ticket,
            "situation": self._situation,
            "billing": self._has_billing,
            "help-page": self._help_page,
            "tariffs": self._tariffs,
            "service-offers": self._service_offers,
            "packets": self._packets,
            "roaming": self._roaming,
            "rewards": self._rewards,
        }

    async def _balance(self, request: OperationRequest) -> Answered:
        return answers.balance(await self._billing.balance(request.subscriber), self._now())

    async def _area(self, request: OperationRequest) -> Answered:
        return answers.area(await self._directory.area(request.subscriber))

    async def _tariff(self, request: OperationRequest) -> Answered:
        return answers.tariff(await self._billing.tariff(request.subscriber))

    async def _allowance(self, request: OperationRequest) -> Answered:
        left = await self._billing.allowance(request.subscriber)
        return Answered("ok", {"minutes": Count(left.minutes), "gigabytes": Count(left.gigabytes)})

    async def _services(self, request: OperationRequest) -> Answered:
        return answers.services(await self._billing.services(request.subscriber))

    async def _payments(self, request: OperationRequest) -> Answered:
        found = await self._billing.payments(request.subscriber, PAYMENTS_PLAYED)
        return answers.payments(found, self._now().date())

    async def _bill(self, request: OperationRequest) -> Answered:
        return answers.bill(await self._billing.bills(request.subscriber, 2))

    async def _charges(self, request: OperationRequest) -> Answered:
        found = await self._billing.charges(request.subscriber, CHARGES_WRITTEN)
        return answers.charges(found, self._now())

    async def _charges_text(self, request: OperationRequest) -> Answered:
        found = await self._billing.charges(request.subscriber, CHARGES_WRITTEN)
        if not found:
            return Answered("none")
        texts = answers.charges_written(found, self._now())
        return Answered(
            "ok" if await self._messages.post(request.asker, texts, request.key) else "nowhere"
        )

    async def _offers(self, request: OperationRequest) -> Answered:
        found = await self._billing.offers(request.subscriber)
        numbers = [Digits(await self._directory.number(one.seller)) for one in found]
        return answers.offers(found, numbers)

    async def _points(self, request: OperationRequest) -> Answered:
        return Answered("ok", {"points": Count(await self._billing.points(request.subscriber))})

    async def _promise_terms(self, request: OperationRequest) -> Answered:
        """What billing lists, if it quotes that; a refusal of a day of its own making is a fault
        of billing, and no reason that a caller is to hear."""
        most = await self._billing.promise_days()
        most = most and min(most, MAX_DAYS)
        until = self._now().date() + timedelta(most or 1)
        quote = await self._billing.quote(request.subscriber, PromisePayment(until))
        if isinstance(quote, Refused):
            return Answered(quote.reason)
        return Answered("ok", {"most_days": Count(most)}) if most else Answered("unlisted")

    async def _puk(self, request: OperationRequest) -> Answered:
        puk = (await self._billing.sim(request.subscriber)).puk
        return (
            Answered("none")
            if puk is None
            else Answered("ok", {"puk": Digits(puk.reveal(), hidden=True)})
        )

    async def _ticket(self, request: OperationRequest) -> Answered:
        who = request.asker.subscriber
        found = None if who is None else await self._requests.first_due_ticket(who)
        return answers.ticket(found, self._now())

    async def _situation(self, request: OperationRequest) -> Answered:
        who = request.asker.subscriber
        if who is None:
            return Answered("usual")
        if await self._requests.recent_calls(request.asker) >= CALLS_BEFORE:
            return Answered("again")
        try:
            balance = (await self._billing.balance(who)).amount
        except (BillingUnavailable, UnknownSubscriber):
            return Answered("usual")
        if balance < 0:
            return Answered("debt")
        return Answered("low" if balance < request.count("low") else "usual")

    async def _has_billing(self, _: OperationRequest) -> Answered:
        return Answered("none" if isinstance(self._billing, NoBilling) else "ok")

    async def _help_page(self, request: OperationRequest) -> Answered:
        reachable = bool(request.asker.texts_to)
        return answers.help_page(self._words, request.word("page"), reachable)

    async def _tariffs(self, _: OperationRequest) -> Answered:
        return answers.tariffs(await self._billing.tariffs())

    async def _service_offers(self, _: OperationRequest) -> Answered:
        return answers.service_offers(await self._billing.service_offers())

    async def _packets(self, _: OperationRequest) -> Answered:
        return answers.packets(await self._billing.packets())

    async def _roaming(self, request: OperationRequest) -> Answered:
        country = request.digits("country").lstrip("0")
        return answers.roaming(await self._billing.roaming(country))

    async def _rewards(self, _: OperationRequest) -> Answered:
        return answers.rewards(await self._billing.rewards())
