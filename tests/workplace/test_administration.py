"""What administrators change at the desk: done in the store, and recorded with who did it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ari_app.desk.admin import administration as admin
from ari_app.store import agents, announcements, callbacks, complaints, forced_hours
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.workplace.administration import MenuControl, RolledBack, StoredAdministration
from ari_app.workplace.agent_administration import AgentAdministration, Phones
from ivr.hours.schedule import Schedule
from ivr.secret import Secret
from tests.operators import BELARUS
from tests.store.samples import NOON

MINSK = ZoneInfo("Europe/Minsk")
SOON = f"{(NOON + timedelta(hours=2)).astimezone(MINSK):%Y-%m-%dT%H:%M}"
UNTIL = datetime.fromisoformat(SOON).replace(tzinfo=MINSK)
SHUT = Schedule(schedule="claims", timezone="Europe/Minsk", week={})


class Desk:
    """Administration over a store; ``refreshed`` counts how often calls were let know."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.refreshed = 0
        self.problems: tuple[str, ...] = ()
        self.reloaded: list[str] = []
        self.misplaced = ""
        self.applied, self.ours = 0, True
        self.restored = RolledBack(["flow 611: node main: key 5 is gone"], aside=3)
        menus = MenuControl(
            self._preview, self._reload, self._roll_back, lambda: ["611"], self._graph
        )
        phones = Phones(self._faults, self._apply, lambda: {"support": (), "claims": ("vera",)})
        self.administration = StoredAdministration(
            store,
            lambda: {"claims": SHUT},
            menus,
            AgentAdministration(store, self._hashed, phones, ["ru"]),
            self._refresh,
            lambda: NOON,
            "Europe/Minsk",
            ["ru"],
        )

    async def _preview(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (), self.problems

    async def _reload(self, by: str) -> tuple[str, ...]:
        self.reloaded.append(by)
        return self.problems

    async def _roll_back(self, id: int, by: str) -> RolledBack | None:
        return self.restored if (id, by) == (2, "boris") else None

    async def _graph(self, flow: str) -> bytes | str | None:
        found: dict[str, bytes | str] = {"611": b"<svg/>", "100": "Graphviz is not installed"}
        return found.get(flow)

    async def _hashed(self, password: Secret) -> str:
        self.password = password.reveal()
        return f"hash of {self.password}"

    async def _faults(self, staff: Sequence[Agent]) -> str:
        """Why an agent with the extension ``misplaced`` cannot be."""
        wrong = any(one.extension == self.misplaced for one in staff)
        return f"{self.misplaced} is a number of the site" if wrong else ""

    async def _apply(self) -> bool:
        self.applied += 1
        return self.ours

    async def _refresh(self) -> None:
        self.refreshed += 1

    async def outcome(self, request: admin.Request) -> admin.Outcome:
        outcome = await self.administration.change("boris", request)
        assert outcome is not None
        return outcome

    async def change(self, request: admin.Request) -> admin.Overview:
        await self.administration.change("boris", request)
        return await self.administration.overview()

    async def refused(self, request: admin.Request) -> str:
        with pytest.raises(admin.Refused) as refusal:
            await self.administration.change("boris", request)
        return refusal.value.word


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await Store.open(tmp_path / "state" / "firstline.db", BELARUS)
    yield Desk(store)
    await store.close()


async def test_hours_are_forced_until_a_time_of_the_site_and_freed(desk: Desk) -> None:
    there = await desk.change(admin.ForceHours("claims", "open", SOON, "drill"))
    [one] = there.schedules
    assert (one.open, one.until, one.forced_by) == (True, UNTIL, "boris")
    forced = forced_hours.in_force(await desk.store.read(forced_hours.log, "claims"), NOON)
    assert forced is not None
    there = await desk.change(admin.FreeHours("claims"))
    assert not there.schedules[0].open
    assert [(one.who, one.what, one.subject, one.detail) for one in there.changes] == [
        ("boris", "hours free", "claims", ""),
        ("boris", "hours force open", "claims", "drill"),
    ]
    assert desk.refreshed == 2
    assert await desk.refused(admin.FreeHours("claims")) == "admin-gone"


async def test_an_announcement_begins_and_ends(desk: Desk) -> None:
    there = await desk.change(admin.Announce("", {"ru": "Пожар.", "de": "Feuer."}, SOON))
    [one] = there.announcements
    stored = await desk.store.read(announcements.by_id, one.id)
    assert stored is not None
    assert (stored.texts, stored.by, stored.for_everyone) == ({"ru": "Пожар."}, "boris", True)
    there = await desk.change(admin.EndAnnouncement(one.id, True))
    assert not there.announcements
    assert await desk.refused(admin.EndAnnouncement(one.id, False)) == "admin-gone"


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        (admin.Announce("", {"ru": "<b>"}, SOON), "admin-unspoken"),
        (admin.Announce("", {"de": "Feuer."}, SOON), "admin-unspoken"),
        (admin.Announce("Nowhere", {"ru": "Пожар."}, SOON), "admin-gone"),
        (admin.Announce("", {"ru": "Пожар."}, "2020-01-01T00:00"), "admin-past"),
        (admin.Announce("", {"ru": "Пожар."}, "9999-12-31T23:59"), "admin-far"),
        (admin.ForceHours("claims", "open", "9999-12-31T23:59", ""), "admin-far"),
        (admin.ForceHours("claims", "open", "soon", ""), "admin-incomplete"),
        (admin.ForceHours("other", "open", SOON, ""), "admin-gone"),
        (admin.CloseCallback(7), "admin-gone"),
        (admin.CloseComplaint(7, "Sorry."), "admin-gone"),
        (admin.PutRole("nobody", "admin"), "admin-gone"),
        (admin.SignOut("nobody"), "admin-gone"),
        (admin.NewPassword("nobody"), "admin-gone"),
        (admin.PutQueues("nobody", frozenset({"support"})), "admin-gone"),
        (admin.AddAgent("Oleg!", "Oleg Sych", "704", "agent", ()), "admin-login-form"),
        (admin.RollBack(9), "admin-gone"),
    ],
)
async def test_what_cannot_be_is_refused_and_not_recorded(
    desk: Desk, request_: admin.Request, word: str
) -> None:
    assert await desk.refused(request_) == word
    assert not (await desk.administration.overview()).changes
    assert not desk.refreshed


async def test_callbacks_and_complaints_are_closed(desk: Desk) -> None:
    await desk.store.write(callbacks.request, "k", "c1", "375990000001", None, NOON)
    await desk.store.write(complaints.add, "k", "c1", "", None, "/said.wav", 12.0, NOON)
    there = await desk.administration.overview()
    there = await desk.change(admin.CloseCallback(there.callbacks[0].id))
    there = await desk.change(admin.CloseComplaint(there.complaints[0].id, "Sorry."))
    assert not (*there.callbacks, *there.complaints)
    assert [one.what for one in there.changes] == ["complaints close", "callbacks done"]
    assert not any(one.detail for one in there.changes), (
        "an answer is kept with the complaint alone"
    )


async def test_the_last_administrator_stays_one(desk: Desk) -> None:
    two = [
        Agent(name, name.title(), number, ("ru",), number, Secret("x"), "admin", "hash")
        for name, number in (("boris", "702"), ("vera", "703"))
    ]
    await desk.store.write(agents.add, two)
    there = await desk.change(admin.PutRole("vera", "agent"))
    assert [one.role for one in there.agents] == ["admin", "agent"]
    assert await desk.refused(admin.PutRole("boris", "agent")) == "admin-last"
    assert (await desk.change(admin.SignOut("vera"))).changes[0].what == "agents sign-out"


async def test_an_agent_is_suspended_and_gets_a_second_factor(desk: Desk) -> None:
    """But the last administrator who may sign in is not suspended."""
    boris = Agent("boris", "Boris", "702", ("ru",), "702", Secret("x"), "admin", "hash")
    vera = Agent("vera", "Vera", "703", ("ru",), "703", Secret("x"), "senior", "hash")
    await desk.store.write(agents.add, [boris, vera])
    there = await desk.change(admin.Suspend("vera", True))
    assert [one.suspended for one in there.agents] == [False, True]
    assert await desk.refused(admin.Suspend("boris", True)) == "admin-last"
    there = await desk.change(admin.Suspend("vera", False))
    assert not there.agents[1].suspended
    [(word, shown)] = (await desk.outcome(admin.NewFactor("vera", False))).said
    stored = await desk.store.read(agents.by_name, "vera")
    assert stored is not None
    assert (word, shown["key"].replace(" ", "")) == (
        "admin-factor-is",
        stored.second_factor.reveal(),
    )
    there = await desk.change(admin.NewFactor("vera", True))
    assert not there.agents[1].second_factor
    assert [one.what for one in there.changes] == [
        "agents second-factor", "agents second-factor", "agents resume", "agents suspend",
    ]  # fmt: skip
    assert stored.second_factor.reveal() not in str(there.changes)


async def test_an_agent_gets_another_phone_and_the_password_of_a_sip_phone_is_shown(
    desk: Desk,
) -> None:
    vera = Agent("vera", "Vera", "703", ("ru",), "703", Secret("x"), "senior", "hash")
    await desk.store.write(agents.add, [vera])
    kinds: tuple[tuple[agents.Phone, str], ...] = (
        ("browser", "admin-phone-in-browser"),
        ("sip", "admin-phone-is"),
    )
    for kind, word in kinds:
        said = (await desk.outcome(admin.PutPhone("vera", kind))).said
        stored = await desk.store.read(agents.by_name, "vera")
        assert stored is not None
        assert (said[0][0], stored.phone) == (word, kind)
        assert (stored.sip_password.reveal() in str(said)) == (kind == "sip")
        assert stored.sip_password != vera.sip_password
    assert await desk.refused(admin.PutPhone("gleb", "sip")) == "admin-gone"


async def test_menus_are_reloaded_by_who_asks(desk: Desk) -> None:
    await desk.change(admin.ReloadMenus())
    desk.problems = ("611.yaml:3:1: unknown-node",)
    assert await desk.refused(admin.ReloadMenus()) == "admin-rejected"
    assert desk.reloaded == ["boris", "boris"]
    assert (await desk.administration.preview()).problems == desk.problems


async def test_menus_are_rolled_back_and_what_changed_is_said(desk: Desk) -> None:
    outcome = await desk.outcome(admin.RollBack(2))
    assert [word for word, _ in outcome.said] == ["admin-aside", "admin-restored"]
    assert outcome.details == ["flow 611: node main: key 5 is gone"]
    [one] = (await desk.administration.overview()).changes
    assert (one.who, one.what, one.subject) == ("boris", "flows rollback", "2")
    desk.restored = RolledBack((), ["611.yaml:3:1: unknown-node"])
    assert await desk.refused(admin.RollBack(2)) == "admin-not-restored"
    assert len((await desk.administration.overview()).changes) == 1


async def test_an_agent_is_added_and_given_a_password(desk: Desk) -> None:
    wanted = admin.AddAgent("oleg", "Oleg Sych", "704", "agent", ("xx",))
    outcome = await desk.outcome(wanted)
    stored = await desk.store.read(agents.by_name, "oleg")
    assert stored is not None
    assert outcome.said[0][1] == {
        "agent": "oleg",
        "user": "704",
        "password": stored.sip_password.reveal(),
    }
    assert (stored.extension, stored.role, stored.password) == ("704", "agent", "")
    assert stored.languages == ("ru",)
    browser = await desk.outcome(admin.AddAgent("eva", "Eva", "705", "agent", (), "browser"))
    stored = await desk.store.read(agents.by_name, "eva")
    assert (browser.said[0][0], stored and stored.phone) == ("admin-added-browser", "browser")
    same_phone = admin.AddAgent("ivan", "Ivan", "704", "agent", ("ru",))
    assert await desk.refused(same_phone) == "admin-taken"
    desk.misplaced = "611"
    other = admin.AddAgent("ivan", "Ivan", "611", "agent", ("ru",))
    assert await desk.refused(other) == "admin-phone-wrong"
    outcome = await desk.outcome(admin.NewPassword("oleg"))
    assert outcome.said == [("admin-password-is", {"agent": "oleg", "password": desk.password})]
    there = await desk.administration.overview()
    assert there.agents[0].may_sign_in
    assert [one.what for one in there.changes] == ["agents password", "agents add", "agents add"]
    assert all(desk.password not in one.detail for one in there.changes)


async def test_an_agent_is_put_into_queues_and_taken_out(desk: Desk) -> None:
    """Only what differs from the settings is kept, so that these may change."""
    agent = Agent("oleg", "Oleg Sych", "704", ("ru",), "704", Secret("x"))
    await desk.store.write(agents.add, [agent])
    assert (await desk.administration.overview()).agents[0].queues == ("support",)
    for queues, kept in (
        ({"claims", "gone"}, {"support": None, "claims": 0}),
        ({"support", "claims"}, {"claims": 0}),
        ({"support"}, {}),
    ):
        there = await desk.change(admin.PutQueues("oleg", frozenset(queues)))
        assert set(there.agents[0].queues) == queues - {"gone"}
        stored = await desk.store.read(agents.by_name, "oleg")
        assert stored is not None
        assert stored.queues == kept
    assert there.changes[-1].detail == "claims"
    assert desk.applied == 3
    desk.ours = False
    outcome = await desk.outcome(admin.PutQueues("oleg", frozenset()))
    assert outcome.said == [("admin-queues-later", {})]


async def test_a_flow_is_drawn_or_it_is_said_why_not(desk: Desk) -> None:
    assert (await desk.administration.overview()).flows == ["611"]
    assert await desk.administration.graph("611") == b"<svg/>"
    assert await desk.administration.graph("112") is None
    with pytest.raises(admin.Refused) as refusal:
        await desk.administration.graph("100")
    assert refusal.value.details == ["Graphviz is not installed"]
