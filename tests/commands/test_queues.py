"""`firstline queues`: what its table says, of a running application's board."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import json

from ari_app.ami.queue_view import QueueView
from ari_app.cli import main
from ari_app.commands.queues import lines
from ari_app.config.state import State
from ari_app.control.live_feed import LiveFeed
from ari_app.control.server import serve_control
from ari_app.main.installation import installation
from ivr.acd.queues import Board, Caller, Member, Offer, Queue, Talk
from tests.control.fake_handlers import handlers
from tests.deadlines import allowed

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ago(seconds: int) -> datetime:
    return NOON - timedelta(seconds=seconds)


def member(number: int, **more: object) -> Member:
    return Member(interface=f"PJSIP/70{number}", name=f"Агент {number}", **more)  # type: ignore[arg-type]


JANKA = Caller("a", "PJSIP/1-1", "375291234567", "Янка\x1b[31m", ago(65))
HIDDEN = Caller("b", "PJSIP/1-2", "", "", ago(5))
SPOKEN = Caller("c", "PJSIP/1-3", "375290000009", "", ago(900))
MEMBERS = (
    member(1, state="ringing"),
    member(2, state="in use", in_call=True),
    member(3, state="not in use", paused=True, reason="чай"),
    member(4, state="not in use", last_call=ago(3)),
    member(5, state="not in use", last_call=ago(11)),
    member(6, state="unavailable"),
    member(7, state="in use"),
    member(8, state="in use"),
)
BOARD = Board(
    {
        "support": Queue({one.interface: one for one in MEMBERS}, (JANKA, HIDDEN)),
        "claims": Queue(),
    },
    (Offer("support", "PJSIP/701", JANKA, ago(4)),),
    (
        Talk("support", "PJSIP/702", SPOKEN, ago(200)),
        Talk("", "PJSIP/707", SPOKEN, ago(20)),
        Talk("claims", "PJSIP/708", SPOKEN, ago(20)),
    ),
)


def test_the_table() -> None:
    assert list(lines(QueueView(BOARD, True), NOON, {"support": 10})) == [
        "claims: 0 waiting, 0 of 0 agents free",
        "support: 2 waiting, 1 of 8 agents free",
        "    1. …4567 Янка[31m                     1:05",
        "    2. unknown                            0:05",
        "  PJSIP/701  Агент 1                  rings for …4567 Янка[31m for 0:04",
        "  PJSIP/702  Агент 2                  speaks with …0009 for 3:20",
        "  PJSIP/703  Агент 3                  paused (чай)",
        "  PJSIP/704  Агент 4                  wraps up for 0:07",
        "  PJSIP/705  Агент 5                  free",
        "  PJSIP/706  Агент 6                  unavailable",
        "  PJSIP/707  Агент 7                  speaks with …0009 for 0:20",
        "  PJSIP/708  Агент 8                  in use",
    ]


def test_what_is_not_current_is_called_so() -> None:
    gone = "not connected to Asterisk's AMI: see the log"
    assert list(lines(QueueView(), NOON, {"support": 10})) == [gone]
    assert next(lines(QueueView(BOARD), NOON, {"support": 10})) == f"{gone}; the last known state:"


@contextmanager
def application(state: State) -> Iterator[None]:
    """A control socket that knows the board, in a loop of its own."""
    ready, done = threading.Event(), threading.Event()

    async def queues() -> bytes:
        return json.encode(QueueView(BOARD, True))

    async def serve() -> None:
        async with serve_control(state.control, handlers(queues=queues), LiveFeed()):
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(allowed(5))
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = installation(tmp_path / "state")
    made.make()
    return made


def test_the_command(state: State) -> None:
    with application(state):
        table = CliRunner().invoke(main, ["--state", str(state.directory), "queues"])
        whole = CliRunner().invoke(main, ["--state", str(state.directory), "queues", "--json"])
    assert (table.exit_code, whole.exit_code) == (0, 0)
    assert "support: 2 waiting" in table.output
    assert "375291234567" not in table.output
    assert json.decode(whole.output, type=QueueView) == QueueView(BOARD, True)


def test_nothing_runs(state: State) -> None:
    done = CliRunner().invoke(main, ["--state", str(state.directory), "queues"])
    assert done.exit_code == 1
    assert "Firstline does not run here" in done.output
