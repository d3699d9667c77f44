"""Kill the application under 200 calls, and see each go on: `python -m tests.bench.adoption`.

sipp holds the calls in a menu; the application is killed with SIGKILL, and its watcher starts it
again. Of each call: the seconds from the kill to the menu again, as Asterisk reports its playback.
A call that gets no menu again, or does not take the keys after it, counts as dropped.
"""

import asyncio
import os
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import click
from msgspec import json

from ari_app.config.state import State
from ari_app.main.installation import installation
from tests.bench.load import calling
from tests.bench.rig import OURS, running

APP = "firstline-adoption-bench"
RATE = 25
"""Calls that begin in a second."""
AFTER = 15.0
"""Seconds from the kill to the first key."""


class Watch:
    """When each channel began to be played to, by the events of an application of our own."""

    def __init__(self) -> None:
        self.played: list[tuple[float, str]] = []
        """When a playback began, and on which channel."""
        self.playbacks: set[tuple[str, str]] = set()
        """Channels, with the ids of their playbacks."""
        self.ready = threading.Event()
        self.over = threading.Event()

    def run(self, state: State) -> None:
        """Watch until it is over; for a thread."""
        asyncio.run(self._run(state))

    async def _run(self, state: State) -> None:
        config = state.config({})
        login = aiohttp.encode_basic_auth(config.ari.user, state.keys().ari.reveal())
        url = f"{config.ari_url}/ari/events?app={APP}&subscribeAll=true"
        headers = {"Authorization": login}
        async with aiohttp.ClientSession(headers=headers) as http, http.ws_connect(url) as socket:
            self.ready.set()
            while not self.over.is_set():
                try:
                    message = await socket.receive(0.5)
                except TimeoutError:
                    continue
                event = json.decode(message.data)
                if event["type"] == "PlaybackStarted":
                    channel = event["playback"]["target_uri"].removeprefix("channel:")
                    self.played.append((time.monotonic(), channel))
                    self.playbacks.add((channel, event["playback"]["id"]))


@contextmanager
def watching(state: State) -> Iterator[Watch]:
    """A watch while the context lasts."""
    watch = Watch()
    thread = threading.Thread(target=watch.run, args=(state,))
    thread.start()
    watch.ready.wait(10)
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


@click.command()
@click.option("--calls", default=200, show_default=True)
@click.option("--root", type=click.Path(path_type=Path), envvar="FIRSTLINE_ASTERISK_PATH")
@click.option("--offset", default=4000, show_default=True, help="Of the ports.")
def main(calls: int, root: Path | None, offset: int) -> None:
    """Kill the application under CALLS calls and print how they go on."""
    with tempfile.TemporaryDirectory() as directory:
        state = installation(Path(directory) / "state")
        hold = calls / RATE + AFTER
        with (
            running(state.directory, root, offset, bare=False) as rig,
            watching(state) as watch,
            calling(rig, OURS, RATE, calls, hold) as runs,
        ):
            while len({channel for _, channel in watch.played}) < calls:
                time.sleep(0.1)
            time.sleep(1.0)
            before = {channel for _, channel in watch.played}
            killed = time.monotonic()
            os.kill(rig.application, signal.SIGKILL)
            time.sleep(AFTER - 2.0)
            first: dict[str, float] = {}
            for at, channel in watch.played:
                if at > killed and channel in before:
                    first.setdefault(channel, at - killed)
    seconds = sorted(first.values()) or [float("nan")]
    median, worst = statistics.median(seconds), seconds[-1]
    click.echo(
        f"{calls} calls, {len(first)} heard the menu again: median {median:.2f} s,"
        f" worst {worst:.2f} s; {runs[0].failed} dropped"
    )


if __name__ == "__main__":
    main()
