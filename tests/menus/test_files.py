"""The files of a set of menus, found and restored."""

from pathlib import Path

import pytest

from ari_app.menus.files import Directories, hashed

FILES = {
    "menus/611.yaml": b"flow",
    "menus/611.test.yaml": b"test",
    "menus/prompts/en.yaml": b"words",
    "recordings/en/bye.wav": b"sound",
}


@pytest.fixture
def where(tmp_path: Path) -> Directories:
    found = Directories(tmp_path / "menus", tmp_path / "recordings")
    for name, content in FILES.items():
        found.path(name).parent.mkdir(parents=True, exist_ok=True)
        found.path(name).write_bytes(content)
    for name in ("menus/.hidden.yaml", "menus/README", "recordings/en/notes.txt"):
        found.path(name).touch()
    return found


def test_what_belongs_to_a_set(where: Directories) -> None:
    assert set(where.found()) == set(FILES)
    shipped = Directories(None, where.recordings)
    assert list(shipped.found()) == ["recordings/en/bye.wav"]


def test_a_set_is_restored_whole(where: Directories) -> None:
    wanted = {name: hashed(content) for name, content in FILES.items()}
    contents = {hashed(content): content for content in FILES.values()}
    flow = where.path("menus/611.yaml")
    flow.chmod(0o640)
    flow.write_bytes(b"changed")
    where.path("menus/112.yaml").write_bytes(b"added")
    where.path("menus/prompts/en.yaml").unlink()
    where.path("menus/prompts").rmdir()
    changed = where.restore(wanted, contents.__getitem__)
    assert changed == ["menus/611.yaml", "menus/prompts/en.yaml", "menus/112.yaml"]
    assert {name: path.read_bytes() for name, path in where.found().items()} == FILES
    assert flow.stat().st_mode & 0o777 == 0o640
    assert where.path("menus/README").exists()
    assert where.restore(wanted, contents.__getitem__) == []


@pytest.mark.parametrize("name", ["menus/../x", "menus//etc/x", "other/x", "menus/", "x"])
def test_no_name_leads_out(where: Directories, name: str) -> None:
    with pytest.raises(ValueError, match="no file of a set"):
        where.path(name)
