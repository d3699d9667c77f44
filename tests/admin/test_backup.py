"""A backup is whole or not there; a restore is done or leaves what was; also by `kill -9`."""

import asyncio
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from ari_app.admin.backup import BackupError, Manifest, backup, manifest_of
from ari_app.admin.restore import checked, recover, restore
from ari_app.store import rescue
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.sqlite import Database
from tests.operators import BELARUS
from tests.store.test_db import note, words

Parts = Mapping[str, Path]


def quiet(_: str) -> None:
    """Nothing is shown."""


CONVERSATION = "recorded/conversations/1795987.12_1.wav"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """An installation with one word in its database."""
    state = tmp_path / "state"
    (state / "recorded").mkdir(parents=True)
    (state / "recorded" / "a.wav").write_bytes(b"what was said")
    (state / CONVERSATION).parent.mkdir(mode=0o700)
    (state / CONVERSATION).touch(0o600)
    (state / CONVERSATION).write_bytes(b"a conversation")
    (state / "firstline.toml").write_text("[site]\n")
    (state / "secrets.toml").touch(0o600)
    (state / "secrets.toml").write_text('pepper = "secret"\n')
    asyncio.run(noted(state / "firstline.db", "before"))
    return state


async def noted(database: Path, word: str) -> list[str]:
    """Write a word; all that are there."""
    store = await Store.open(database, BELARUS)
    await store.write(note, word)
    found = await store.read(words)
    await store.close()
    return found


def parts(state: Path) -> Parts:
    names = ("firstline.toml", "secrets.toml", "recorded", "announcements")
    return {name: state / name for name in names}


def backed_up(state: Path, target: Path) -> Manifest:
    return backup(state / "firstline.db", parts(state), target, BELARUS, quiet)


def restored(state: Path, source: Path) -> None:
    async def exchange() -> None:
        rescue.exchange(state / "firstline.db")

    asyncio.run(restore(source, checked(source, quiet), state, parts(state), exchange, quiet))


def changed(state: Path) -> None:
    """Another state than that of the backup."""
    asyncio.run(noted(state / "firstline.db", "after"))
    (state / "recorded" / "a.wav").unlink()
    (state / CONVERSATION).unlink()
    (state / "recorded" / "b.wav").write_bytes(b"said later")
    (state / "firstline.toml").write_text("[site]\nnumbers = []\n")
    (state / "announcements").mkdir()


def content(state: Path) -> tuple[list[str], dict[str, bytes]]:
    """The words of the database, and all files of the parts."""
    with closing(sqlite3.connect(state / "firstline.db")) as conn:
        found = [word for (word,) in conn.execute("select word from notes order by rowid")]
    files = [file for root in parts(state).values() for file in (root, *root.rglob("*"))]
    return found, {str(file): file.read_bytes() for file in files if file.is_file()}


def test_what_was_backed_up_is_restored(state: Path, tmp_path: Path) -> None:
    before = content(state)
    made = backed_up(state, tmp_path / "backup")
    assert made == manifest_of(tmp_path / "backup")
    assert {"firstline.db", "secrets.toml", "recorded/a.wav", CONVERSATION} <= made.files.keys()
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    changed(state)
    after = content(state)
    restored(state, tmp_path / "backup")
    assert content(state) == before
    for name in ("firstline.db", "secrets.toml", CONVERSATION):
        assert (state / name).stat().st_mode & 0o777 == 0o600
    assert (state / "recorded.before-restore" / "b.wav").read_bytes() == b"said later"
    with closing(sqlite3.connect(state / "firstline.db.before-restore")) as conn:
        assert [word for (word,) in conn.execute("select word from notes")] == after[0]


async def test_others_write_while_a_backup_is_taken(state: Path, tmp_path: Path) -> None:
    store = await Store.open(state / "firstline.db", BELARUS)
    going = True

    def both(db: Database, count: int) -> None:
        note(db, f"{count} left")
        note(db, f"{count} right")

    async def writing() -> int:
        count = 0
        while going:
            await store.write(both, count)
            count += 1
        return count

    task = asyncio.create_task(writing())
    await asyncio.to_thread(backed_up, state, tmp_path / "backup")
    going = False
    assert await task
    await store.close()
    with closing(sqlite3.connect(tmp_path / "backup" / "firstline.db")) as conn:
        (count,) = conn.execute("select count(*) from notes").fetchone()
    assert count % 2 == 1  # each transaction is there whole, beside the first word
    checked(tmp_path / "backup", quiet)


def test_an_open_database_is_exchanged(state: Path, tmp_path: Path) -> None:
    backed_up(state, tmp_path / "backup")
    changed(state)

    async def running() -> list[str]:
        store = await Store.open(state / "firstline.db", BELARUS)
        await store.write(note, "last")

        async def exchange() -> None:
            await store.exchange(lambda: rescue.exchange(state / "firstline.db"))

        manifest = checked(tmp_path / "backup", quiet)
        await restore(tmp_path / "backup", manifest, state, parts(state), exchange, quiet)
        await store.write(note, "again")
        found = await store.read(words)
        await store.close()
        return found

    assert asyncio.run(running()) == ["before", "again"]
    with closing(sqlite3.connect(state / "firstline.db.before-restore")) as conn:
        kept = [word for (word,) in conn.execute("select word from notes order by rowid")]
    assert kept == ["before", "after", "last"]


def spoiled(backup: Path, how: str) -> None:
    manifest = backup / "manifest.json"
    match how:
        case "no manifest":
            manifest.unlink()
        case "newer format":
            manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
        case "newer schema":
            text = manifest.read_text()
            manifest.write_text(text.replace('"agent_queues"', '"agent_queues", "from_the_future"'))
        case "a file":
            (backup / "recorded" / "a.wav").write_bytes(b"what was sAid")
        case "missing":
            (backup / "secrets.toml").unlink()
        case "outside":
            text = manifest.read_text()
            manifest.write_text(text.replace('"recorded/a.wav"', '"recorded/../../a.wav"'))


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("no manifest", "no whole backup"),
        ("newer format", "a newer Firstline made this backup"),
        ("newer schema", "with a newer database .from_the_future.: install that version"),
        ("a file", "differs from its checksum"),
        ("missing", "No such file"),
        ("outside", "leads out of the backup"),
    ],
)
def test_what_is_not_whole_is_refused(state: Path, tmp_path: Path, how: str, why: str) -> None:
    backed_up(state, tmp_path / "backup")
    spoiled(tmp_path / "backup", how)
    before = content(state)
    with pytest.raises(BackupError, match=why):
        restored(state, tmp_path / "backup")
    assert content(state) == before


def test_nothing_is_overwritten_and_nothing_is_made_of_nothing(state: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    with pytest.raises(BackupError, match="is there already"):
        backed_up(state, tmp_path / "backup")
    (state / "firstline.db").unlink()
    with pytest.raises(StoreError, match="there is no database"):
        backed_up(state, tmp_path / "other")
    assert not (tmp_path / "other").exists()


STEPS = ("fsync", "rename", "replace", "link", "unlink")
"""What is counted: what changes names, and what is done before that."""


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do it in a process that is killed before its ``step``; whether it was."""
    child = os.fork()
    if not child:
        count = 0

        def before(real: Callable[..., object]) -> Callable[..., object]:
            def counted(*args: object, **kwargs: object) -> object:
                nonlocal count
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)

            return counted

        for name in STEPS:
            setattr(os, name, before(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def until_it_is_done(work: Callable[[], object]) -> Iterator[int]:
    """Each step at which it was killed."""
    step = 1
    while killed_at(step, work):
        yield step
        step += 1


@pytest.mark.slow
def test_a_backup_that_is_killed_is_not_there(state: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    seen = set()
    for _ in until_it_is_done(lambda: backed_up(state, target)):
        seen.add(target.exists())
        if target.exists():
            checked(target, quiet)
            shutil.rmtree(target)
    assert seen == {False, True}  # after it has its name, the directory is synced
    checked(target, quiet)


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_what_was(state: Path, tmp_path: Path) -> None:
    backed_up(state, tmp_path / "backup")
    old = content(state)
    changed(state)
    new = content(state)
    whole = tmp_path / "whole"
    shutil.copytree(state, whole)
    steps = 0
    for steps in until_it_is_done(lambda: restored(state, tmp_path / "backup")):  # noqa: B007 - read below
        recover(state)
        assert content(state) in (old, new)
        assert not (state / "restoring.json").exists()
        shutil.rmtree(state)
        shutil.copytree(whole, state)
    assert steps > 15
    assert content(state) == old
