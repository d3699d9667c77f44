"""`firstline flows schema` and `firstline flows graph`, as they are typed."""

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from ari_app.cli import main
from ari_app.commands.time_arguments import since
from ari_app.store import calls, versions
from ari_app.store.calls import CallBegan, StepTaken
from ari_app.store.db import Store
from ari_app.store.versions import Version
from tests import shipped
from tests.operators import BELARUS

pytestmark = pytest.mark.slow


def firstline(directory: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--state", str(directory / "state"), *words])


def test_the_schema_has_the_prompts_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ru.yaml").write_text("our-news: Новости.\n")
    done = firstline(tmp_path, "flows", "schema", str(tmp_path))
    found = json.loads(done.output)
    Draft202012Validator.check_schema(found)
    names = found["$defs"]["prompt"]
    words = {each["const"]: each["description"] for each in names["anyOf"] if "const" in each}
    assert words["our-news"] == "Новости."
    assert "welcome" in words
    loose = json.loads(firstline(tmp_path, "flows", "schema", "--any-names").output)
    assert "anyOf" in loose["$defs"]["prompt"]


@pytest.mark.parametrize(
    ("ending", "begins"),
    [
        ("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph"),
        ("mmd", b"flowchart LR"), ("json", b"{"),
    ],
)  # fmt: skip
def test_a_flow_is_drawn(tmp_path: Path, ending: str, begins: bytes) -> None:
    file = tmp_path / f"611.{ending}"
    done = firstline(tmp_path, "flows", "graph", "611", "-o", str(file), "--lang", "be")
    assert done.output == f"{file}: 611\n"
    assert file.read_bytes().startswith(begins)


def test_all_flows_in_one_picture(tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    done = firstline(tmp_path, "flows", "graph", "111", "--whole", "-o", str(file))
    flows = [sheet["flow"] for sheet in json.loads(file.read_text())["sheets"]]
    assert flows[:2] == ["111", "611"]
    assert "agent" in flows
    assert done.output == f"{file}: {', '.join(flows)}\n"


def seed(directory: Path, version: str) -> None:
    at = datetime.now(UTC) - timedelta(hours=2)

    async def seeding() -> None:
        store = await Store.open(directory / "state" / "firstline.db", BELARUS)
        await store.write(versions.record, [(Version("611", version, at, "start"), "")])
        for name, way, ago in (("a", "1", 0), ("b", "hung-up", 0), ("c", "1", 7)):
            began = at - timedelta(days=ago)
            call = CallBegan(
                name, "ari", "611", "1", 1, "ru", "611", version if not ago else "old", began
            )
            step = StepTaken(name, 1, began, "main", "menu", "", "", "", "611", way)
            await store.write(calls.add, [call, step])
        await store.close()

    asyncio.run(seeding())


@pytest.mark.parametrize(
    ("words", "printed", "counted"),
    [
        ((), ("", "1"), None),
        (("--calls",), ("calls 2, hung up 1", "1 (1)"), 2),
        (("--calls", "--all-versions"), ("calls 3, hung up 1", "1 (2)"), 3),
        (("--calls", "--all-versions", "--since", "3d"), ("calls 2, hung up 1", "1 (1)"), 2),
        (("--since", "1h"), ("no calls yet", "1"), 0),
    ],
)
@pytest.mark.slow
def test_calls_are_counted(
    tmp_path: Path, words: tuple[str, ...], printed: tuple[str, str], counted: int | None
) -> None:
    menus = shipped.menus()
    seed(tmp_path, menus.book.flows["611"].version)
    file = tmp_path / "611.dot"
    done = firstline(tmp_path, "flows", "graph", "611", "-o", str(file), *words)
    assert done.exit_code == 0, done.output
    [line] = [one for one in file.read_text().splitlines() if '"611/main" -> "611/money"' in one]
    assert f'label=" {printed[1]} "' in line
    assert printed[0] in file.read_text()
    file = tmp_path / "611.json"
    firstline(tmp_path, "flows", "graph", "611", "-o", str(file), *words)
    [sheet] = json.loads(file.read_text())["sheets"]
    assert sheet["calls"] == counted


def test_without_graphviz_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shutil.which("dot"), "the tests draw: apt-get install --no-install-recommends graphviz"
    monkeypatch.setenv("PATH", str(tmp_path))
    done = firstline(tmp_path, "flows", "graph", "611", "-o", str(tmp_path / "611.svg"))
    assert done.exit_code == 1
    assert "apt-get install --no-install-recommends graphviz" in done.output
    assert "611.mmd" in done.output
    done = firstline(tmp_path, "flows", "graph", "611", "-o", str(tmp_path / "611.mmd"))
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("612",), "there is no flow 612: did you mean 611?"),
        (("611", "-o", "611.jpg"), "611.jpg must end in one of .svg"),
        (("611", "--since", "tomorrow"), "'tomorrow' is not a time in the past"),
        (("611", "--calls"), "has no installation yet"),
    ],
)
def test_what_cannot_be_drawn_is_printed(
    tmp_path: Path, words: tuple[str, ...], printed: str
) -> None:
    done = firstline(tmp_path, "flows", "graph", *words)
    assert done.exit_code != 0
    assert printed in done.output


def test_moments_of_the_past() -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Minsk"))
    assert since("7d", now) == now - timedelta(days=7)
    assert since("2026-11-01", now) == now.replace(day=1, hour=0)
    assert since("2026-11-24T11:30", now) == now - timedelta(minutes=30)
    for text in ("2026-11-25", "13:00", "2026-13-01", "", "soon", "0d"):
        with pytest.raises(ValueError, match="not a time in the past"):
            since(text, now)
