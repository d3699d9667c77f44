"""What a crash left in Asterisk's spool is kept if somebody speaks there, and removed."""

from pathlib import Path

from ari_app.calls.recordings import Recordings
from ari_app.main.spool import sweep, sweep_directory
from ari_app.store import calls
from ari_app.store.db import Store
from tests.ari.harness import linked
from tests.ari.server import Server
from tests.calls.test_recordings import sound
from tests.operators import BELARUS
from tests.store.samples import began, ended

SPEECH, SILENCE = sound((1.0, 3000)), sound((1.0, 10))
KILLED = SPEECH[:40] + bytes(4) + SPEECH[44:]
"""The file of an Asterisk that was killed: its header says no length."""


async def test_recordings_of_calls_that_have_ended_are_taken_out(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    async with Server().running() as server, linked(server) as link:
        over = [each for call in ("c1", "c2", "c3") for each in (began(call), ended(call))]
        await store.write(calls.add, [*over, began("c4"), began("c5"), ended("c5")])
        server.recordings.files = {
            "c1-3": SPEECH,
            "c2-1": KILLED,
            "c3-9": SILENCE,
            "c4-2": SPEECH,
            "c5-2": SPEECH,
            "voicemail-7": SPEECH,
        }
        recordings = Recordings(tmp_path / "recorded")
        await sweep(link.ari.recordings, store, recordings, {"c5"})
    await store.close()
    assert server.recordings.files.keys() == {"c4-2", "c5-2", "voicemail-7"}
    kept = {file.name: file.read_bytes() for file in (tmp_path / "recorded").iterdir()}
    assert kept == {"c1-3.wav": SPEECH, "c2-1.wav": SPEECH}


async def test_a_spool_of_our_own_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "c1-3.wav").write_bytes(SPEECH)
    (tmp_path / "c2-3.wav").write_bytes(b"")
    await sweep_directory(tmp_path, Recordings(tmp_path / "recorded"))
    assert [file.name for file in tmp_path.iterdir()] == ["recorded"]
    assert [file.name for file in (tmp_path / "recorded").iterdir()] == ["c1-3.wav"]
