"""The supervisor's board: who may see it, what it shows, and what is done from it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse
from msgspec.structs import replace

from ari_app.desk import messages as m
from ari_app.desk.board.alarms import CALM, Alarms, Changes
from ari_app.desk.board.board_messages import AgentAct, Alarmed, BoardChanged, CallerAct
from ari_app.desk.board.board_port import BoardLimits, CanaryNow
from ari_app.desk.phone.account import BrowserPhone
from ari_app.desk.web.accounts import Role
from ari_app.desk.web.tabs import Tab
from ivr.acd.callbacks import STAND_IN
from ivr.acd.canary import CanaryFigures, SideFigures
from ivr.acd.figures import SIGNED_OUT
from ivr.acd.queues import Board, Queue
from ivr.secret import Secret
from tests.deadlines import within
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.http_client import HttpClient, RunningDesk

VERA = caller("1.1", "375990000001")


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


def open_board(*, wall: bool = False) -> Tab:
    """A board of Boris, who is a supervisor."""
    tab = Tab("boris", "en", supervisor=True)
    tab.wall = wall
    return tab


def received(tab: Tab) -> list[Any]:
    return [tab.outbox.get_nowait() for _ in range(tab.outbox.qsize())]


@pytest.mark.parametrize(
    ("role", "status"), [("agent", 403), ("senior", 403), ("supervisor", 200), ("admin", 200)]
)
async def test_supervisors_open_the_board(client: HttpClient, role: Role, status: int) -> None:
    client.server.accounts.set_role("boris", role)
    await client.sign_in("boris")
    assert (await client.get("/board")).status == status
    assert ('href="/board"' in await (await client.get("/")).text()) is (status == 200)
    socket = await client.get("/board/wire", Origin=client.server.url)
    assert socket.status == (400 if status == 200 else 403), "a WebSocket, for the same"


async def test_the_board_shows_the_day(harness: DeskHarness) -> None:
    late = replace(VERA, since=NOW - timedelta(seconds=72))
    harness.update(board(waiting=[late], talking={"PJSIP/701": caller("2.2")}))
    shown = await harness.desk.boards.of(open_board())
    tiles = shown.parts["tiles"]
    for text in ("<b>1</b>", "within 30 s, last hour", "55.6 %", "goal 80 %", "today 72.7 %"):
        assert text in tiles
    for text in ("<b>50</b>", "usually 48 by now", "10.3 %", "0:22", "talk 3:48, wrap-up 0:41"):
        assert text in tiles
    assert 'class="tile bad"' in tiles, "the service level is below the goal"
    assert shown.rows["people"].order == ("anna", "boris")
    anna = shown.rows["people"].html["anna"]
    for text in ("Talking", "78 %", ">31<", "…00-01", 'data-how="whisper"'):
        assert text in anna
    assert 'data-do="pause"' in shown.rows["people"].html["boris"]
    [vera] = shown.rows["waiting"].html.values()
    assert "Вера &lt;b&gt;1&lt;/b&gt;" in vera
    assert 'data-draws="line"' in shown.parts["day"]


@pytest.mark.parametrize("gone", [{"state": "unavailable"}, {"paused": True, "reason": SIGNED_OUT}])
async def test_the_free_are_counted_among_those_who_are_there(
    harness: DeskHarness, gone: dict[str, Any]
) -> None:
    harness.update(board(**gone))
    shown = await harness.desk.boards.of(open_board())
    assert "<b>0<i>/0</i></b>" in shown.parts["tiles"]
    assert ">0/0</td>" in shown.rows["queues"].html["support"]


async def test_a_canary_of_the_menus_is_shown(harness: DeskHarness) -> None:
    new = SideFigures(calls=41, ended=40, agents=10, hung_up=8)
    both = CanaryFigures(SideFigures(calls=400, ended=400, agents=80, hung_up=40), new)
    now = CanaryNow(10, NOW + timedelta(hours=1), both)
    harness.board.day = replace(harness.board.day, canary=now)
    await harness.desk.boards.step()
    tiles = (await harness.desk.boards.of(open_board())).parts["tiles"]
    assert "<b>10 %</b><span>of the callers by the new menus, until" in tiles
    assert "40 calls; hung up 20 %, by the old 10 %; to agents 25 %, by the old 20 %" in tiles


async def test_a_wall_shows_no_one_by_name_or_number(harness: DeskHarness) -> None:
    harness.update(board(waiting=[VERA], talking={"PJSIP/701": caller("2.2")}))
    shown = await harness.desk.boards.of(open_board(wall=True))
    everything = str(shown)
    assert "waiting" not in shown.rows
    for private in ("Вера", "00-01", "data-do", "data-how"):
        assert private not in everything
    assert harness.profiles.views == []


async def test_only_what_changed_is_sent(harness: DeskHarness) -> None:
    boards, tab = harness.desk.boards, open_board()
    harness.update(board(waiting=[VERA]))
    with boards.tabs.opened(tab):
        await boards.of(tab)
        await boards.step()
        assert of_type(received(tab), BoardChanged) == [], "nothing changed"
        harness.update(board(talking={"PJSIP/701": VERA}))
        await boards.step()
        await harness.settled()
    [changed] = of_type(received(tab), BoardChanged)
    assert changed.rows["people"].html.keys() == {"anna"}
    assert changed.rows["waiting"].order == ()
    assert not changed.build
    assert ("boris", 1, "board") in harness.profiles.views


async def test_a_place_that_is_kept_for_a_call_back_is_no_one_on_the_line(
    harness: DeskHarness,
) -> None:
    harness.update(board(waiting=[VERA, caller(f"{STAND_IN}7-1", "375990000009")]))
    shown = await harness.desk.boards.of(open_board())
    assert "<b>1</b><span>waiting" in shown.parts["tiles"]
    assert "will be called back" in shown.rows["waiting"].html[f"{STAND_IN}7-1"]


async def test_without_the_store_the_figures_of_before_stay(harness: DeskHarness) -> None:
    harness.board.locked = True
    harness.update(board(waiting=[VERA]))
    shown = await harness.desk.boards.of(open_board())
    assert "<b>1</b>" in shown.parts["tiles"]


async def test_agents_are_paused_and_put_into_queues(harness: DeskHarness) -> None:
    boris, anna = AgentTab(harness, "boris"), AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        for act in (
            AgentAct("k:1", "anna", "pause"),
            AgentAct("k:2", "anna", "ready"),
            AgentAct("k:3", "anna", "serve", "technical"),
            AgentAct("k:4", "anna", "leave", "support"),
            AgentAct("k:5", "anna", "serve", "nowhere"),
            AgentAct("k:6", "unknown", "pause"),
        ):
            await harness.desk.commands.handle(boris.tab, act)
        noticed = [one.text for one in of_type(anna.received(), m.Notice)]
    answers = of_type(boris.received(), m.Answer)
    assert [one.ok for one in answers] == [True, True, True, True, False, False]
    assert harness.board.put_into == [
        ("boris", "anna", "technical", True),
        ("boris", "anna", "support", False),
    ]
    assert noticed[:2] == ["Boris paused you.", "Boris made you ready."]


async def test_callers_are_moved_and_taken(harness: DeskHarness) -> None:
    waiting = board(waiting=[VERA])
    harness.update(Board({**waiting.queues, "technical": Queue()}))
    boris = AgentTab(harness, "boris")
    for act in (
        CallerAct("k:1", "1.1", "move", "technical"),
        CallerAct("k:2", "1.1", "take"),
        CallerAct("k:3", "1.1", "move", "support"),
        CallerAct("k:4", "9.9", "take"),
    ):
        await harness.desk.commands.handle(boris.tab, act)
    assert [one.ok for one in of_type(boris.received(), m.Answer)] == [True, True, False, False]
    assert harness.board.moved == [
        ("support", VERA.channel, "queue-technical"),
        ("support", VERA.channel, "702"),
    ]


async def test_a_phone_in_the_browser_rings_only_where_its_page_is_open(
    harness: DeskHarness,
) -> None:
    """The board is not that page."""
    harness.update(board(waiting=[VERA]))
    harness.browser_phones.accounts["boris"] = BrowserPhone("702", Secret("word"))
    tab = open_board()
    await harness.desk.commands.handle(tab, CallerAct("k:1", "1.1", "take"))
    [answer] = of_type(received(tab), m.Answer)
    assert (answer.ok, "another tab" in answer.text) == (False, True)
    assert harness.board.moved == []
    boris = AgentTab(harness, "boris")
    with harness.desk.tabs.opened(boris.tab):
        await harness.desk.commands.handle(boris.tab, CallerAct("k:2", "1.1", "take"))
        assert [one.ok for one in of_type(boris.received(), m.Answer)] == [True]


async def test_an_alarm_is_said_once(harness: DeskHarness) -> None:
    boards, tab = harness.desk.boards, open_board()
    harness.update(board(waiting=[replace(VERA, since=NOW - timedelta(minutes=3))]))
    with boards.tabs.opened(tab):
        await boards.of(tab)
        await boards.step()
        await boards.step()
        said = [one.text for one in of_type(received(tab), Alarmed)]
    assert said == [
        "support: a caller has waited 3:00, the limit is 1:00",
        "support: 56 % in time in the last hour, the goal is 80 %",
    ]
    await harness.settled()
    assert harness.board.alarms == [("wait", "support", 60), ("level", "support", 80)]
    assert harness.board.alarm_texts[0] == "support: ждут уже 3:00, предел 1:00", "of the site"
    harness.update(board())
    harness.now += CALM
    await boards.step()
    await harness.settled()
    assert harness.board.alarms[2:] == [("over wait", "support", 60)]
    assert harness.board.alarm_texts[2] == "Прошло: support: ждут уже 3:00, предел 1:00"


async def test_an_alarm_comes_again_after_it_was_over(harness: DeskHarness) -> None:
    alarms = Alarms(BoardLimits(most_waiting=1, longest_wait=0, service_goal=0))
    composer = harness.desk.boards
    many = board(waiting=[VERA, caller("3.3")])
    harness.update(many)
    # The desk's own limits have no `most_waiting`: the view says what it would.
    view = composer._view()
    view = replace(view, queues=tuple(replace(one, many=True) for one in view.queues))
    calm = replace(view, queues=tuple(replace(one, many=False) for one in view.queues))
    [began] = alarms.look(view, NOW).began
    assert began.kind == "waiting"
    assert alarms.look(calm, NOW) == Changes([], [])
    assert alarms.look(view, NOW + CALM / 2) == Changes([], []), "it flickers"
    assert alarms.look(calm, NOW + 2 * CALM) == Changes([], [began])
    assert alarms.look(calm, NOW + 2 * CALM) == Changes([], []), "it is over once"
    assert alarms.look(view, NOW + 3 * CALM) == Changes([began], [])


async def test_the_board_comes_over_its_socket(client: HttpClient, server: RunningDesk) -> None:
    server.accounts.set_role("boris", "supervisor")
    await client.sign_in("boris")
    server.harness.update(board(waiting=[VERA]))
    running = asyncio.create_task(server.harness.desk.boards.run())
    try:
        async with (
            within(20),
            client.session.ws_connect("/board/wire", headers={"Origin": server.url}) as socket,
        ):
            whole = await socket.receive_json()
            assert whole["build"] == server.harness.desk.render.build
            server.harness.update(board(talking={"PJSIP/701": VERA}))
            assert "anna" in (await changed(socket))["rows"]["people"]["html"]
            await socket.send_json({"type": "agent", "key": "k:1", "agent": "anna", "do": "pause"})
            await socket.send_json({"type": "save", "key": "k:2"})
            answers = [await answer(socket), await answer(socket)]
    finally:
        running.cancel()
    assert [one["ok"] for one in answers] == [True, False], "the desk's messages are none of it"


async def changed(socket: ClientWebSocketResponse) -> dict[str, Any]:
    return await _next(socket, "board")


async def answer(socket: ClientWebSocketResponse) -> dict[str, Any]:
    return await _next(socket, "answer")


async def _next(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = await socket.receive_json()
        if found["type"] == kind:
            return found
