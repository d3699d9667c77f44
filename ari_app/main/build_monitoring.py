"""Builds what monitoring is answered: the checks of a running process, and its metrics."""

import asyncio
from contextlib import AbstractAsyncContextManager

from msgspec import Struct
from prometheus_client import generate_latest

from ari_app import __version__
from ari_app.admin import certificate_ends
from ari_app.ari.calls import Calls
from ari_app.main.build_desk import AgentDesk
from ari_app.main.foundation import clock
from ari_app.main.processes import agi_process, asterisk_process, recorded
from ari_app.main.shared import Shared
from ari_app.monitoring import server
from ari_app.monitoring.checks import STORE, Check, Readiness, check
from ari_app.monitoring.snapshot import Health, Snapshot, SnapshotCollector
from ari_app.store.backlog import Backlog, backlog
from ari_app.store.db import StoreError

PATIENCE = 3.0
"""Seconds in which the database and the voice must have answered; monitoring does not wait long."""

_SLOW = "no answer in {:g} s"


class AgiMonitoring(Struct, frozen=True):
    """What probes and Prometheus ask of a process that serves callers over FastAGI alone."""

    shared: Shared

    def served(self) -> AbstractAsyncContextManager[None]:
        """Answer over HTTP while the context lasts, if the settings enable it."""
        registry = self.shared.foundation.metrics.registry
        newest: list[Health] = []
        registry.register(SnapshotCollector(newest.pop))

        async def metrics() -> bytes:
            newest.append(await self.snapshot())
            return generate_latest(registry)

        answers = server.Answers(self.readiness, metrics)
        return server.opened(self.shared.config.monitoring, self._port, answers)

    @property
    def _port(self) -> int:
        return self.shared.config.ports.agi_monitoring

    async def readiness(self) -> Readiness:
        """Look at all that callers need."""
        store, voice = await asyncio.gather(self._store(), self._voice())
        return Readiness.of((store, self._menus(), voice))

    async def snapshot(self) -> Health:
        """The state of this moment."""
        return Health(version=__version__, readiness=await self.readiness())

    def _menus(self) -> Check:
        flows = self.shared.menus.now.menus.book.flows
        return check(
            "menus", "" if flows else "there is no flow: write one, then `firstline reload`"
        )

    async def _store(self) -> Check:
        """What is known of the database, and a transaction that takes the lock of writers."""
        store = self.shared.store
        try:
            async with asyncio.timeout(PATIENCE):
                await store.write_unsynced(lambda _: None)
        except (StoreError, TimeoutError) as error:
            return check(STORE, str(error) or f"{store.path}: {_SLOW.format(PATIENCE)}")
        return check(STORE, store.health.problem)

    async def _voice(self) -> Check:
        try:
            async with asyncio.timeout(PATIENCE):
                return check("voice", await self.shared.menus.now.reading.voice.trouble())
        except TimeoutError:
            return check("voice", f"the speech engine: {_SLOW.format(PATIENCE)}")


class Monitoring(AgiMonitoring, frozen=True):
    """What is asked of the running application by ``firstline status``, probes and Prometheus."""

    calls: Calls
    desk: AgentDesk

    @property
    def _port(self) -> int:
        return self.shared.config.ports.monitoring

    async def readiness(self) -> Readiness:
        """Look at all that callers need."""
        store, voice, ends = await asyncio.gather(self._store(), self._voice(), self._ends())
        calls = self._calls()
        why = certificate_ends.trouble(ends, clock())
        certificates = check("certificates", why, needed=False)
        beside = (self._ami(), self._record(), certificates, *self._agi())
        return Readiness.of((self._ari(), calls, store, self._menus(), voice, *beside))

    async def snapshot(self) -> Snapshot:
        """The state of this moment."""
        shared, link = self.shared, self.shared.link
        readiness, waiting, ends = await asyncio.gather(
            self.readiness(), self._backlog(), self._ends()
        )
        return Snapshot(
            at=clock(),
            version=__version__,
            readiness=readiness,
            ari_connections=link.connections,
            ari_unanswered=link.unanswered,
            board=self.desk.queues.view.board,
            backlog=waiting,
            certificates={one.setting: one.until for one in ends if one.until is not None},
            records_waiting=shared.recorder.waiting,
            records_dropped=shared.recorder.dropped,
            records_refused=shared.recorder.refused,
        )

    def _ari(self) -> Check:
        config, state = self.shared.config, self.shared.foundation.state
        trouble = f"ARI at {config.ari_url} is not connected: the log says why"
        if config.manages_asterisk and recorded(asterisk_process(state)) is None:
            trouble = "Asterisk does not run: start it by `firstline pbx start`"
        return check("ari", "" if self.shared.link.connected else trouble)

    def _calls(self) -> Check:
        trouble = f"it stops and takes no more calls; {len(self.calls)} go on"
        return check("calls", trouble if self.calls.closed else "")

    def _ami(self) -> Check:
        trouble = "AMI is not connected: queues are shown as last known; the log says why"
        return check("ami", "" if self.desk.queues.view.current else trouble, needed=False)

    def _record(self) -> Check:
        done = self.desk.record.reconciled
        found = done.differ if done else 0
        trouble = f"{found} stays of the last day differ from Asterisk's own record"
        why = f"{trouble}: see `firstline queues reconcile --since 2d`" if found else ""
        return check("queue-record", why, needed=False)

    def _agi(self) -> tuple[Check, ...]:
        """What serves callers while the application is down; nothing where that is not wanted."""
        config, state = self.shared.config, self.shared.foundation.state
        one = recorded(agi_process(state))
        if not config.agi.enabled or not (one or agi_process(state).exists()):
            return ()
        trouble = "`firstline agi` ended: its watcher starts it again, agi.log says why"
        return (check("agi", "" if one else trouble, needed=False),)

    async def _ends(self) -> tuple[certificate_ends.Ending, ...]:
        """When certificates end, by the files as they are now."""
        state = self.shared.foundation.state.directory
        of = certificate_ends.of_installation
        return await asyncio.to_thread(of, self.shared.config, state)

    async def _backlog(self) -> Backlog | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.shared.store.read(backlog)
        except (StoreError, TimeoutError):
            return None
