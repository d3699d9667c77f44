"""The status of an installation, for `firstline status` and as JSON for scripts."""

import asyncio
import os
from collections.abc import Mapping, Sequence, Sized
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct, json

from ari_app.admin.phone_passwords import PhonePasswords
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.fulfilment.code_words import hashing
from ari_app.monitoring.checks import Check, Readiness
from ari_app.store import agents, calls, subscribers
from ari_app.store.agents import Agent
from ari_app.store.db import Store, StoreError
from ari_app.store.health import Health
from ari_app.store.server import place
from ari_app.store.subscribers import Subscriber

PATIENCE = 3.0
"""Seconds within which the store must answer; the command waits a little longer."""
UNANSWERED = "who has a phone is not known: the database does not answer"


class Ari(Struct, frozen=True):
    """The link to Asterisk."""

    connected: bool = False
    transport: Literal["websocket", "http", ""] = ""


class Sip(Struct, frozen=True):
    """Where phones register; the host is "" if they do at an Asterisk that is not ours."""

    host: str
    port: int


class Phone(Struct, frozen=True, kw_only=True):
    """A demo account. Its password is shown to the owner of the state directory alone."""

    number: str
    name: str
    language: str
    sip_user: str
    sip_password: str


class AgentPhone(Struct, frozen=True, kw_only=True):
    """An agent's SIP account; the number is the extension. ``phone`` is ``sip`` or
    ``browser``."""

    number: str
    name: str
    extension: str
    sip_user: str
    sip_password: str
    phone: str = "sip"


class Desk(Struct, frozen=True):
    """Where agents find their desk, "" if there is none; ``by_phone`` are the demo operator's who
    sign in with the passwords of their phones."""

    url: str = ""
    by_phone: tuple[str, ...] = ()


class Database(Struct, frozen=True):
    """Whether what is to be stored can be stored: ``fault`` is one word, ``problem`` a line with
    what to do; both are "" while all is well. Unless it ``answers``, the accounts and the calls of
    today are not known, and left out."""

    fault: str = ""
    problem: str = ""
    since: datetime | None = None
    answers: bool = True


class Traffic(Struct, frozen=True):
    """Calls in the application now, and begun since midnight of the site's time zone."""

    now: int = 0
    today: int = 0


class MenusNow(Struct, frozen=True):
    """Each flow in force and its version; ``refused``: why the files on disk are not."""

    flows: Mapping[str, str] = {}
    refused: tuple[str, ...] = ()


class WaitingSentence(Struct, frozen=True):
    """A text of the prompts that its language's voice has not spoken yet; ``meanwhile``: the one
    that callers hear it from, "" if none has spoken it."""

    language: str
    text: str
    voice: str
    meanwhile: str = ""


class TrunkNow(Struct, frozen=True):
    """A trunk: where it is, and its states, such as ``registered`` and ``reachable``; none if they
    are not known."""

    name: str
    address: str
    states: tuple[str, ...] = ()


class Status(Struct, frozen=True, kw_only=True):
    """What runs. ``pids`` are the processes that Firstline started, by name."""

    running: bool
    asterisk: str
    ari: Ari
    sip: Sip
    numbers: tuple[str, ...]
    subscribers: tuple[Phone, ...]
    agents: tuple[AgentPhone, ...]
    calls: Traffic
    state_dir: str
    pids: Mapping[str, int]
    menus: MenusNow = MenusNow()
    desk: Desk = Desk()
    cabinet: str = ""
    """Where subscribers find their cabinet; "" if there is none."""
    database: Database = Database()
    trunks: tuple[TrunkNow, ...] = ()
    checks: tuple[Check, ...] = ()
    """What was looked at in the running application, as by ``/readyz``."""
    waiting: tuple[WaitingSentence, ...] = ()

    @property
    def well(self) -> bool:
        """Whether it runs and callers are served."""
        return self.running and Readiness.of(self.checks).ready


class Runtime(Struct, frozen=True):
    """What only the running application knows."""

    ari: Ari
    asterisk: str
    calls: Sized
    pids: Mapping[str, int]
    menus: MenusNow
    checks: tuple[Check, ...] = ()
    trunks: Mapping[str, tuple[str, ...]] = {}
    waiting: tuple[WaitingSentence, ...] = ()


class Stored(Struct, frozen=True):
    """What the store knows; ``by_phone`` is of :class:`Desk`."""

    today: int
    people: Sequence[Subscriber]
    staff: Sequence[Agent]
    by_phone: tuple[str, ...]


async def query(state: State) -> Status:
    """What the running application says, or what the store knows without it.

    :class:`~ari_app.control.client.NotRunningError` if there is neither.
    """
    try:
        return json.decode(await ControlClient(state.control).status(), type=Status)
    except NotRunningError:
        if not state.database.exists() and not state.database_made.exists():
            raise
    config = state.config()
    store = await Store.open_or_wait(
        place(config.database.url, state.database), config.numbers, make=False, examine=False
    )
    try:
        with hashing(state) if config.site.demo else nullcontext() as hasher:
            passwords = PhonePasswords(store, hasher) if hasher else None
            known = await stored(config, store, passwords)
        return status(config, state, store.health, known, None)
    finally:
        await store.close()


async def stored(config: Config, store: Store, passwords: PhonePasswords | None) -> Stored | None:
    """What the store knows; None if it does not answer in time: a status must come. ``passwords``
    are of the demo alone."""
    midnight = datetime.now(ZoneInfo(config.site.timezone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    ours = config.manages_asterisk  # another Asterisk has accounts of its own, and not these
    try:
        async with asyncio.timeout(PATIENCE):
            return Stored(
                (await store.read(calls.counts, midnight.astimezone(UTC))).began,
                await store.read(subscribers.with_phones) if ours else (),
                await store.read(agents.everyone) if ours else (),
                await passwords.names() if passwords else (),
            )
    except (StoreError, TimeoutError):
        return None


def status(
    config: Config, state: State, health: Health, known: Stored | None, live: Runtime | None
) -> Status:
    """The status; ``live`` is None when the application does not run."""
    found = known or Stored(0, (), (), ())
    ours = config.manages_asterisk
    return Status(
        running=live is not None,
        asterisk=live.asterisk if live else "",
        ari=live.ari if live else Ari(),
        sip=Sip(config.site.host, config.ports.sip) if ours else Sip("", 0),
        numbers=config.site.numbers,
        subscribers=tuple(
            Phone(
                number=one.msisdn,
                name=one.name,
                language=one.language,
                sip_user=one.sip_user,
                sip_password=one.sip_password.reveal(),
            )
            for one in found.people
            if one.sip_user and one.sip_password
        ),
        agents=tuple(
            AgentPhone(
                number=one.extension,
                name=one.name,
                extension=one.extension,
                sip_user=one.sip_user,
                sip_password=one.sip_password.reveal(),
                phone=one.phone,
            )
            for one in found.staff
        ),
        calls=Traffic(len(live.calls) if live else 0, found.today),
        state_dir=str(state.directory),
        pids={**live.pids, "application": os.getpid()} if live else {},
        menus=live.menus if live else MenusNow(),
        desk=Desk(config.desk_url, found.by_phone) if config.desk.enabled else Desk(),
        cabinet=config.cabinet_url if config.cabinet.enabled else "",
        trunks=tuple(
            TrunkNow(name, one.address, live.trunks.get(name, ()) if live else ())
            for name, one in config.trunk.items()
        ),
        database=Database(health.fault, health.problem, health.since, known is not None),
        checks=live.checks if live else (),
        waiting=live.waiting if live else (),
    )
