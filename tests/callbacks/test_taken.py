"""Requests that an agent takes while an attempt is made, and attempts whose end was not heard or
not stored whole."""

from datetime import timedelta

import pytest

from ari_app.callbacks.port import AttemptUnderWayError
from ari_app.store import callbacks
from ari_app.store.sqlite import Database
from tests.callbacks.model import CrashedError, Model, TakenError
from tests.callbacks.test_dialler import ANNA, db, kept

__all__ = ["db"]


@pytest.mark.parametrize("heard", [True, False])
async def test_a_call_promised_in_the_conversation_it_led_to_can_be_made(
    db: Database, heard: bool
) -> None:
    """The caller is reached and asks for another time, which the agent promises; also where the
    application did not hear of the attempt."""
    it = Model(db)
    it.calls(ANNA)
    it.asks(0)
    await it.looked()
    it.answers("ANSWER", heard)
    await it.looked()
    [one] = callbacks.listed(db, False)
    due = it.now + timedelta(days=1)
    assert callbacks.promise(db, one.id, "olga", due, "tomorrow")
    with pytest.raises(AttemptUnderWayError):
        await it.dialler.by_hand(one.id, it.claiming(one.id, "olga"))
    it.ends(heard)
    if heard:
        await it.looked()
    else:
        it.restart()
    await it.dialler.by_hand(one.id, it.claiming(one.id, "olga"))
    [kept_one] = callbacks.listed(db, False)
    assert (kept_one.agent, kept_one.due, kept_one.calling) == ("olga", due, "")
    assert (kept_one.attempts, kept_one.outcome, it.queue) == (1, "reached", [])


async def test_a_call_whose_end_was_not_heard_is_not_made_again_by_hand(db: Database) -> None:
    it = Model(db)
    it.calls(ANNA)
    it.asks(0)
    await it.looked()
    it.answers("ANSWER", heard=False)
    it.ends(heard=False)
    [one] = callbacks.listed(db, False)
    with pytest.raises(TakenError):
        await it.dialler.by_hand(one.id, it.claiming(one.id, "olga"))
    assert kept(db) == [(ANNA, 1, "done", "reached")]


async def test_a_crash_between_any_two_steps_leaves_nothing_in_asterisk(db: Database) -> None:
    for steps in range(1, 50):
        it = Model(db)
        it.calls(ANNA)
        it.asks(0)
        await it.looked()
        it.answers("BUSY", heard=False)
        it.ends(heard=False)
        it.dialler._asked = None
        it.steps_left = steps
        try:
            await it.looked(1)
        except CrashedError:
            it.restart()
            await it.looked(1)
            assert (kept(db), it.kept) == ([(ANNA, 1, "open", "busy")], {}), steps
        else:
            break
    assert 5 < steps < 49, "every step was the last one"
