"""What administrators change about agents at the desk, in the store. Each change is recorded."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from ari_app.desk.admin import administration as admin
from ari_app.selfcare import totp
from ari_app.store import agents, changes, desk_sessions
from ari_app.store.agents import Agent
from ari_app.store.changes import Change, What
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.workplace.new_agents import is_login, phone_password, taken_by, with_phone
from ari_app.workplace.passwords import generated
from ivr.secret import Secret


class Phones(Struct, frozen=True):
    """The agents' phones in Asterisk: why these agents cannot be rendered ("" if they can); have
    our Asterisk read its phones and queues again, which returns whether it did; its queues with
    the logins that the settings name for each, none for all agents."""

    faults: Callable[[Sequence[Agent]], Awaitable[str]]
    apply: Callable[[], Awaitable[bool]]
    members: Callable[[], Mapping[str, Collection[str]]]


AgentRequest: TypeAlias = (
    admin.PutRole
    | admin.PutQueues
    | admin.SignOut
    | admin.NewPassword
    | admin.Suspend
    | admin.NewFactor
    | admin.PutPhone
    | admin.AddAgent
)


def serves(one: Agent, members: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The queues that an agent serves, by what was put at the desk, else by the settings."""
    return tuple(
        queue
        for queue, named in members.items()
        if one.queues.get(queue, 0 if one.name in named or not named else None) is not None
    )


class AgentAdministration:
    """Changes agents; ``hashed`` makes the hash of a password, ``languages`` are the site's."""

    def __init__(
        self,
        store: Store,
        hashed: Callable[[Secret], Awaitable[str]],
        phones: Phones,
        languages: Sequence[str],
        by_provider: bool = False,
    ) -> None:
        """``by_provider``: agents without a password may sign in, by an OpenID provider."""
        self._by_provider = by_provider
        self._store = store
        self._hashed = hashed
        self._phones = phones
        self._languages = tuple(languages)

    def members(self) -> Mapping[str, Collection[str]]:
        """The queues of our Asterisk, and the logins that the settings name for each."""
        return self._phones.members()

    async def change(self, by: str, request: AgentRequest, at: datetime) -> admin.Outcome | None:
        """Make a change; raises :class:`ari_app.desk.admin.administration.Refused`."""

        def made(what: What, detail: str = "") -> Change:
            name = request.name if isinstance(request, admin.AddAgent) else request.agent
            return Change(at, by, what, name, detail, "desk")

        match request:
            case admin.PutRole(name, role):
                change = made("agents role", role)
                done = await self._store.write(
                    changes.made, change, put_role, name, role, self._by_provider
                )
            case admin.PutQueues(name, queues):
                served = ", ".join(sorted(queues & self._phones.members().keys())) or "-"
                return await self._put_queues(made("agents queues", served), name, queues)
            case admin.SignOut(name):
                change = made("agents sign-out")
                done = await self._store.write(changes.made, change, _sign_out, name)
            case admin.Suspend(name, suspended):
                what: What = "agents suspend" if suspended else "agents resume"
                return await self._suspend(made(what), name, suspended)
            case admin.NewFactor(name, removed):
                change = made("agents second-factor", "removed" if removed else "")
                return await self._new_factor(change, name, removed)
            case admin.PutPhone(name, phone):
                return await self._put_phone(made("agents phone", phone), name, phone)
            case admin.NewPassword(name):
                return await self._new_password(made("agents password"), name)
            case admin.AddAgent():
                added = f"{request.role}, {request.extension}"
                return await self._add(made("agents add", added), request)
        if not done:
            raise admin.Refused("admin-gone")
        return None

    async def _new_password(self, change: Change, name: str) -> admin.Outcome:
        one = await self._store.read(agents.by_name, name)
        if one is None:
            raise admin.Refused("admin-gone")
        new = generated((one.name, one.full_name))
        hashed = await self._hashed(new)
        if not await self._store.write(changes.made, change, _put_password, name, hashed):
            raise admin.Refused("admin-gone")
        shown = {"agent": name, "password": new.reveal()}
        return admin.Outcome([("admin-password-is", shown)])

    async def _suspend(self, change: Change, name: str, suspended: bool) -> admin.Outcome | None:
        if not await self._store.write(
            changes.made, change, _suspend, name, suspended, self._by_provider
        ):
            raise admin.Refused("admin-gone")
        known = await self._phones.apply()
        return None if known else admin.Outcome([("admin-phone-later", {})])

    async def _new_factor(self, change: Change, name: str, removed: bool) -> admin.Outcome | None:
        key = "" if removed else totp.new_key().reveal()
        put = agents.put_second_factor
        if not await self._store.write(changes.made, change, put, name, key):
            raise admin.Refused("admin-gone")
        shown = {"agent": name, "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4))}
        return None if removed else admin.Outcome([("admin-factor-is", shown)])

    async def _put_phone(self, change: Change, name: str, phone: agents.Phone) -> admin.Outcome:
        one, password = await self._store.read(agents.by_name, name), phone_password()
        put = agents.put_phone
        if one is None or not await self._store.write(
            changes.made, change, put, name, phone, password
        ):
            raise admin.Refused("admin-gone")
        known = await self._phones.apply()
        shown = {"agent": name, "user": one.sip_user, "password": password.reveal()}
        return admin.Outcome(
            [
                ("admin-phone-is", shown)
                if phone == "sip"
                else ("admin-phone-in-browser", {"agent": name}),
                ("admin-phone-known" if known else "admin-phone-later", {}),
            ]
        )

    async def _put_queues(
        self, change: Change, name: str, queues: frozenset[str]
    ) -> admin.Outcome | None:
        one = await self._store.read(agents.by_name, name)
        if one is None:
            raise admin.Refused("admin-gone")
        put = {
            queue: (one.queues.get(queue) or 0) if queue in queues else None
            for queue, named in self._phones.members().items()
            if (queue in queues) != (name in named or not named)
        }
        if not await self._store.write(changes.made, change, agents.put_queues, name, put):
            raise admin.Refused("admin-gone")
        known = await self._phones.apply()
        return None if known else admin.Outcome([("admin-queues-later", {})])

    async def _add(self, change: Change, wanted: admin.AddAgent) -> admin.Outcome:
        if not is_login(wanted.name):
            raise admin.Refused("admin-login-form")
        speaks = [code for code in self._languages if code in wanted.languages]
        new = with_phone(
            *(wanted.name, wanted.full_name, wanted.extension),
            speaks or self._languages[:1],
            wanted.role,
            wanted.phone,
        )
        there = await self._store.read(agents.everyone)
        if taken_by(new, there) is not None:
            raise admin.Refused("admin-taken")
        # An account that Asterisk cannot read is an error now, not at its next start.
        if why := await self._phones.faults((*there, new)):
            raise admin.Refused("admin-phone-wrong", [why])
        if not await self._store.write(changes.made, change, _add, new):
            raise admin.Refused("admin-taken")
        known = await self._phones.apply()
        shown = {"agent": new.name, "user": new.sip_user, "password": new.sip_password.reveal()}
        return admin.Outcome(
            [
                ("admin-added" if new.phone == "sip" else "admin-added-browser", shown),
                ("admin-phone-known" if known else "admin-phone-later", {}),
                ("admin-password-next", {}),
            ]
        )


def _add(db: Database, new: Agent) -> bool:
    return bool(agents.add(db, [new]))


def put_role(db: Database, name: str, role: agents.Role, by_provider: bool = False) -> bool:
    """Set a role. The last administrator who may sign in stays one, so that there is one; with
    ``by_provider`` also those without a password may."""
    if role != "admin" and not _other_admins(db, name, by_provider):
        raise admin.Refused("admin-last")
    return agents.put_role(db, name, role)


def _suspend(db: Database, name: str, suspended: bool, by_provider: bool) -> bool:
    """Suspend an agent, but not the last administrator who may sign in."""
    if suspended and not _other_admins(db, name, by_provider):
        raise admin.Refused("admin-last")
    return agents.suspend(db, name, suspended)


def _other_admins(db: Database, name: str, by_provider: bool) -> bool:
    """Whether another administrator may sign in."""
    return any(
        each.role == "admin"
        and (each.password or by_provider)
        and not each.suspended
        and each.name != name
        for each in agents.everyone(db)
    )


def _put_password(db: Database, name: str, hashed: str) -> bool:
    desk_sessions.end_all(db, name)
    return agents.put_password(db, name, hashed)


def _sign_out(db: Database, name: str) -> bool:
    if agents.by_name(db, name) is None:
        return False
    desk_sessions.end_all(db, name)
    return True
