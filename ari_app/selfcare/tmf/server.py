"""A small TM Forum server over HTTP, backed by any ``Billing``.

For trying Firstline out, and for tests: it can be slow, fail and lose answers on purpose.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hmac import compare_digest
from itertools import count

from aiohttp import web
from msgspec import MsgspecError, Struct, json

from ari_app.selfcare.billing import (
    Billing,
    BillingUnavailable,
    BillingUncertain,
    UnknownSubscriber,
)
from ari_app.selfcare.orders import Refused
from ari_app.selfcare.tmf import from_tmf, product_order, to_tmf
from ari_app.selfcare.tmf import resources as tmf
from ari_app.selfcare.tmf.fault_plan import FaultPlan
from ivr.secret import Secret

BASE = "/tmf-api"
REMEMBERED = 1000
"""How many orders that were only acknowledged can be asked for."""
BILLS = 12
"""How many bills of a subscriber are looked through for the one whose lines are asked for."""

_encoder = json.Encoder(decimal_format="number")


class Answer(Struct, frozen=True):
    """What is answered to a request."""

    body: object
    status: int = 200


Serve = Callable[[web.Request], Awaitable[object]]


class TmfServer:
    """Serves ``billing``; a ``token``, if there is one, must come with each request."""

    def __init__(
        self, billing: Billing, trouble: FaultPlan | None = None, token: Secret | None = None
    ) -> None:
        self.billing = billing
        self.trouble = trouble or FaultPlan()
        self.url = ""
        self.asked: list[str] = []
        """The requests so far, for tests to look at."""
        self._token = token or Secret("")
        self._later: OrderedDict[str, Answer] = OrderedDict()
        self._refusals = count(10**9)  # the numbers of what was only taken in, to be refused
        self._lists: Mapping[str, Serve] = {
            tmf.PRODUCT: self._products,
            tmf.OFFERING: self._offerings,
            tmf.BUCKET: self._buckets,
            tmf.LOYALTY: self._loyalty,
            tmf.PAYMENT: self._payments,
            tmf.BILL: self._bills,
            tmf.RATE: self._rates,
            tmf.USAGE: self._usages,
            tmf.QUOTE: self._offers,
        }

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["TmfServer"]:
        """Serve on loopback while the context lasts; port 0 is any that is free."""
        app = web.Application()
        app.router.add_get(f"{BASE}/{tmf.CUSTOMER}/{{id}}", self._serving(self._customer))
        app.router.add_get(f"{BASE}/{tmf.ORDER}/{{id}}", self._serving(self._acknowledged))
        app.router.add_post(f"{BASE}/{tmf.ORDER}", self._serving(self._order))
        app.router.add_post(f"{BASE}/{tmf.QUOTE}", self._serving(self._quote))
        for path, serve in self._lists.items():
            app.router.add_get(f"{BASE}/{path}", self._serving(_listing(serve)))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}{BASE}"
            yield self
        finally:
            await runner.cleanup()

    def _serving(self, serve: Serve) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.asked.append(f"{request.method} {request.path.removeprefix(f'{BASE}/')}")
            del self.asked[:-REMEMBERED]
            return await self._answer(request, serve)

        return handle

    async def _answer(self, request: web.Request, serve: Serve) -> web.StreamResponse:
        """Answer, or do whatever else is planned for this request."""
        if self._token.reveal() and not _knows(request, self._token):
            return _response(Answer(tmf.Error("41", "the token is missing or wrong"), 401))
        fault = self.trouble.next()
        match fault:
            case "fail" | "busy":
                status = 500 if fault == "fail" else 503
                return _response(Answer(tmf.Error("1", "planned trouble"), status))
            case "drop":
                return _dropped(request)
            case "slow":
                await self.trouble.wait()
        times = 2 if fault == "duplicate" else 1
        answer, *_ = await asyncio.gather(*(self._served(request, serve) for _ in range(times)))
        match fault:
            case "lose":
                return _dropped(request)
            case "garbage":
                whole = _encoder.encode(answer.body)
                return web.Response(body=whole[: len(whole) // 2], status=answer.status)
            case "huge":
                return await _endless(request)
            case "later" if serve == self._order and answer.status in (201, 422):
                return _response(self._acknowledge(answer))
        return _response(answer)

    async def _served(self, request: web.Request, serve: Serve) -> Answer:
        try:
            found = await serve(request)
        except UnknownSubscriber:
            return Answer(tmf.Error("60", "no such customer"), 404)
        except BillingUnavailable as error:
            return Answer(tmf.Error("5", str(error)), 503)
        except BillingUncertain as error:
            return Answer(tmf.Error("1", str(error)), 500)
        except (MsgspecError, ValueError, KeyError) as error:
            return Answer(tmf.Error("20", f"not understood: {error}"), 400)
        return found if isinstance(found, Answer) else Answer(found)

    # Orders.

    async def _quote(self, request: web.Request) -> object:
        asked = json.decode(await request.read(), type=tmf.Quote)
        order = product_order.ordered(asked.quote_item[0])
        found = await self.billing.quote(product_order.subscriber(asked), order)
        if isinstance(found, Refused):
            return Answer(tmf.Error(found.reason, "refused"), 422)
        return Answer(to_tmf.quote(order, found), 201)

    async def _order(self, request: web.Request) -> object:
        asked = json.decode(await request.read(), type=tmf.ProductOrder)
        order, key = product_order.ordered(asked.product_order_item[0]), asked.external_id
        if not key:
            raise ValueError("an order has an externalId")
        agreed, _ = from_tmf.money(asked.order_total_price, "oneTime")
        placed = await self.billing.place(product_order.subscriber(asked), order, agreed, key)
        if isinstance(placed, Refused):
            return Answer(tmf.Error(placed.reason, "refused"), 422)
        return Answer(to_tmf.product_order(order, key, placed), 201)

    def _acknowledge(self, answer: Answer) -> Answer:
        """Answer now that an order was taken in, and what became of it when that is asked."""
        order = answer.body
        if isinstance(order, tmf.Error):
            note = (tmf.Note(str(order.code)),)
            order = tmf.ProductOrder((), str(next(self._refusals)), state="rejected", note=note)
        assert isinstance(order, tmf.ProductOrder)
        self._later[order.id] = Answer(order)
        if len(self._later) > REMEMBERED:
            self._later.popitem(last=False)
        return Answer(tmf.ProductOrder((), order.id, order.external_id, "acknowledged"), 201)

    async def _acknowledged(self, request: web.Request) -> object:
        known = self._later.get(request.match_info["id"])
        return known or Answer(tmf.Error("60", "no such order"), 404)

    # What is read.

    async def _customer(self, request: web.Request) -> object:
        id = int(request.match_info["id"])
        await self.billing.balance(id)
        return tmf.Customer(str(id))

    async def _buckets(self, request: web.Request) -> object:
        id = _party(request)
        balance = await self.billing.balance(id)
        return to_tmf.buckets(balance, await self.billing.allowance(id))

    async def _products(self, request: web.Request) -> object:
        id = _party(request)
        tariff, on = await self.billing.tariff(id), await self.billing.services(id)
        paused, card = await self.billing.paused(id), await self.billing.sim(id)
        return to_tmf.products(tariff, list(on), paused, card, datetime.now(UTC))

    async def _offerings(self, request: web.Request) -> object:
        match request.query.get("productSpecification.id"):
            case "tariff":
                return [to_tmf.tariff(one) for one in await self.billing.tariffs()]
            case "service":
                return [to_tmf.service(one) for one in await self.billing.service_offers()]
            case "reward":
                return [to_tmf.reward(one) for one in await self.billing.rewards()]
            case "packet":
                return [to_tmf.packet(one) for one in await self.billing.packets()]
            case "promised-payment":
                days = await self.billing.promise_days()
                return [to_tmf.promise(days)] if days else []
            case "roaming" if id := request.query.get("id"):
                found = await self.billing.roaming(id)
                return [to_tmf.roaming(found)] if found else []
        return []

    async def _loyalty(self, request: web.Request) -> object:
        points = await self.billing.points(int(request.query["loyaltyProgramMember.id"]))
        return [to_tmf.loyalty(points)]

    async def _payments(self, request: web.Request) -> object:
        found = await self.billing.payments(int(request.query["payer.id"]), _limit(request))
        return [to_tmf.payment(one) for one in found]

    async def _bills(self, request: web.Request) -> object:
        id = _party(request)
        return [to_tmf.bill(id, one) for one in await self.billing.bills(id, _limit(request))]

    async def _rates(self, request: web.Request) -> object:
        wanted = request.query["bill.id"].split(",")
        rates: list[tmf.BillingRate] = []
        for subscriber in {int(one.partition("-")[0]) for one in wanted}:
            for bill in await self.billing.bills(subscriber, BILLS):
                id = to_tmf.bill(subscriber, bill).id
                rates += to_tmf.rates(id, bill) if id in wanted else ()
        return rates

    async def _usages(self, request: web.Request) -> object:
        found = await self.billing.charges(_party(request), _limit(request))
        return [to_tmf.usage(one) for one in found]

    async def _offers(self, request: web.Request) -> object:
        id = _party(request)
        return [to_tmf.offer(id, one) for one in await self.billing.offers(id)]


def _listing(serve: Serve) -> Serve:
    """A list of what an unknown customer has is empty."""

    async def listing(request: web.Request) -> object:
        try:
            return await serve(request)
        except UnknownSubscriber:
            return []

    return listing


def _knows(request: web.Request, token: Secret) -> bool:
    said = request.headers.get("Authorization", "").encode()
    return compare_digest(said, f"Bearer {token.reveal()}".encode())


def _party(request: web.Request) -> int:
    return int(request.query["relatedParty.id"])


def _limit(request: web.Request) -> int:
    return int(request.query.get("limit", "20"))


def _response(answer: Answer) -> web.Response:
    body = _encoder.encode(answer.body)
    return web.Response(body=body, status=answer.status, content_type="application/json")


def _dropped(request: web.Request) -> web.Response:
    """The connection breaks, without a word."""
    if isinstance(request.transport, asyncio.Transport):
        request.transport.abort()
    return web.Response()


async def _endless(request: web.Request) -> web.StreamResponse:
    """An answer that does not end before the other side does."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 65536)
