"""Answers the commands that reach the running application through its control socket."""

import asyncio
from contextlib import AbstractAsyncContextManager

from msgspec import Struct, json

from ari_app.admin.phone_passwords import PhonePasswords
from ari_app.admin.status import Ari, MenusNow, Runtime, status
from ari_app.background import Background
from ari_app.control.server import Handlers, serve_control
from ari_app.main.build_calls import CallHandling
from ari_app.main.build_desk import AgentDesk
from ari_app.main.shared import Shared
from ari_app.ussd import gateway


class ControlHandlers(Struct, frozen=True):
    """The answers to each request of :mod:`ari_app.control.server`."""

    shared: Shared
    callers: CallHandling
    desk: AgentDesk
    background: Background

    def served(self) -> AbstractAsyncContextManager[None]:
        """Serve the control socket while the context lasts."""
        handlers = Handlers(self.status, self.queues, self.reload, self.refresh, self.ussd)
        path = self.shared.foundation.state.control
        return serve_control(path, handlers, self.shared.feed)

    async def status(self) -> bytes:
        """``firstline status``, as JSON."""
        shared, menus, link = self.shared, self.shared.menus, self.shared.link
        pids = {"asterisk": shared.foundation.asterisk, "voice": menus.now.reading.voice.pid}
        flows = menus.now.menus.book.flows
        live = Runtime(
            Ari(link.connected, link.transport if link.connected else ""),
            link.version,
            self.callers.calls,
            {name: pid for name, pid in pids.items() if pid},
            MenusNow({name: flow.version for name, flow in flows.items()}, menus.refused),
        )
        demo = shared.config.site.demo
        passwords = await PhonePasswords(shared.store, shared.hasher).names() if demo else ()
        state = shared.foundation.state
        return json.encode(await status(shared.config, state, shared.store, passwords, live))

    async def queues(self) -> bytes:
        """The queues, their callers and agents as AMI reports them, as JSON."""
        return json.encode(self.desk.queues.view)

    async def refresh(self) -> None:
        """Load again what another process changed in the store."""
        await self.callers.actions.refresh()
        await self.shared.directory.refresh()
        await self.shared.billing.refresh()
        await self.desk.workplace.refresh()

    async def reload(self) -> bytes:
        """Reload the menus; an interrupted command does not stop it. Returns JSON."""
        reloading = self.background.begin(self.shared.menus.reload("reload"))
        return json.encode(await asyncio.shield(reloading))

    async def ussd(self, body: bytes) -> str:
        """Answer a request of a text session as the USSD gateway does."""
        return await gateway.answered_or_refused(self.callers.ussd, body)
