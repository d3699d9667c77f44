"""Recorded conversations: stored with who speaks, paused for reasons, found again, played."""

import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.ami.client import AmiError
from ari_app.ami.mix_monitors import MixMonitors
from ari_app.calls.conversation_files import ConversationFiles
from ari_app.desk.cards.caller_profile import Arrival
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from ari_app.store import conversations
from ari_app.store.db import Store
from ari_app.workplace.conversations import StoredConversations
from tests.operators import BELARUS
from tests.store.samples import NOON

CARD = CardRecord(
    id="a" * 16,
    agent="anna",
    arrival=Arrival(channel="fl-1.1", number="375990000001", subscriber=1, queue="support"),
    opened=NOON,
    answered=NOON,
)
START = {"Event": "MixMonitorStart", "Uniqueid": "fl-1.1", "Channel": "PJSIP/1-1"}
MUTED = {"Event": "MixMonitorMute", "Uniqueid": "fl-1.1", "Channel": "PJSIP/1-1", "State": "1"}
STOP = {"Event": "MixMonitorStop", "Uniqueid": "fl-1.1", "Channel": "PJSIP/1-1"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


class Here:
    """What the desk asks, with Asterisk's events as they come."""

    def __init__(self, store: Store, directory: Path) -> None:
        self.monitors = MixMonitors()
        self.muted: list[tuple[str, bool]] = []
        self.broken, self.confirms = False, True
        files = ConversationFiles(directory)
        self.conversations = StoredConversations(store, files, self.monitors, self.mute)

    async def mute(self, channel: str, muted: bool) -> None:
        if self.broken:
            raise AmiError("AMI is not connected")
        self.muted.append((channel, muted))
        if self.confirms:
            self.monitors.take({**MUTED, "State": "1" if muted else "0"})


@pytest.fixture
def here(store: Store, tmp_path: Path) -> Here:
    return Here(store, tmp_path)


def record(directory: Path, name: str, seconds: float) -> Path:
    """A recording that Asterisk could not close: its header says that it is empty."""
    file = directory / name
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"")
    file.write_bytes(file.read_bytes() + bytes(round(seconds * 16000)))
    return file


async def test_a_conversation_is_its_agents_and_is_played_when_it_is_over(
    here: Here, tmp_path: Path
) -> None:
    await here.conversations.attach(CARD)  # it is not recorded
    here.monitors.take(START)
    for name in ("fl-1.1_2.wav", "fl-1.1_10.wav", "fl-1.12_11.wav"):
        record(tmp_path, name, 2.5)
    await here.conversations.attach(CARD)
    await here.conversations.attach(CARD)
    assert here.conversations.state("fl-1.1") == "on"
    assert await here.conversations.of(CARD) == []  # it lasts
    assert await here.conversations.file(1) is None
    here.monitors.take(STOP)
    assert here.conversations.state("fl-1.1") == ""
    [one] = await here.conversations.of(CARD)
    assert (one.agent, one.queue, one.at, one.seconds) == ("anna", "support", NOON, 2.5)
    assert await here.conversations.file(one.id) == (tmp_path / "fl-1.1_10.wav", 1)
    with wave.open(str(tmp_path / "fl-1.1_10.wav")) as sound:
        assert sound.getnframes() == 20000
    (tmp_path / "fl-1.1_10.wav").unlink()
    assert await here.conversations.of(CARD) == []
    assert await here.conversations.file(one.id) is None


async def test_it_is_paused_as_long_as_there_is_a_reason(here: Here, tmp_path: Path) -> None:
    here.monitors.take(START)
    record(tmp_path, "fl-1.1_1.wav", 0)
    await here.conversations.attach(CARD)
    for why, paused, state in (
        ("secret", True, "paused"),
        ("secret", False, "on"),
        ("agent", True, "paused"),
        ("secret", True, "paused"),
        ("secret", False, "paused"),  # the agent paused it
        ("secret", True, "paused"),
        ("agent", False, "on"),
        ("secret", False, "on"),
    ):
        await here.conversations.pause("fl-1.1", why, paused)  # type: ignore[arg-type]
        assert here.conversations.state("fl-1.1") == state
    asked = (True, False, True, True, True, True, False, False)
    assert here.muted == [("PJSIP/1-1", each) for each in asked]
    here.broken = True
    with pytest.raises(DeskUnavailable):
        await here.conversations.pause("fl-1.1", "agent", True)
    await here.conversations.pause("other", "agent", True)  # which is not recorded


async def test_what_asterisk_has_not_confirmed_yet_is_not_relied_on(
    here: Here, tmp_path: Path
) -> None:
    """The event of a mute comes later; what is keyed meanwhile must not be recorded."""
    here.monitors.take(START)
    record(tmp_path, "fl-1.1_1.wav", 0)
    here.confirms = False
    for paused in (True, False, True):
        await here.conversations.pause("fl-1.1", "secret", paused)
    assert [muted for _, muted in here.muted] == [True, False, True]


async def test_a_call_that_is_linked_later_is_the_subscribers(
    here: Here, store: Store, tmp_path: Path
) -> None:
    here.monitors.take(START)
    record(tmp_path, "fl-1.1_1.wav", 2)
    await here.conversations.attach(CARD)
    other = replace(CARD.arrival, subscriber=9)
    await here.conversations.attach(replace(CARD, agent="boris", arrival=other))
    await here.conversations.link("fl-1.1", "boris", 3)
    assert [each.subscriber for each in await store.read(conversations.oldest, 9)] == [1]
    here.monitors.take(STOP)
    await here.conversations.link("fl-1.1", "anna", 2)  # after the call
    assert await here.conversations.of(CARD) == []
    theirs = replace(CARD, arrival=replace(CARD.arrival, subscriber=2))
    assert len(await here.conversations.of(theirs)) == 1
    here.monitors.take(START)
    await here.conversations.attach(replace(CARD, arrival=other))  # linked before it was stored
    assert [each.subscriber for each in await store.read(conversations.oldest, 9)] == [9]


async def test_after_a_restart_it_is_known_what_is_recorded_and_paused(
    here: Here, store: Store, tmp_path: Path
) -> None:
    here.monitors.take(START)
    record(tmp_path, "fl-1.1_1.wav", 0)
    await here.conversations.attach(CARD)
    await here.conversations.pause("fl-1.1", "agent", True)
    later = Here(store, tmp_path)
    await later.conversations.attach(CARD)
    assert later.conversations.state("fl-1.1") == ""  # Asterisk has not reported its channels
    later.monitors.take({"Event": "Status", "Uniqueid": "fl-1.1", "Channel": "PJSIP/1-1"})
    later.monitors.take({"Event": "StatusComplete"})
    await later.conversations.attach(CARD)
    assert later.conversations.state("fl-1.1") == "paused"
    assert len(await store.read(conversations.oldest, 9)) == 1
    assert await later.monitors.changes() == {"fl-1.1"}
    await later.conversations.pause("fl-1.1", "secret", True)
    await later.conversations.pause("fl-1.1", "secret", False)
    assert later.conversations.state("fl-1.1") == "paused", "somebody paused it before"
    later.monitors.take({"Event": "StatusComplete"})  # of the next login: it is gone
    assert later.conversations.state("fl-1.1") == ""
