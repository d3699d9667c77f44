"""A real Asterisk with two agents, and the watch over it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from ari_app.ami.client import Settings
from ari_app.ami.queue_monitor import QueueMonitor
from asterisk_conf.pbx import Pbx
from asterisk_conf.site import Agent, Queue, Secret
from ivr.secret import Secret as Hidden
from tests.ari.facts import until
from tests.pbx_fixture import DEMO, running_pbx

OLGA, ANNA = "PJSIP/agent1", "PJSIP/agent2"
AGENTS = (*DEMO.agents, Agent("agent2", Secret("second"), "Анна", "702", ()))
"""Olga of the queue, and Anna of none."""

THROUGH = """
[through]
exten => _X.,1,Dial(Local/${EXTEN}@firstline-people)
"""


@contextmanager
def queue_pbx(directory: Path) -> Iterator[Pbx]:
    """Without an application: who dials 611 comes to the queue, and Olga needs no pause."""
    with running_pbx(directory, agents=AGENTS, queues=(Queue("support", wrapup=0),)) as started:
        with (started.site.paths.etc / "extensions.conf").open("a") as file:
            file.write(THROUGH)
        started.cli("dialplan reload")
        yield started


def settings(pbx: Pbx) -> Settings:
    password = Hidden(pbx.site.secrets.ami_password)
    return Settings(pbx.site.ports.ami, "firstline", password, events="agent,call")


@asynccontextmanager
async def watched(pbx: Pbx) -> AsyncIterator[QueueMonitor]:
    """The watch, which knows the two phones."""
    watch = QueueMonitor(settings(pbx), lambda: datetime.now(UTC), phones={OLGA, ANNA}.__contains__)
    task = asyncio.create_task(watch.run())
    try:
        await until(lambda: watch.view.current)
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
