"""Answers the commands that reach the running application through its control socket."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

from msgspec import Struct, json

from ari_app.admin.phone_passwords import PhonePasswords
from ari_app.admin.status import Ari, MenusNow, Runtime, WaitingSentence, status, stored
from ari_app.background import Background
from ari_app.config.settings import Config
from ari_app.control.requests import ReloadRequest, StopRequest
from ari_app.control.server import Handlers, serve_control
from ari_app.main import agi_process, processes
from ari_app.main.build_calls import CallHandling
from ari_app.main.build_desk import AgentDesk
from ari_app.main.build_monitoring import Monitoring
from ari_app.main.canary import Canaries
from ari_app.main.foundation import clock
from ari_app.main.handing_over import Leaving
from ari_app.main.reloading import NOT_RELOADED, preview_all, reload_all, reload_phones
from ari_app.main.shared import Shared
from ari_app.main.signals import Signals
from ari_app.menus.live import Reloaded
from ari_app.store import rescue
from ari_app.store.changes import Change, What, record
from ari_app.store.errors import StoreError
from ari_app.ussd import gateway
from asterisk_conf.discovery import PbxError
from asterisk_conf.process import Process
from asterisk_conf.trunk_states import trunk_states

log = logging.getLogger(__name__)


class ControlHandlers(Struct, frozen=True):
    """The answers to each request of :mod:`ari_app.control.server`."""

    shared: Shared
    callers: CallHandling
    desk: AgentDesk
    background: Background
    signals: Signals
    monitoring: Monitoring
    canaries: Canaries
    phone_passwords: PhonePasswords

    def served(self) -> AbstractAsyncContextManager[None]:
        """Serve the control socket while the context lasts."""
        handlers = Handlers(
            self.status,
            self.queues,
            self.channels,
            self.reload,
            self.refresh,
            self.phones,
            self.stop,
            self.ussd,
            self.restore,
            self.hand_over,
        )
        path = self.shared.foundation.state.control
        return serve_control(path, handlers, self.shared.feed)

    async def status(self) -> bytes:
        """``firstline status``, as JSON."""
        shared, menus, link = self.shared, self.shared.menus, self.shared.link
        state = shared.foundation.state
        asterisk = processes.recorded(processes.asterisk_process(state))
        watcher = processes.recorded(processes.watcher_process(state))
        agi = processes.recorded(processes.agi_process(state))
        pids = {
            "asterisk": asterisk and asterisk.pid,
            "voice": menus.now.reading.voice.pid,
            "watcher": watcher and watcher.pid,
            "agi": agi and agi.pid,
        }
        flows = menus.now.menus.book.flows
        passwords = self.phone_passwords if shared.config.site.demo else None
        readiness, known = await asyncio.gather(
            self.monitoring.readiness(), stored(shared.config, shared.store, passwords)
        )
        live = Runtime(
            Ari(link.connected, link.transport if link.connected else ""),
            link.version,
            self.callers.calls,
            {name: pid for name, pid in pids.items() if pid},
            MenusNow({name: flow.version for name, flow in flows.items()}, menus.refused),
            readiness.checks,
            await _trunks(shared.config, asterisk),
            tuple(
                WaitingSentence(words.language, words.text, str(usual), str(meanwhile or ""))
                for words, usual, meanwhile in menus.now.reading.waiting()
            ),
        )
        return json.encode(status(shared.config, state, shared.store.health, known, live))

    async def queues(self) -> bytes:
        """The queues, their callers and agents as AMI reports them, as JSON."""
        return json.encode(self.desk.queues.view)

    async def channels(self) -> bytes:
        """The channels that calls are on, as JSON."""
        return json.encode(tuple(self.callers.calls.channels))

    async def refresh(self) -> None:
        """Load again what another process changed in the store."""
        await self.callers.actions.refresh()
        await self.shared.billing.refresh()
        await self.desk.workplace.refresh()

    async def phones(self) -> str:
        """Have our Asterisk read phones and queues again; why it did not, "" if it did."""
        shared = self.shared
        try:
            await self.background.finish(reload_phones(shared.foundation, shared.menus))
        except NOT_RELOADED as error:
            log.error("Asterisk was not reloaded: %s", error)
            return str(error)
        return ""

    async def reload(self, request: ReloadRequest) -> bytes:
        """Reload the menus; an interrupted command does not stop it. Returns JSON."""
        menus = self.shared.menus
        if request.dry_run and request.everything:
            return json.encode(await preview_all(self.shared.foundation, menus))
        if request.dry_run:
            return json.encode(await menus.preview())
        if request.everything:
            every = reload_all(self.shared.foundation, menus, request.by, request.how)
            result = await self.background.finish(every)
            agi_process.reload(self.shared.foundation.state)
            await self.refresh()
            if not result.problems or result.menus.changes():
                await self._record(request, result.menus)
            return json.encode(result)
        if request.share:
            begun = self.canaries.begin(request.share, request.seconds, request.by)
            done = await self.background.finish(begun)
            await self._record(request, done)
            return json.encode(done)
        done = await self.background.finish(menus.reload(request.how, request.by))
        agi_process.reload(self.shared.foundation.state)
        await self._record(request, done)
        return json.encode(done)

    async def _record(self, request: ReloadRequest, done: Reloaded) -> None:
        """Record who had the menus reloaded; a failure does not make it undone."""
        what: What = "flows rollback" if request.how == "rollback" else "flows reload"
        if request.by and not done.problems:
            try:
                detail = f"{request.share} %" if request.share else ""
                change = Change(clock(), request.by, what, "", detail)
                await self.shared.store.write(record, change)
            except StoreError as error:
                log.error("who reloaded the menus was not recorded: %s", error)

    async def stop(self, request: StopRequest) -> None:
        """Take no more calls, and stop when those in progress have ended."""
        calls = self.callers.calls
        calls.close()
        log.info("taking no more calls; %d in progress have %g s", len(calls), request.seconds)
        self.background.begin(self._stop_within(request.seconds))

    async def _stop_within(self, seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while len(self.callers.calls) and clock() < end:  # noqa: ASYNC110 - seldom, and calls end in many ways
            await asyncio.sleep(0.2)
        self.signals.stop.set()

    async def ussd(self, body: bytes) -> str:
        """Answer a request of a text session as the USSD gateway does."""
        return await gateway.answered_or_refused(self.callers.ussd, body)

    async def hand_over(self) -> bytes:
        """Hand the calls over to the application that takes the place of this one, as JSON."""
        shared, callers = self.shared, self.callers
        leaving = Leaving(
            shared.link,
            callers.calls,
            callers.inbound,
            shared.recorder,
            self.signals,
            self.background.begin,
        )
        return await leaving.calls()

    async def restore(self) -> str:
        """Replace the database by the one that is staged beside it; "", or why it was not."""
        store = self.shared.store
        if not isinstance(store.path, Path):
            return f"{store.path}: pg_restore restores it, while Firstline does not run"
        try:
            await store.exchange(partial(rescue.exchange, store.path))
        except (StoreError, OSError) as error:
            log.error("the database was not restored: %s", error)
            return str(error)
        log.warning("the database was restored from a backup")
        await self.refresh()
        return ""


async def _trunks(config: Config, asterisk: Process | None) -> Mapping[str, tuple[str, ...]]:
    """The states of our trunks; none while Asterisk does not say."""
    if asterisk is None or not config.manages_asterisk:
        return {}
    try:
        return await asyncio.to_thread(trunk_states, asterisk, config.trunk)
    except (PbxError, OSError) as error:
        log.warning("the states of the trunks are not known: %s", error)
        return {}
