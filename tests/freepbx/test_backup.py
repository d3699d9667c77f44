"""Archives that are damaged, cut or hostile: a reason, and nothing outside of the directory."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from ari_app.freepbx import backup as archives
from ari_app.freepbx import source
from ari_app.freepbx.errors import SourceError
from tests.freepbx.companies import add, backup, wav


def made(path: Path, *files: tuple[str, bytes]) -> Path:
    """An archive of these files."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files:
            add(archive, name, data)
    return path


def refused(path: Path, tmp_path: Path) -> str:
    """Why an archive is refused."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(SourceError) as error:
        source.read(path, kept)
    return str(error.value)


@pytest.mark.parametrize("name", ["../../evil.wav", "files/../../evil", "./a/../../../b"])
def test_a_file_outside_of_the_archive_is_refused(name: str, tmp_path: Path) -> None:
    path = made(tmp_path / "a.tar.gz", (name, b"x"))
    assert "has a file outside of itself" in refused(path, tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tar.gz", "kept"]


def test_links_and_absolute_names_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("files/var/lib/asterisk/sounds/en/custom/menu.wav")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        absolute = f"/{archives.SOUNDS}en/custom/other.wav"
        add(archive, absolute, wav(8000))
        add(archive, "modulejson/Ivr.json", b'{"configs": {"ivrs": {"1": [{"id": "1", "name": "x",'
            b' "invalid_loops": "1", "timeout_loops": "1"}]}}}')  # fmt: skip
    kept = tmp_path / "kept"
    kept.mkdir()
    found = source.read(path, kept)
    assert list(found.sounds) == ["en/custom/other.wav"]
    assert [each.parent for each in found.sounds.values()] == [kept]
    assert list(found.company.ivrs) == ["1"]


def test_a_cut_or_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = backup(tmp_path / "whole.tar.gz").read_bytes()
    path = tmp_path / "cut.tar.gz"
    path.write_bytes(whole[: len(whole) // 2])
    assert "is damaged or cut" in refused(path, tmp_path)


def test_an_archive_that_grows_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_SPARE", 1 << 20)
    path = made(tmp_path / "a.tar.gz", ("files/zeros", bytes(30 << 20)))
    assert "grows more than 200 times" in refused(path, tmp_path)


def test_a_packed_dump_in_an_archive_may_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_SQL", 1 << 20)
    sql = gzip.compress(b"INSERT INTO `cdr` VALUES ('x');\n" * (1 << 17))
    path = made(tmp_path / "a.tgz", ("mysql-1.sql.gz", sql))
    assert "grows" in refused(path, tmp_path)


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ((("readme", b"x"),), "is no backup of FreePBX"),
        ((("modulejson/Ivr.json", b"{"),), "is no JSON"),
        ((("modulejson/Ivr.json", b"[[]]"),), "is no backup of FreePBX"),
        ((("mysql-1.sql", b"INSERT INTO `cdr` VALUES ('"),), "the dump is cut"),
    ],
)
def test_what_is_no_backup_is_refused_with_the_reason(
    files: tuple[tuple[str, bytes], ...], text: str, tmp_path: Path
) -> None:
    assert text in refused(made(tmp_path / "a.tar.gz", *files), tmp_path)


def test_deeply_nested_json_is_no_crash(tmp_path: Path) -> None:
    deep = b'{"configs":' + b"[" * 5000 + b"]" * 5000 + b"}"
    path = made(tmp_path / "a.tar.gz", ("modulejson/Ivr.json", deep))
    assert "is no" in refused(path, tmp_path)


def test_recordings_are_found_in_the_directory_of_a_voice(tmp_path: Path) -> None:
    sounds = {
        "en_US_f_Allison/custom/a.ulaw": tmp_path / "1",
        "en_US_f_Allison/custom/a.wav": tmp_path / "2",
        "ru/custom/a.wav": tmp_path / "3",
        "custom/old.gsm": tmp_path / "4",
    }
    assert source.sound(sounds, "en", "custom/a") == tmp_path / "2"
    assert source.sound(sounds, "ru", "custom/a") == tmp_path / "3"
    assert source.sound(sounds, "ru", "custom/old") == tmp_path / "4"
    assert source.sound(sounds, "be", "custom/a") is None


def test_rows_of_json_are_those_of_the_database() -> None:
    value = {"id": 1, "on": True, "off": False, "none": None, "files": {"a": 1}, "text": "x"}
    row = {"id": "1", "on": "1", "off": "0", "none": None, "text": "x"}
    assert archives._row(json.loads(json.dumps(value))) == row
