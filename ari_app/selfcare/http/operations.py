"""Runs ``http`` operations: attempts, circuit breaker, answers that are kept."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ari_app.selfcare import breaker as circuit
from ari_app.selfcare.billing import UnknownSubscriber
from ari_app.selfcare.breaker import Breaker, Closed, Open, Rule
from ari_app.selfcare.http.reply import NoReply, Reply
from ari_app.selfcare.operation_request import OperationRequest
from ivr.events import Answered
from ivr.http.answers import UnusableAnswer, answered, has_status
from ivr.http.declaration import HttpOperation
from ivr.http.request import MASK, Request, request
from ivr.http.signature import AS_OF, OLD, about_subscriber
from ivr.http.templates import Given, TemplateError
from ivr.model import ACCEPTED
from ivr.values import Moment, Sealed, Text, Values

if TYPE_CHECKING:  # it loads the HTTP client, which commands that know operations do without
    from ari_app.selfcare.http.transport import Transport

_log = logging.getLogger(__name__)

KEPT = 2000
"""Answers that are kept at most; the oldest go first."""

PAUSE = 0.1
"""Seconds before the second attempt; each of the next pauses is twice as long."""


class Unavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """No usable answer; ``sent``: the request may have arrived."""

    def __init__(self, why: str, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


class Trial(Struct, frozen=True):
    """A request that was tried: as it is shown, without its secrets; the answer, and what is made
    of it. ``fault``: why there is no usable answer, "" if there is one."""

    request: Request | None = None
    reply: Reply | None = None
    answer: Answered | None = None
    fault: str = ""


class _Kept(Struct, frozen=True):
    """An answer, by which declaration it was read, and when."""

    answer: Answered
    http: HttpOperation
    at: datetime


class HttpOperations:
    """Runs them. ``now`` is the clock, in the site's time zone; ``secret`` looks a secret up by its
    name, and raises ``LookupError`` with what to do."""

    def __init__(
        self, transport: "Transport", secret: Callable[[str], str], now: Callable[[], datetime]
    ) -> None:
        self._transport = transport
        self._secret = secret
        self._now = now
        self._breakers: dict[str, Breaker] = {}
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    async def run(self, asked: OperationRequest) -> Answered:
        """Run an operation for a caller.

        Raises ``UnknownSubscriber`` and :class:`Unavailable`.
        """
        http = asked.operation.http
        assert http is not None
        if about_subscriber(http) and asked.asker.subscriber is None:
            raise UnknownSubscriber("an unknown caller")
        try:
            made = request(http, given(asked, self._secret))
        except (TemplateError, LookupError) as error:
            raise Unavailable(str(error), sent=False) from None
        key = _same(http, made)
        kept = self._kept.get(key)
        age = self._age(kept) if kept and kept.http is http else None
        if kept and age is not None and age < http.cache:
            return kept.answer
        try:
            answer = await self._answer(http, made)
        except Unavailable as error:
            if kept and age is not None and age < http.old and _is_first(http, kept.answer):
                _log.warning("%s: %s; answered with one of %g s ago", asked.key, error, age)
                moment = Moment(kept.at, self._now().date())
                return Answered(OLD, {**kept.answer.values, AS_OF: moment})
            if http.costs and error.sent:
                _log.error("%s: %s may have been carried out: %s", asked.key, http.operation, error)
                return Answered(ACCEPTED)
            raise
        if http.cache or http.old:
            self._keep(key, _Kept(answer, http, self._now()))
        return answer

    async def attempt(self, asked: OperationRequest) -> Trial:
        """Send a request once, whatever is kept; never raises for what a back end does."""
        http, masked = asked.operation.http, replace(asked, inputs=_masked(asked.inputs))
        assert http is not None
        shown, reply = None, None
        try:
            shown = request(http, given(masked, lambda _: MASK))
            reply = await self._transport.send(
                request(http, given(asked, self._secret)), http.tls, http.timeout
            )
            return Trial(shown, reply, answered(http, reply.status, reply.body, self._now()))
        except (TemplateError, LookupError, NoReply, UnusableAnswer) as error:
            return Trial(shown, reply, fault=str(error))

    async def _answer(self, http: HttpOperation, made: Request) -> Answered:
        reply = await self._send(http, made)
        try:
            return answered(http, reply.status, reply.body, self._now())
        except UnusableAnswer as error:
            refused = 400 <= reply.status < 500 and http.attempts == 1  # for sure, not carried out
            raise Unavailable(f"{made}: {error}", sent=not refused) from None

    async def _send(self, http: HttpOperation, made: Request) -> Reply:
        """Send a request until it is answered, as often and as long as is declared."""
        clock = asyncio.get_running_loop().time
        until, sent = clock() + http.timeout, False
        for attempt in range(1, http.attempts + 1):
            left = (until - clock()) / (http.attempts - attempt + 1)
            try:
                reply = await self._attempt(http, made, max(left, 0.05))
            except NoReply as error:
                sent = sent or error.sent
                pause = PAUSE * 2 ** (attempt - 1)
                if error.final or attempt == http.attempts or clock() + pause >= until:
                    raise Unavailable(f"{made}: {error}", sent) from None
                await asyncio.sleep(pause)
            else:
                return reply
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, http: HttpOperation, made: Request, timeout: float) -> Reply:
        """Send a request once, unless the back end is being left alone."""
        clock, name = asyncio.get_running_loop().time, http.operation
        before = self._breakers.get(name, Closed())
        allowed = circuit.before_request(before, clock())
        if allowed is None:
            raise NoReply("left alone after failures (circuit breaker open)", False, final=True)
        self._breakers[name] = allowed
        done = False
        try:
            reply = await self._transport.send(made, http.tls, timeout)
            if reply.status >= 500 and not _is_declared(http, reply.status):
                raise NoReply(f"it answered {reply.status}", sent=True)
            done = True
            return reply
        finally:  # also when the call is cancelled
            rule = Rule(http.failures, http.pause)
            after = circuit.after_failure(self._breakers[name], rule, clock())
            self._turn(http, circuit.after_answer() if done else after)

    def _turn(self, http: HttpOperation, breaker: Breaker) -> None:
        before, self._breakers[http.operation] = self._breakers[http.operation], breaker
        if isinstance(breaker, Open) and isinstance(before, Closed):
            _log.error(
                "operation %s unavailable, no requests for %g s: try it with `firstline operations "
                "try %s`", http.operation, http.pause, http.operation,
            )  # fmt: skip
        elif isinstance(breaker, Closed) and not isinstance(before, Closed):
            _log.info("operation %s is available again", http.operation)

    def _age(self, kept: _Kept) -> float:
        return (self._now() - kept.at).total_seconds()

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def given(asked: OperationRequest, secret: Callable[[str], str]) -> Given:
    """What the templates of a request are filled with."""
    asker = asked.asker
    facts: Mapping[str, str] = {
        "call:id": asker.call,
        "call:key": asked.key,
        "caller:identity": asker.identity,
        "caller:language": asker.language,
        "caller:number": asker.texts_to,
        "caller:subscriber": "" if asker.subscriber is None else str(asker.subscriber),
    }
    return Given(asked.inputs, facts, secret)


def _masked(inputs: Values) -> Values:
    return {
        name: Text(MASK) if isinstance(value, Sealed) else value for name, value in inputs.items()
    }


def _same(http: HttpOperation, made: Request) -> Hashable:
    """What is equal of requests that have the same answer: all but the key of the attempt."""
    headers = tuple(each for each in made.headers.items() if each[0] != http.idempotency_key)
    return (http.operation, made.url, made.body, headers)


def _is_first(http: HttpOperation, answer: Answered) -> bool:
    """Whether an answer is the one that a declaration begins with: what is worth keeping."""
    return answer.outcome == next(iter(http.answers))


def _is_declared(http: HttpOperation, status: int) -> bool:
    return any(has_status(each, status) for each in http.answers.values())
