"""Operations that leave requests to people, prove identity, and send texts."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Literal

from msgspec.structs import replace

from ari_app.selfcare.backends import Backends
from ari_app.selfcare.code_word_port import Proof
from ari_app.selfcare.operation_request import Action, OperationRequest
from ari_app.selfcare.request_port import Asker
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.session import Subject
from ivr.values import Digits, Moment, Phrase

_NO_NETWORK: Mapping[str, Mapping[str, str]] = {
    "ok": {"due": "moment"},
    "already": {"due": "moment"},
    "failed": {},
}

REQUESTS = (
    Operation(
        "complaint",
        {"ok": {"complaint": "digits"}, "failed": {}},
        inputs={"recording": "recording"},
        about="Stores a recorded complaint, and gives it a number.",
    ),
    Operation(
        "tell-when-mended",
        {"ok": {}, "already": {}, "none": {}, "nowhere": {}, "failed": {}},
        about="Requests a text message to the caller when their outages are repaired.",
    ),
    Operation(
        "call-back",
        {"ok": {}, "already": {}, "nowhere": {}, "failed": {}},
        inputs={"topic": "word"},
        optional=frozenset({"topic"}),
        about="Requests a call back to the caller, as soon as possible.",
    ),
    Operation(
        "call-back-time",
        {"ok": {"due": "moment"}, "past": {}, "no-such": {}},
        inputs={"day": "word", "time": "digits"},
        about="Reads the time at which a caller wants a call back, today or tomorrow; outside the "
        "hours in which callers are called it is when those begin.",
    ),
    Operation(
        "call-back-at",
        {"ok": {"due": "moment"}, "already": {}, "nowhere": {}, "failed": {}},
        inputs={"due": "moment", "topic": "word"},
        optional=frozenset({"topic"}),
        about="Requests a call back to the caller at a time, instead of one that was requested; "
        "returns when it is made: not outside the hours in which callers are called.",
    ),
    Operation(
        "refuse-campaigns",
        {"ok": {}, "nowhere": {}, "failed": {}},
        about="Notes that the caller's number wants no more texts and calls of campaigns.",
    ),
    Operation(
        "no-network",
        _NO_NETWORK,
        inputs={"topic": "word"},
        need="caller",
        about="Opens a ticket that there is no network where the caller lives.",
    ),
    Operation(
        "no-network-at",
        _NO_NETWORK,
        inputs={"place": "digits", "topic": "word"},
        about="Opens a ticket that there is no network in a place, by its post code.",
    ),
    Operation(
        "apn-settings",
        {"ok": {}, "nowhere": {}, "failed": {}},
        about="Sends the caller the settings of mobile internet as a text message.",
    ),
    Operation(
        "code-word",
        {"ok": {}, "wrong": {}, "locked": {}, "failed": {}},
        inputs={"word": "secret"},
        proves="ok",
        about="Proves the caller's identity by the code word, or the PIN.",
    ),
    Operation(
        "code-word-of",
        {"ok": {}, "wrong": {}, "locked": {}, "failed": {}},
        inputs={"number": "digits", "word": "secret"},
        proves="ok",
        other=True,
        about="Proves that the caller is the subscriber of another number, by the code word.",
    ),
    Operation(
        "one-time-code",
        {"ok": {}, "limit": {}, "failed": {}},
        inputs={"number": "digits"},
        about="Sends a one-time code as a text to another number.",
    ),
    Operation(
        "one-time-code-of",
        {"ok": {}, "wrong": {}, "locked": {}, "failed": {}},
        inputs={"number": "digits", "code": "secret"},
        proves="ok",
        level="caller",
        other=True,
        about="Proves that the caller has the phone of another number, by the one-time code.",
    ),
    Operation(
        "set-pin",
        {"ok": {}, "different": {}, "weak": {}, "failed": {}},
        inputs={"new": "secret", "again": "secret"},
        need="code-word",
        about="Takes a PIN of digits, keyed twice, beside the code word.",
    ),
    Operation(
        "set-code-word",
        {"ok": {}, "different": {}, "weak": {}, "failed": {}},
        inputs={"new": "secret", "again": "secret"},
        need="code-word",
        about="Takes a new code word, keyed twice, of a caller who has proved the present one.",
    ),
    Operation(
        "change-code-word",
        {"ok": {}, "wrong": {}, "locked": {}, "different": {}, "weak": {}, "failed": {}},
        inputs={"old": "secret", "new": "secret", "again": "secret"},
        need="code-word",
        about="Takes a new code word, keyed twice, in place of the old one.",
    ),
)


_NOTED: Mapping[str, str] = {
    "noted": "ok",
    "already": "already",
    "nothing": "none",
    "nowhere": "nowhere",
}
"""What the people answered -> the outcome."""

_TIME = re.compile("([01]?[0-9]|2[0-4])([0-5][0-9])?")
"""A time of day as it is keyed: the hour, or hour and minutes in three or four digits."""

SetSecret = Callable[[Asker, Secret], Awaitable[Literal["ok", "weak"]]]


class Requests:
    """Runs them."""

    def __init__(self, backends: Backends) -> None:
        self._requests = backends.requests
        self._now = backends.now
        self._code_words = backends.code_words
        self._one_time_codes = backends.one_time_codes
        self._messages = backends.messages
        self._directory = backends.directory
        self._earliest_call = backends.earliest_call
        self.actions: Mapping[str, Action] = {
            "complaint": self._complaint,
            "call-back": self._call_back,
            "call-back-time": self._call_back_time,
            "call-back-at": self._call_back_at,
            "refuse-campaigns": self._refuse_campaigns,
            "tell-when-mended": self._notify_when_restored,
            "no-network": partial(self._no_network, at=False),
            "no-network-at": partial(self._no_network, at=True),
            "apn-settings": self._apn_settings,
            "code-word": self._code_word,
            "code-word-of": self._code_word_of,
            "one-time-code": self._one_time_code,
            "one-time-code-of": self._one_time_code_of,
            "set-pin": partial(self._set_secret, backends.code_words.set_pin),
            "set-code-word": partial(self._set_secret, backends.code_words.set_word),
            "change-code-word": self._change_code_word,
        }

    async def _complaint(self, request: OperationRequest) -> Answered:
        said = request.recording("recording")
        number = await self._requests.complain(request.asker, said, request.key)
        return Answered("ok", {"complaint": Digits(number)})

    async def _call_back(self, request: OperationRequest) -> Answered:
        topic = request.word("topic")
        return Answered(
            _NOTED[await self._requests.call_back(request.asker, request.key, None, topic)]
        )

    async def _call_back_at(self, request: OperationRequest) -> Answered:
        due, topic = self._earliest_call(request.moment("due")), request.word("topic")
        noted = _NOTED[await self._requests.call_back(request.asker, request.key, due, topic)]
        if noted != "ok":
            return Answered(noted)
        return Answered(noted, {"due": Moment(due, self._now().date())})

    async def _call_back_time(self, request: OperationRequest) -> Answered:
        keyed, now = _TIME.fullmatch(request.digits("time")), self._now()
        if keyed is None:
            return Answered("no-such")
        day = now.date() + timedelta(days=request.word("day") == "tomorrow")
        clock = time(int(keyed[1]) % 24, int(keyed[2] or 0))
        due = datetime.combine(day + timedelta(days=keyed[1] == "24"), clock, now.tzinfo)
        if due <= now:
            return Answered("past")
        return Answered("ok", {"due": Moment(self._earliest_call(due), now.date())})

    async def _refuse_campaigns(self, request: OperationRequest) -> Answered:
        noted = await self._requests.refuse_campaigns(request.asker)
        return Answered("ok" if noted else "nowhere")

    async def _notify_when_restored(self, request: OperationRequest) -> Answered:
        noted = await self._requests.notify_when_restored(request.asker)
        return Answered(_NOTED[noted])

    async def _no_network(self, request: OperationRequest, at: bool) -> Answered:
        place, topic = request.digits("place") if at else "", request.word("topic")
        due, new = await self._requests.report_no_network(request.asker, place, topic, request.key)
        local = Moment(due.astimezone(self._now().tzinfo))
        return Answered("ok" if new else "already", {"due": local})

    async def _apn_settings(self, request: OperationRequest) -> Answered:
        sent = await self._messages.post(request.asker, [Phrase("apn-settings")], request.key)
        return Answered("ok" if sent else "nowhere")

    async def _code_word(self, request: OperationRequest) -> Answered:
        word = request.secret("word")
        return Answered(await self._code_words.prove(request.asker, word, request.key))

    async def _code_word_of(self, request: OperationRequest) -> Answered:
        keyed, word = request.digits("number"), request.secret("word")
        subscriber = await self._directory.by_number(keyed)
        asker = replace(request.asker, subscriber=subscriber, about=keyed)
        proof = await self._code_words.prove_number(asker, keyed, word, request.key)
        return await self._proved(proof, subscriber)

    async def _one_time_code(self, request: OperationRequest) -> Answered:
        keyed = request.digits("number")
        subscriber = await self._directory.by_number(keyed)
        return Answered(
            await self._one_time_codes.send(request.asker, keyed, subscriber, request.key)
        )

    async def _one_time_code_of(self, request: OperationRequest) -> Answered:
        keyed, code = request.digits("number"), request.secret("code")
        subscriber = await self._directory.by_number(keyed)
        proof = await self._one_time_codes.check(request.asker, keyed, subscriber, code)
        return await self._proved(proof, subscriber)

    async def _proved(self, proof: Proof, subscriber: int | None) -> Answered:
        """The answer to a proof of being another subscriber."""
        if proof != "ok" or subscriber is None:
            return Answered("wrong" if proof == "ok" else proof)
        return Answered("ok", about=Subject(subscriber, await self._directory.number(subscriber)))

    async def _set_secret(self, put: SetSecret, request: OperationRequest) -> Answered:
        """Take a secret that was keyed twice alike."""
        new = request.secret("new")
        if new != request.secret("again"):
            return Answered("different")
        return Answered(await put(request.asker, new))

    async def _change_code_word(self, request: OperationRequest) -> Answered:
        new = request.secret("new")
        if new != request.secret("again"):
            return Answered("different")
        return Answered(
            await self._code_words.change(request.asker, request.secret("old"), new, request.key)
        )
