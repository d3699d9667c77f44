"""What agents ask of Asterisk: pause, transfer, supervise."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from ari_app.ami.client import AmiError, RefusedError
from ari_app.ari.errors import AriError, UnreachableError
from ari_app.ari.sip_messages import PhoneNotRegisteredError
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.words import page_languages, words
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.workplace.queue_control import QueueControl
from tests.store.samples import NOON

PHONES = {"anna": "PJSIP/701", "boris": "Local/702@from-queue/n"}


class FakeAsterisk:
    """Records the requests, or fails with ``error``."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.error: Exception | None = None

    async def pause(self, interface: str, paused: bool, reason: str = "") -> None:
        await self._record(interface, paused, reason)

    async def transfer(self, leg: str, to: str) -> None:
        await self._record(leg, to)

    async def dial(self, phone: str, number: str) -> None:
        await self._record(phone, number)

    async def consult(self, caller: str, leg: str, phone: str, number: str) -> None:
        await self._record(caller, leg, phone, number)

    async def conference(self, caller: str, leg: str) -> None:
        await self._record(caller, leg)

    async def hang_up(self, channel: str) -> None:
        await self._record(channel)

    async def is_dialled(self, number: str) -> bool:
        await self._record(number)
        return True

    async def supervise(self, supervisor: str, agent: str, how: str, _: str) -> None:
        await self._record(supervisor, agent, how)

    async def _record(self, *what: Any) -> None:
        if self.error is not None:
            raise self.error
        self.asked.append(what)


@pytest.fixture
def asterisk() -> FakeAsterisk:
    return FakeAsterisk()


@pytest.fixture
def control(asterisk: FakeAsterisk) -> QueueControl:
    words = cast(StoredCodeWords, None)
    ways = (asterisk.supervise, asterisk.dial)
    return QueueControl(asterisk, PHONES.get, words, *ways, lambda: NOON)


async def test_requests_reach_asterisk(asterisk: FakeAsterisk, control: QueueControl) -> None:
    await control.pause("anna", "lunch")
    await control.ready("anna")
    await control.transfer("PJSIP/701-0001", "queue-support")
    await control.consult("anna", "PJSIP/1-1", "PJSIP/701-0001", "702")
    await control.conference("PJSIP/1-1", "PJSIP/701-0001")
    await control.hang_up("PJSIP/702-0002")
    assert await control.is_dialled("702")
    await control.supervise("anna", "boris", "whisper", "mentor-1")
    await control.call("boris", "375990000001")
    assert asterisk.asked == [
        ("PJSIP/701", True, "lunch"),
        ("PJSIP/701", False, ""),
        ("PJSIP/701-0001", "queue-support"),
        ("PJSIP/1-1", "PJSIP/701-0001", "PJSIP/701", "702"),
        ("PJSIP/1-1", "PJSIP/701-0001"),
        ("PJSIP/702-0002",),
        ("702",),
        ("PJSIP/701", "PJSIP/702", "whisper"),
        ("PJSIP/702", "375990000001"),
    ]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (RefusedError("Hangup", "No such channel"), "call-over"),
        (RefusedError("Redirect", "Channel does not exist: PJSIP/1-1"), "call-over"),
        (RefusedError("Redirect", "Permission denied"), "try-again"),
        (PhoneNotRegisteredError("PJSIP/701 is not registered"), "phone-away"),
        (ValueError("x cannot be dialled"), "transfer-no-way"),
        (UnreachableError("link"), "try-again"),
    ],
)
async def test_what_is_shown_to_agents_of_failures(
    asterisk: FakeAsterisk, control: QueueControl, error: Exception, word: str
) -> None:
    asterisk.error = error
    with pytest.raises(DeskUnavailable) as raised:
        await control.call("anna", "x")
    assert raised.value.word == word
    assert words()[word].keys() == set(page_languages())


@pytest.mark.parametrize(
    "error", [AmiError("AMI is not connected"), AriError(500, "x", "y"), UnreachableError("link")]
)
@pytest.mark.parametrize(
    "command",
    [
        lambda control: control.ready("anna"),
        lambda control: control.transfer("PJSIP/701-0001", "702"),
        lambda control: control.supervise("anna", "boris", "listen", "mentor-1"),
        lambda control: control.pause("nobody", "lunch"),
    ],
)
async def test_failures_become_desk_unavailable(
    asterisk: FakeAsterisk,
    control: QueueControl,
    error: Exception,
    command: Callable[[QueueControl], Any],
) -> None:
    asterisk.error = error
    with pytest.raises(DeskUnavailable):
        await command(control)
