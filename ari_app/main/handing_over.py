"""How an application hands its calls to the one that takes its place, while both run.

The new one says over the control socket that it comes, and connects to Asterisk. From that moment
it has all events, and keeps them; the old one ends its sessions where they stand and answers what
each is in the middle of. So no key is lost, and what plays goes on.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from msgspec import Raw, Struct, json

from ari_app.ari.calls import Calls
from ari_app.ari.link import Link
from ari_app.ari.midway import Midway
from ari_app.background import Begin
from ari_app.calls.inbound import InboundCalls
from ari_app.config.state import State
from ari_app.control.client import Coming, ControlClient, NotRunningError
from ari_app.main.processes import UpError, end_before
from ari_app.main.signals import Signals
from ari_app.store.recorder import Recorder
from asterisk_conf.process import Process
from ivr.checkpoint import Checkpoint, from_revealed, revealed

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds in which the new application connects, and then ends the old one."""


class Handed(Struct, frozen=True):
    """A call that is handed over: where it stands, and what its channel is in the middle of."""

    checkpoint: Checkpoint
    midway: Midway


class _Written(Struct, frozen=True):
    """The same as JSON; the checkpoint has its secrets."""

    checkpoint: Raw
    midway: Midway


class Leaving:
    """What an application does for the one that takes its place."""

    def __init__(
        self,
        link: Link,
        calls: Calls,
        inbound: InboundCalls,
        recorder: Recorder,
        signals: Signals,
        begin: Begin,
    ) -> None:
        self._link = link
        self._calls = calls
        self._inbound = inbound
        self._recorder = recorder
        self._signals = signals
        self._begin = begin

    async def calls(self) -> bytes:
        """Wait until the other application has the events, and end the sessions; as JSON.

        b"" if it does not come. If it has, this one waits for its end from then on, whether or not
        the other one lives to take the answer.
        """
        link = self._link
        link.expects_successor = True
        try:
            async with asyncio.timeout(PATIENCE):
                await link.succeeded.wait()
        except TimeoutError:
            log.warning("the application that said it takes the place of this one did not come")
            return b""
        finally:
            link.expects_successor = link.succeeded.is_set()
            if link.succeeded.is_set():
                self._signals.handed_over = True
                self._begin(self._be_ended())
        in_progress = tuple(self._inbound.in_progress.values())
        midway = await self._calls.leave()
        await self._recorder.settle()
        handed = {
            one.channel: _Written(Raw(revealed(one.checkpoint)), midway[one.channel])
            for one in in_progress
            if one.channel in midway
        }
        log.info("%d calls were handed over to another application", len(handed))
        return json.encode(handed)

    async def _be_ended(self) -> None:
        """Wait for the end; raises :class:`UpError` if the other application has died."""
        await asyncio.sleep(PATIENCE)
        raise UpError("the application that was to take the place of this one has died")


class Predecessor:
    """The application whose place this one takes."""

    def __init__(self, process: Process, coming: Coming | None) -> None:
        self._process = process
        self._coming = coming
        self.left = asyncio.Event()
        """Its calls are known."""

    @property
    def hands_over(self) -> bool:
        """Whether it hands over its calls while it runs."""
        return self._coming is not None

    async def calls(self) -> Mapping[str, Handed]:
        """Its calls by their channels, when this application has the events; none, once it has
        ended, if it does not say."""
        assert self._coming is not None
        try:
            written = json.decode(await self._coming(), type=dict[str, _Written])
            return {
                channel: Handed(from_revealed(bytes(one.checkpoint)), one.midway)
                for channel, one in written.items()
            }
        except (NotRunningError, ValueError) as error:
            log.warning("the application before hands over no calls: %s", error)
            await self.end()
            return {}

    async def end(self) -> None:
        """End it; raises :class:`UpError` if that does not succeed."""
        await end_before(self._process)

    async def end_when_left(self) -> None:
        """End it when its calls are known, or cannot be."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.left.wait()
        except TimeoutError:
            log.warning("Asterisk is not reached: the application before is ended now")
        await self.end()


@asynccontextmanager
async def succeeding(state: State, before: Process | None) -> AsyncIterator[Predecessor | None]:
    """The application before this one while the context lasts, None if there is none.

    One that cannot hand over its calls is ended first.
    """
    if before is None:
        yield None
        return
    try:
        async with ControlClient(state.control).hand_over() as coming:
            yield Predecessor(before, coming)
            return
    except NotRunningError as error:
        log.warning("the application before leaves its calls: %s", error)
    await end_before(before)
    yield None
