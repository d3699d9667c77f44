"""A call over FastAGI that a test presents to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ari_app.agi.connection import Connection
from ari_app.agi.door import Door
from ari_app.agi.line import AgiLine, AgiSettings, Dialplan
from ari_app.session.media import Sounds
from ivr.values import Recording
from tests.agi.fake_asterisk import FakeAsterisk
from tests.ari.harness import SOUNDS
from tests.deadlines import within


class Kept(dict[str, bytes]):
    """Recordings that were kept, by name."""

    async def keep(self, name: str, content: bytes) -> Recording | None:
        """Keep a recording, unless it is empty."""
        if not content:
            return None
        self[name] = content
        return Recording(f"/recorded/{name}.wav", len(content))


@asynccontextmanager
async def called(
    asterisk: FakeAsterisk,
    kept: Kept | None = None,
    sounds: Sounds = SOUNDS,
    dialplan: Dialplan = Dialplan(),  # noqa: B008 - it is frozen
) -> AsyncIterator[AgiLine]:
    """The line of a call that came in; at the end it is over."""
    lines: asyncio.Queue[AgiLine] = asyncio.Queue()
    over = asyncio.Event()
    keep = (kept if kept is not None else Kept()).keep

    async def serve(connection: Connection) -> None:
        settings = AgiSettings(asterisk.spool or Path("/nowhere"), 120, dialplan)
        line = AgiLine(connection, sounds, keep, settings)
        lines.put_nowait(line)
        await over.wait()
        await line.settle()

    async with Door(serve, ("127.0.0.1",), 10).opened("127.0.0.1", 0) as port:
        calling = asyncio.create_task(asterisk.call(port))
        try:
            async with within(5):
                line = await lines.get()
            yield line
        finally:
            over.set()
            await asyncio.wait({calling}, timeout=5)
            calling.cancel()
