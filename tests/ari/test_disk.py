"""Without room on the disk the dialplan records no conversation; with room it does again."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ari_app.ari.disk import VARIABLE, DiskWatch


async def test_the_dialplan_knows_whether_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put: list[tuple[str, str]] = []
    free = [5_000, 999, 900, 1_000]

    async def set_global_var(name: str, value: str) -> None:
        put.append((name, value))

    def disk_usage(_: Path) -> Any:
        return SimpleNamespace(free=free.pop(0))

    monkeypatch.setattr("shutil.disk_usage", disk_usage)
    asterisk = SimpleNamespace(set_global_var=set_global_var)
    link: Any = SimpleNamespace(ari=SimpleNamespace(asterisk=asterisk))
    watch = DiskWatch(link, tmp_path, 1_000)
    for _ in range(4):
        await watch.look()
    assert put == [(VARIABLE, each) for each in ("", "yes", "yes", "")]
    logged = [record.message.partition(":")[0] for record in caplog.records]
    assert logged == ["conversations are NOT recorded", "conversations are recorded again"]
