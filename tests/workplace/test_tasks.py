"""Tasks of agents, in a real store."""

from datetime import timedelta

import pytest

from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.tasks_port import Task
from ari_app.store.db import Store
from ari_app.workplace.tasks import StoredTasks
from tests.workplace.test_cards import AT
from tests.workplace.test_notes_and_tickets import HOUR, store

__all__ = ["store"]

DAY = timedelta(days=1)


async def test_a_task_is_added_once_changed_and_done(store: Store) -> None:
    tasks = StoredTasks(store, lambda: AT)
    about = Task(id=0, text="Договор", owner="", author="anna", due=AT + DAY, subscriber=1)
    alone = Task(id=0, text="Журнал", owner="boris", author="boris", due=AT + HOUR)
    for _ in range(2):
        await tasks.add("k1", about)
        await tasks.add("k2", alone)
    soonest, later = await tasks.all()
    assert (soonest.text, later.text, bool(later.name)) == ("Журнал", "Договор", True)
    assert list(await tasks.of(1)) == [later]
    changed = await tasks.change(later, "boris", AT)
    assert (changed.owner, changed.due, await tasks.one(later.id)) == ("boris", AT, changed)
    with pytest.raises(DeskUnavailable, match="another agent's by now"):
        await tasks.change(later, "anna", AT)
    assert list(await tasks.of_agent("boris")) == [changed, soonest]
    assert list(await tasks.of_agent("anna")) == [changed], "written by them"
    assert list(await tasks.of_agent("vera")) == []
    assert list(await tasks.due(AT)) == [changed]
    assert await tasks.close(later.id, "boris") == changed
    assert (list(await tasks.of(1)), list(await tasks.all())) == ([], [soonest])
    for late in (tasks.one(later.id), tasks.change(changed, "", AT), tasks.close(later.id, "")):
        with pytest.raises(DeskUnavailable, match="not open any more"):
            await late
