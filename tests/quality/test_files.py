"""The score cards of a directory, while it changes."""

import os
from pathlib import Path

from ari_app.quality.files import CardFiles
from tests.ivr.quality.samples import LANGUAGES, TEXT


def test_cards_are_read_again_when_a_file_changes(tmp_path: Path) -> None:
    files = CardFiles(tmp_path / "quality", lambda: ("support",), LANGUAGES)
    assert files.cards() == ([], [])
    files.directory.mkdir()
    for name in ("service.yaml", "other.yml", "notes.txt"):
        (files.directory / name).write_text(TEXT)
    cards, faults = files.cards()
    assert ([one.name for one in cards], faults) == (["other", "service"], [])
    changed = files.directory / "other.yml"
    changed.write_text(TEXT.replace("best: 5", "best: 50"))
    os.utime(changed, ns=(1, 1))
    cards, [fault] = files.cards()
    assert [one.name for one in cards] == ["service"]
    assert fault.startswith(f"{changed}:16:15: out-of-bounds: 50 is too much")
    (files.directory / "bytes.yaml").write_bytes(b"title: \xff\n")
    assert "save it as UTF-8" in "".join(files.cards()[1])
