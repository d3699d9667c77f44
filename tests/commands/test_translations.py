"""`firstline prompts export` and `import`: a translator's table, there and back."""

import csv
from pathlib import Path

import pytest

from ari_app.config.state import State
from prompts.template import PROMPT_NAME
from tests.commands.conftest import Run

UK = """\
# Ours
welcome: "Добрий день!"
long-one: >-
  Це довгий
  текст.
"""


@pytest.fixture
def menus(tmp_path: Path) -> Path:
    """Menus with texts in Russian, and a few in Ukrainian."""
    texts = tmp_path / "menus" / "prompts"
    texts.mkdir(parents=True)
    (texts / "ru.yaml").write_text(
        'hello: "Привет, на счету {sum:money}."\nhello-written: "{sum:money}"\n'
        "long-one: Длинный текст.\nlanguage-ru: Для русского языка нажмите один.\n"
    )
    (texts / "uk.yaml").write_text(UK)
    return texts.parent


def table(file: Path) -> dict[str, dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {row["prompt"]: row for row in csv.DictReader(lines)}


def written(file: Path, rows: dict[str, str], separator: str = ",") -> None:
    lines = ["prompt,uk", *(f'{name},"{text}"' for name, text in rows.items())]
    file.write_text("\n".join(lines).replace(",", separator), "utf-8-sig")


def test_what_is_missing_is_exported(run: Run, menus: Path, tmp_path: Path) -> None:
    file = tmp_path / "uk.csv"
    options = ("--lang", "uk", "--menus", str(menus), "-o", str(file))
    done = run("prompts", "export", *options, "--from", "ru", "--from", "en")
    found = table(file)
    assert done.stdout == f"{file}: {len(found)} texts that are missing\n"
    hello = found["hello"]
    assert list(hello.values()) == [
        *("hello", "{sum:money}", "Привет, на счету {sum:money}.", "", ""),
    ]
    assert found["hello-written"]["ru"] == "{sum:money}"
    assert found["main-menu"]["en"].startswith("For your balance")
    assert not {"long-one", "welcome", "language-ru"} & found.keys()
    assert all(PROMPT_NAME.fullmatch(name) for name in found)
    run("prompts", "export", *options, "--from", "ru", "--all")
    assert table(file)["long-one"]["uk"] == "Це довгий текст."


@pytest.mark.parametrize("separator", [",", ";"])
def test_translations_come_into_the_file(
    run: Run, menus: Path, tmp_path: Path, separator: str
) -> None:
    file, texts = tmp_path / "uk.csv", menus / "prompts" / "uk.yaml"
    rows = {"hello": "На рахунку {sum:money}.", "welcome": "Вітаю!", "main-menu": ""}
    written(file, rows, separator)
    words = ("prompts", "import", str(file), "--lang", "uk", "--menus", str(menus))
    assert run(*words).stdout == f"{texts}: 1 texts added, 1 changed\n"
    assert texts.read_text() == (
        UK.replace('"Добрий день!"', '"Вітаю!"') + 'hello: "На рахунку {sum:money}."\n'
    )
    before = texts.read_text()
    assert run(*words).stdout == f"{texts}: 0 texts added, 0 changed\n"
    assert texts.read_text() == before
    listed = run("prompts", "list", "--lang", "uk", "--menus", str(menus)).stdout
    assert "hello: На рахунку {sum:money}.\n" in listed


def test_a_comment_behind_a_text_stays(run: Run, menus: Path, tmp_path: Path) -> None:
    file, texts = tmp_path / "uk.csv", menus / "prompts" / "uk.yaml"
    texts.write_text('welcome: "Добрий # день!"  # by Olena\nhello: На {sum:money} # checked\n')
    written(file, {"welcome": "Вітаю!", "hello": "{sum:money}"}, ",")
    run("prompts", "import", str(file), "--lang", "uk", "--menus", str(menus))
    assert texts.read_text() == 'welcome: "Вітаю!"  # by Olena\nhello: "{sum:money}" # checked\n'


@pytest.mark.parametrize(
    ("row", "printed"),
    [
        ('hello,"На рахунку {summe:money}."', ":2:1: hello has the placeholders {summe:money}"),
        ("hello,На рахунку {sum:money", ":2:1: "),
        ("Hello,Привіт", ":2:1: a prompt's name is small letters"),
        ("long-one,Інший текст.", ":2: long-one: it has several lines in the file, from line 3 on"),
    ],
)
def test_a_wrong_table_writes_nothing(
    run: Run, menus: Path, tmp_path: Path, row: str, printed: str
) -> None:
    file = tmp_path / "uk.csv"
    file.write_text(f"prompt,uk\n{row}\n")
    done = run("prompts", "import", str(file), "--lang", "uk", "--menus", str(menus))
    assert done.exit_code == 1
    assert f"{file}{printed}" in done.stderr
    assert "nothing was written" in done.stderr
    assert (menus / "prompts" / "uk.yaml").read_text() == UK


def test_a_table_needs_its_columns_and_menus_of_ones_own(
    run: Run, state: State, menus: Path, tmp_path: Path
) -> None:
    file = tmp_path / "uk.csv"
    file.write_text("prompt,Ukrainian\nhello,Привіт\n")
    words = ("prompts", "import", str(file), "--lang", "uk")
    printed = run(*words, "--menus", str(menus)).stderr
    assert f"{file}:1: the first line must name the column uk once" in printed
    (state.directory / "firstline.toml").write_text("")
    assert "the shipped menus stay as they are: give --menus" in run(*words).stderr
