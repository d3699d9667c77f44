"""Who is moved where, as it is asked of Asterisk."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from ari_app.ami.client import AmiError
from ari_app.ari.errors import AriError, UnreachableError
from ari_app.desk.ports import DeskUnavailable
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.workplace.queue_control import QueueControl
from tests.store.samples import NOON

PHONES = {"anna": "PJSIP/701", "boris": "Local/702@from-queue/n"}


class Exchange:
    """Asterisk, which does what it is asked, or refuses."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.fault: Exception | None = None

    async def pause(self, interface: str, paused: bool, reason: str = "") -> None:
        await self._heard(interface, paused, reason)

    async def transfer(self, leg: str, to: str) -> None:
        await self._heard(leg, to)

    async def spied(self, mentor: str, agent: str, how: str) -> None:
        await self._heard(mentor, agent, how)

    async def _heard(self, *what: Any) -> None:
        if self.fault is not None:
            raise self.fault
        self.asked.append(what)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def floor(exchange: Exchange) -> QueueControl:
    words = cast(StoredCodeWords, None)
    return QueueControl(exchange, PHONES.get, words, exchange.spied, lambda: NOON)


async def test_moves_are_asked_of_asterisk(exchange: Exchange, floor: QueueControl) -> None:
    await floor.pause("anna", "lunch")
    await floor.ready("anna")
    await floor.pass_on("PJSIP/701-0001", "queue-support")
    await floor.mentor("anna", "boris", "whisper")
    assert exchange.asked == [
        ("PJSIP/701", True, "lunch"),
        ("PJSIP/701", False, ""),
        ("PJSIP/701-0001", "queue-support"),
        ("PJSIP/701", "PJSIP/702", "whisper"),
    ]


@pytest.mark.parametrize(
    "fault", [AmiError("AMI is not connected"), AriError(500, "x", "y"), UnreachableError("link")]
)
@pytest.mark.parametrize(
    "move",
    [
        lambda floor: floor.ready("anna"),
        lambda floor: floor.pass_on("PJSIP/701-0001", "702"),
        lambda floor: floor.mentor("anna", "boris", "listen"),
        lambda floor: floor.pause("nobody", "lunch"),
    ],
)
async def test_what_cannot_be_moved_is_told(
    exchange: Exchange, floor: QueueControl, fault: Exception, move: Callable[[QueueControl], Any]
) -> None:
    exchange.fault = fault
    with pytest.raises(DeskUnavailable):
        await move(floor)
