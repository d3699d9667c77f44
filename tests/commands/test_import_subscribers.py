"""`firstline subscribers import`: all lines or none; mistakes are printed with their lines."""

import asyncio
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ari_app.config.state import State
from ari_app.control.live_feed import LiveFeed
from ari_app.control.server import serve_control
from ari_app.store import bulk_import, subscribers
from ari_app.store.db import Store
from ari_app.store.directory import Caller, Directory
from ari_app.store.open_database import open_reader
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from tests.commands.conftest import Run
from tests.commands.test_subscribers import proven
from tests.control.fake_handlers import handlers
from tests.operators import BELARUS

HEAD = "number;name;language;area"
EVA = "+375 29 123-45-67;Берёзкина Ева;be;Минск"
LEV = "375291234568;Громов Лев;ru;Брест"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def everyone(state: State) -> list[Subscriber]:
    with closing(open_reader(state.database, 5.0, BELARUS)) as db:
        return subscribers.page(db, 0, 10_000)


@contextmanager
def unchanged(state: State) -> Iterator[None]:
    before = everyone(state)
    yield
    assert everyone(state) == before


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [";", ","])
def test_a_list_is_read(
    demo: State, run: Run, csv: Path, start: str, end: str, separator: str
) -> None:
    lines = (HEAD, EVA, "", '375291234568;"Громов ""Лев""";ru;"Брест, 1"')
    text = end.join(lines).replace(";", separator)
    csv.write_bytes((start + text).encode())
    done = run("subscribers", "import", str(csv))
    assert done.stdout == "done: 2 added, 0 updated, 0 code words set\n"
    printed = [(one.msisdn, one.name, one.language, one.area) for one in everyone(demo)[50:]]
    assert printed == [
        ("375291234567", "Берёзкина Ева", "be", "Минск"),
        ("375291234568", 'Громов "Лев"', "ru", f"Брест{separator if separator == ',' else ','} 1"),
    ]


def test_code_words_are_hashed_and_right(demo: State, run: Run, csv: Path) -> None:
    csv.write_text(
        "Code-Word,number,name,language,area,birthday\n"
        "Жнівень,375990000001,Ева,be,Минск,1985-12-31\n"
        ",375990000002,Лев,ru,Минск,03.09.1957\n"
    )
    done = run("subscribers", "import", str(csv), "--update", "--by", "anna")
    assert done.stdout == "done: 0 added, 2 updated, 1 code words set\n"
    assert proven(demo, "Жнівень", "март") == [True, False]
    shown = run("subscribers", "show", "375990000001").stdout
    assert "Ева, be, Минск" in shown
    assert " by anna" in shown
    kept = b"".join(file.read_bytes() for file in demo.directory.glob("firstline.db*"))
    birthdays = ("1985-12-31", "03.09.1957", "1957-09-03", "31121985", "03091957")
    for secret in ("Жнівень", "жнівень", *birthdays):
        assert secret.encode() not in kept


def test_all_that_is_wrong_is_printed_with_its_line(demo: State, run: Run, csv: Path) -> None:
    csv.write_bytes(
        "\n".join(
            [
                f"{HEAD};birthday;code-word",
                f"{EVA};;жнівень",
                f"{EVA};;",
                "112;Ева;ru;Минск;;",
                "375291110001;Ева;fr;Минск;;",
                "375291110002;Ева;ru;Минск",
                "375291110003;Ева\r;ru;Минск;;",
                "375291110004;Е\u202eва;ru;;;",
                "375291110005;<script>;ru;Минск;;",
                '375291110006;"Ева;ru;Минск;;',
                "375291110007;Ева;ru;Минск;31.02.1985;",
                "375291110008;Ева;ru;Минск;2985-01-01;",
                "375291110009;Ева;ru;Минск;1957-09-03;0309",
                "375291110010;Пётр;ru;Минск;;пётр",
                "375291110011;Ева;ru;Минск;;1234",
                "375990000001;Ева;ru;Минск;;",
                f"375291110012;{'Е' * 201};kk;Минск;;",
                f"375291110013;{'Е' * 5000};ru;Минск;;",
                "375291110014;?;ru;Минск;;",
            ]
        )
        .encode()
        .replace(b"?", b"\xff")
    )
    with unchanged(demo):
        done = run("subscribers", "import", str(csv))
    assert done.exit_code == 1
    *printed, last = done.stderr.splitlines()
    expected = [
        (3, "number: it is in line 2, too — remove one"),
        (4, "number: 112 has 3 digits — write all 9 of them, as 375112XXXXXX"),
        (5, "language: it is unknown — write one of ru, be, en"),
        (6, "4 columns instead of 6 —"),
        (7, "a line break (CR) stands within it — take"),
        (8, "name: it has signs that cannot be seen"),
        (8, "area: it is empty — write it"),
        (9, "name: it has < or > — take them out"),
        (10, "its quotes are wrong — close each"),
        (11, "birthday: it is no day of a birth — write"),
        (12, "birthday: it is no day of a birth — write"),
        (13, "code-word: It looks like a year or a date of birth: use"),
        (14, "code-word: It contains the subscriber's name: take"),
        (15, "code-word: Its letters or keys only count up or down"),
        (16, "number: a subscriber has it already — remove the line, or give --update"),
        (17, "name: it is longer than 200 signs — shorten it"),
        (
            17,
            "language: callers are not served in kk — write one of ru, be, en, or add",
        ),
        (18, "longer than 4096 bytes — break"),
        (19, "it is not UTF-8 — save"),
    ]
    assert len(printed) == len(expected)
    for line, (number, text) in zip(printed, expected, strict=True):
        assert line.startswith(f"{csv}:{number}: {text}")
    assert last == "Error: 19 mistakes: nothing was written"
    for secret in ("0309", "пётр", "script", "\x1b", "\u202e", "1110001"):
        assert secret not in done.output


@pytest.mark.parametrize(
    ("content", "printed"),
    [
        (b"", ":1: the header is missing — begin with the line number;name;language;area"),
        (b"\n", ":1: the header is missing"),
        (HEAD.encode(), ":1: there is no subscriber below the header — write"),
        (LEV.encode(), ":1: the header has a column that is unknown — known: area, "),
        (b"number;nmae;language;area\n", "unknown — did you mean name?"),
        (b"number;name;language\n", ":1: the header must name area once"),
        (f"{HEAD};birthday;birthday\n".encode(), ":1: the header names a column twice"),
        (f"{HEAD}\n{LEV}".encode("utf-16"), ":1: it is not UTF-8 — save"),
        (f"{HEAD}\n{LEV}".encode("utf-16-le"), ":1: it is not UTF-8 — save"),
        (b"PK\x03\x04\x14\0", ":1: it is a workbook, not its CSV — save it as"),
        (b"\0" * 100_000, ":1: longer than 4096 bytes"),
    ],
)
def test_a_file_that_is_no_such_list(
    demo: State, run: Run, csv: Path, content: bytes, printed: str
) -> None:
    csv.write_bytes(content)
    with unchanged(demo):
        done = run("subscribers", "import", str(csv))
    assert done.exit_code == 1
    assert printed in done.stderr
    assert done.stderr.count("\n") == 2


def test_a_number_is_one_however_it_is_written_and_never_another(
    demo: State, run: Run, csv: Path
) -> None:
    """National numbers, spreadsheets' `.0`, no-break spaces; what is no number is refused."""
    same = ("375290000501.0", "290000501", "0290000501", "80290000501", "+375\u00a029 000-05-01")
    wrong = ("2000516", "375290000501.5", "3.75290000501E+11", "89161234567")
    rows = [f"{number};Пробный Один;ru;Минск" for number in (*same, *wrong)]
    csv.write_text("\n".join((HEAD, *rows)), "utf-8")
    with unchanged(demo):
        lines = run("subscribers", "import", str(csv)).output.splitlines()
    twice = [f"{csv}:{line}: number: it is in line 2, too — remove one" for line in (3, 4, 5, 6)]
    none = [f"{csv}:{line}: number: {number} " for line, number in enumerate(wrong, 7)]
    for line, expected in zip(lines, (*twice, *none), strict=False):
        assert line.startswith(expected)
    csv.write_text(f"{HEAD}\n{rows[0]}", "utf-8")
    assert run("subscribers", "import", str(csv)).exit_code == 0
    assert "375290000501" in [one.msisdn for one in everyone(demo)]


def test_what_spreadsheets_do_to_a_list_changes_nothing(demo: State, run: Run, csv: Path) -> None:
    """Tabs, a line that names the separator, rows that were emptied, texts as formulas."""
    rows = ("sep=\t", HEAD.upper(), '="290000501"\t"Пробный Один"\tRU\tМинск', "\t\t\t", "")
    csv.write_text("\r\n".join(rows).replace(";", "\t"), "utf-8")
    assert run("subscribers", "import", str(csv)).stdout.startswith("done: 1 added")
    *_, last = everyone(demo)
    assert (last.msisdn, last.name, last.language) == ("375290000501", "Пробный Один", "ru")


@pytest.mark.parametrize("lost", ["Ков\ufffdлёв", "??????? ????"])
def test_names_that_lost_letters_are_refused(demo: State, run: Run, csv: Path, lost: str) -> None:
    csv.write_text(f"{HEAD}\n290000501;{lost};ru;Минск", "utf-8")
    with unchanged(demo):
        assert "name: letters are lost" in run("subscribers", "import", str(csv)).stderr


@pytest.mark.parametrize("page", ["windows-1252", "windows-1251"])
def test_names_that_were_misread_are_refused(demo: State, run: Run, csv: Path, page: str) -> None:
    """What Excel makes of UTF-8 without a BOM; names with accents are names."""
    shown = (bytes([byte]).decode(page, "replace") for byte in "Ковалёв Пётр".encode())
    misread = "".join(sign.replace("\ufffd", "\x81") for sign in shown)
    right = ("Müller Jürgen", "Ćwikła Zoë", "Ні Лі", "Ельцин Ёж", "Ó Súilleabháin")
    rows = [f"29000053{n};{name};ru;Минск" for n, name in enumerate((misread, *right))]
    csv.write_text("\n".join((HEAD, *rows)), "utf-8")
    with unchanged(demo):
        done = run("subscribers", "import", str(csv))
    line, *more = done.output.splitlines()
    assert more == ["Error: 1 mistake: nothing was written"]
    assert line.startswith(f"{csv}:2: name: it is UTF-8 that was read as {page} — save")


def test_no_file_at_all(demo: State, run: Run, tmp_path: Path) -> None:
    assert demo.database.exists()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, printed in (
        (tmp_path, "is a directory"),
        (tmp_path / "none", "does not exist"),
        (pipe, "give a regular file"),
    ):
        done = run("subscribers", "import", str(path))
        assert done.exit_code == 2
        assert printed in done.stderr


def test_a_dry_run_writes_nothing(demo: State, run: Run, csv: Path) -> None:
    csv.write_text(f"{HEAD};code-word\n{EVA};жнівень\n375990000001;Лев;ru;Минск;\n")
    with unchanged(demo):
        done = run("subscribers", "import", str(csv), "--update", "--dry-run")
    printed = "would be done: 1 added, 1 updated, 1 code words set; nothing was written\n"
    assert (done.exit_code, done.stdout) == (0, printed)


def test_a_file_that_changes_meanwhile_is_refused(
    demo: State, run: Run, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv.write_text(f"{HEAD};code-word\n{EVA};жнівень\n")
    known = bulk_import.existing

    def changed(db: Database, numbers: Collection[str]) -> Mapping[str, tuple[str, str, str]]:
        csv.write_text(f"{HEAD};code-word\n{EVA};дождь\n")
        return known(db, numbers)

    monkeypatch.setattr(bulk_import, "existing", changed)
    with unchanged(demo):
        done = run("subscribers", "import", str(csv))
    assert done.exit_code == 1
    assert "was changed meanwhile: nothing was written" in done.stderr


async def test_a_running_application_knows_them_at_once(demo: State, run: Run, csv: Path) -> None:
    csv.write_text(f"{HEAD}\n{EVA}\n")
    store = await Store.open(demo.database, BELARUS)
    directory, refreshed = Directory(store), asyncio.Event()

    async def asked() -> None:
        refreshed.set()

    async with serve_control(demo.control, handlers(refresh=asked), LiveFeed()):
        done = await asyncio.to_thread(run, "subscribers", "import", str(csv))
    assert done.stderr == ""
    assert refreshed.is_set()
    assert await directory.caller("375291234567") == Caller(51, "be", "Минск")
    await store.close()
