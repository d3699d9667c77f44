"""The board goes on while callers are looked up."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from ari_app.ami.queue_view import QueueView
from ari_app.store.directory import Caller as KnownCaller
from ari_app.workplace.build import Workplace
from ari_app.workplace.live_calls import LiveCalls
from tests.ari.facts import until
from tests.desk.harness import DeskHarness, board, caller
from tests.operators import BELARUS
from tests.workplace.test_live_calls import session

STRANGERS = [caller(f"{n}.1", f"37599000000{n}") for n in (2, 3)]


async def test_a_card_waits_for_no_other_caller_and_look_ups_are_side_by_side() -> None:
    harness, asked, answer = DeskHarness(), list[str](), asyncio.Event()

    async def slow(number: str) -> KnownCaller | None:
        asked.append(number)
        await answer.wait()
        return None

    live_calls = LiveCalls(slow, BELARUS)
    live_calls.began(session())
    live_calls.arrived("1.1", "c1")
    queues = SimpleNamespace(view=QueueView(current=True), consultations=(), alive=())
    phones = SimpleNamespace(update=lambda _: None)
    at: Any = SimpleNamespace(
        _queues=queues, _phones=phones, _live_calls=live_calls, desk=harness.desk
    )
    views = asyncio.Queue[QueueView](1)
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(Workplace._follow_board(cast(Workplace, at), views, tasks))
        await until(lambda: harness.desk.states.current)
        ringing = {"PJSIP/701": STRANGERS[0], "PJSIP/702": STRANGERS[1]}
        now = board(talking={"PJSIP/701": caller()}, ringing=ringing)
        queues.view = QueueView(now, current=True)
        views.put_nowait(queues.view)
        await until(lambda: len(asked) == 2)
        assert [card.record.arrival.channel for card in harness.cards.all()] == ["1.1"]
        answer.set()
        await until(lambda: len([*harness.cards.all()]) == 3)
        following.cancel()
