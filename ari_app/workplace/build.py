"""Builds the desk of an installation, and keeps it up to date."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, NoReturn

from aiohttp import ClientSession

from ari_app.ami.queue_view import QueueView
from ari_app.config.desk_settings import OidcSettings
from ari_app.config.settings import Config
from ari_app.desk.cards.pop import places
from ari_app.desk.desk import Desk
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.web.provider import Provider, ProviderSettings
from ari_app.desk.web.server import DeskServer, serving
from ari_app.desk.web.sessions import Sessions
from ari_app.pages.server import ServerError, ServerSettings
from ari_app.selfcare.hashing import Hasher
from ari_app.store import agents
from ari_app.store.db import StoreError
from ari_app.workplace.accounts import StoredAccounts, StoredSessions
from ari_app.workplace.administration import StoredAdministration
from ari_app.workplace.agent_administration import AgentAdministration
from ari_app.workplace.browser_phones import BrowserPhones
from ari_app.workplace.services import DeskServices, desk_ports, desk_site
from ivr.acd.queues import Board, Caller
from ivr.secret import Secret

log = logging.getLogger(__name__)

STATES_EVERY = 0.25
"""Seconds between checks of agent states: wrap-up ends without an event."""

QUEUES_EVERY = 1.0
"""Seconds between two updates of the queues in the browsers, at least."""

REMIND_EVERY = 5.0
"""Seconds between two looks at which promised calls are due."""

COUNT_EVERY = 900.0
"""Seconds between two counts of the calls through the menus."""

PORT_EVERY = 1.0
"""Seconds between two attempts to listen at a port that another worker has."""

MINUTE = 60.0
"""Seconds between checks of browser sessions, and between counts of late tickets."""


async def _logged(task: Coroutine[Any, Any, None]) -> None:
    """The outermost frame of the desk's background tasks: an error there ends no call."""
    try:
        await task
    except Exception:
        log.exception("a background task of the desk failed; calls and other cards go on")


class Workplace:
    """The desk with its adapters, and the tasks that keep it up to date."""

    def __init__(self, services: DeskServices) -> None:
        """Use :meth:`start`."""
        self._now = services.now
        self._store = services.store
        self._queues = services.queues
        self._monitors = services.monitors
        self._phones = services.phones
        self._browser_phones = BrowserPhones(services.config.ari_url)
        self._live_calls = services.live_calls
        self._server: DeskServer | None = None
        self._administration = StoredAdministration(
            services.store,
            lambda: services.menus()[1].schedules,
            services.menu_control,
            AgentAdministration(
                services.store,
                services.hashed,
                services.asterisk_phones,
                services.config.site.languages,
                bool(services.config.oidc.issuer),
            ),
            partial(self._refreshed, services.refreshed),
            services.now,
            services.config.site.timezone,
            services.config.site.languages,
        )

        def begin(task: Coroutine[Any, Any, None]) -> object:
            return services.begin(_logged(task))

        ports = desk_ports(services, self._browser_phones, self._administration)
        self.desk = Desk(
            ports,
            desk_site(services),
            services.now,
            begin,
        )

        desk = self.desk
        for part in (desk.passing, desk.presence, desk.supervision):
            services.queues.observe(services.if_leading(part.observe))

    @classmethod
    async def start(cls, services: DeskServices) -> "Workplace":
        """The desk, with the cards that were open before a restart; without them, and without
        agents until :meth:`refresh`, if the store is unavailable."""
        one = cls(services)
        await one._restore()
        return one

    async def _restore(self) -> None:
        try:
            await self.refresh()
            await self.desk.cards.restore()
        except (StoreError, DeskUnavailable) as error:
            log.error("the desk knows no agents until they can be read: %s", error)

    async def lead(self, serving: Callable[[], AbstractAsyncContextManager[None]]) -> NoReturn:
        """Take the desk over from another worker, keep it up to date, and accept browsers, as
        ``serving`` does, for ever. A port that the other one has not left yet is waited for."""
        self.desk.update(Board(), current=False)
        await self._restore()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.run())
            said = ""
            while True:
                try:
                    async with serving():
                        await asyncio.Event().wait()
                except ServerError as error:
                    if str(error) != said:
                        log.error("retry in %g s: %s", PORT_EVERY, error)
                    said = str(error)
                    await asyncio.sleep(PORT_EVERY)

    @asynccontextmanager
    async def serving(
        self, config: Config, hasher: Hasher, provider_secret: Secret
    ) -> AsyncIterator[None]:
        """Accept browsers while the context lasts, if the settings enable the desk.

        ``provider_secret``: what the desk proves itself by to an OpenID provider.
        """
        settings = config.desk
        if not settings.enabled:
            yield
            return
        where = ServerSettings(
            settings.host,
            config.ports.desk,
            settings.names,
            settings.by_https,
            settings.proxies,
            settings.certificate,
            settings.key,
        )
        needed = settings.second_factor == "required"
        by_provider = bool(config.oidc.issuer)
        accounts = StoredAccounts(self._store, hasher, self._now, needed, by_provider)
        sessions = Sessions(StoredSessions(self._store), accounts, self._now)
        try:
            async with AsyncExitStack() as stack:
                provider = None
                if by_provider:
                    http = await stack.enter_async_context(ClientSession())
                    provider = Provider(_provider(config.oidc, provider_secret), http)
                self._server = await stack.enter_async_context(
                    serving(where, self.desk, accounts, sessions, self._administration, provider)
                )
                log.info("the desk is at %s", config.desk_url)
                yield
        finally:  # also where another worker leads: then this one is cancelled
            self._server = None
            self.desk.presence.forget()

    async def _refreshed(self, others: Callable[[], Awaitable[None]]) -> None:
        await others()
        await self.refresh()

    async def refresh(self) -> None:
        """Read the agents again, and close the tabs of users who may not stay, or whose pages are
        to have another phone."""
        everyone = await self._store.read(agents.everyone)
        self._phones.set_agents(everyone)
        changed = self._browser_phones.set_agents(everyone)
        await self._recheck_sessions()
        for tab in (tab for agent in changed for tab in self.desk.tabs.of(agent)):
            tab.close()

    async def _recheck_sessions(self) -> None:
        if self._server is not None:
            await self._server.recheck_sessions()

    async def run(self) -> None:
        """Keep the desk up to date. Never returns."""
        desk = self.desk
        with self._queues.listen() as views:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow_board(views, tasks))
                tasks.create_task(desk.panels.publish_queues(QUEUES_EVERY))
                tasks.create_task(desk.boards.run())
                tasks.create_task(desk.late_tickets.run(MINUTE))
                tasks.create_task(desk.promised.run(REMIND_EVERY))
                tasks.create_task(desk.ports.reports.run(COUNT_EVERY))
                tasks.create_task(self._publish_states())
                tasks.create_task(self._follow_recordings())
                tasks.create_task(self._recheck_regularly())

    async def _follow_board(
        self, views: asyncio.Queue[QueueView], tasks: asyncio.TaskGroup
    ) -> None:
        view, current, strangers = self._queues.view, False, self._live_calls.strangers

        async def look_up(caller: Caller) -> None:
            await strangers.look_up(caller)
            if views.empty():
                views.put_nowait(self._queues.view)

        while True:
            try:
                self._phones.update(view.board)
                callers = (place.caller for place in places(view.board).values())
                waiting = (one for it in view.board.queues.values() for one in it.waiting)
                connects = view.current and not current
                if connects:
                    await self._live_calls.look_up(callers, waiting)
                else:
                    for one in strangers.among(callers, waiting):
                        tasks.create_task(_logged(look_up(one)))
                asking = self._queues.consultations if connects else ()
                self.desk.update(view.board, view.current, asking, strangers.pending)
                if connects:
                    self.desk.recordings.restore(self.desk.cards.all())
                    self.desk.supervision.reconnected(self._queues.alive)
                current = view.current
            except Exception:
                log.exception("the desk could not apply a queue board; it goes on with the next")
            view = await views.get()

    async def _follow_recordings(self) -> None:
        while True:
            self.desk.recording_changed(await self._monitors.changes())

    async def _publish_states(self) -> None:
        while True:
            await asyncio.sleep(STATES_EVERY)
            self.desk.panels.publish_states()
            self.desk.targets.publish()

    async def _recheck_regularly(self) -> None:
        while True:
            await asyncio.sleep(MINUTE)
            try:
                await self._recheck_sessions()
                if self._server is not None:
                    self._server.renew_certificate()
            except Exception:
                log.exception("browser sessions not checked; retry in %g s", MINUTE)


def _provider(oidc: OidcSettings, secret: Secret) -> ProviderSettings:
    return ProviderSettings(
        issuer=oidc.issuer,
        client=oidc.client,
        secret=secret,
        name=oidc.name,
        scopes=oidc.scopes,
        login=oidc.login,
        groups=oidc.groups,
        roles=oidc.roles,
    )
