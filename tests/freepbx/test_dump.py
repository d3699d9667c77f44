"""SQL dumps of all kinds, and those that are cut, hostile or of another character set."""

import io
import tracemalloc
from typing import BinaryIO, cast

import pytest

from ari_app.freepbx import dump
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.tables import WANTED, Tables, company
from ari_app.freepbx.texts import said
from tests.freepbx.companies import DUMP, tables

TABLE = "CREATE TABLE `miscdests` (\n  `id` int(11) NOT NULL,\n  `destdial` varchar(9),\n"
KEY = "  PRIMARY KEY (`id`),\n  KEY `k` (`destdial`)\n) ENGINE=InnoDB;\n"


def read(sql: str | bytes) -> Tables:
    """The wanted tables of a dump."""
    data = sql.encode() if isinstance(sql, str) else sql
    return dump.tables(io.BytesIO(data), WANTED)


def rows(values: str, head: str = TABLE + KEY) -> list[tuple[str | None, ...]]:
    """The rows of an INSERT."""
    found = read(f"{head}INSERT INTO `miscdests` {values};\n")
    return [tuple(row.values()) for row in found["miscdests"]]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (r"VALUES (1,'it\'s'),(2,NULL)", [("1", "it's"), ("2", None)]),
        ("VALUES (1,'it''s'),\n(2,'a;b')", [("1", "it's"), ("2", "a;b")]),
        (r"VALUES (1,'a\\'),(2,'\n')", [("1", "a\\"), ("2", "\n")]),
        ("(`destdial`,`id`) VALUES ('x',7)", [("x", "7")]),
        ("VALUES (1,0x6869),(2,_binary 'hi')", [("1", "hi"), ("2", "hi")]),
        ("VALUES (-1,'-- no comment')", [("-1", "-- no comment")]),
        ("VALUES (1,'/* no comment')", [("1", "/* no comment")]),
        ('VALUES (1,"don\'t")', [("1", "don't")]),
    ],
)
def test_values_are_read_as_databases_write_them(
    values: str, found: list[tuple[str | None, ...]]
) -> None:
    assert rows(values) == found


def test_each_row_may_have_an_insert_of_its_own() -> None:
    assert rows("VALUES (1,'a');\nINSERT INTO `miscdests` VALUES (2,'b')") == [
        ("1", "a"),
        ("2", "b"),
    ]


def test_other_tables_are_passed_over_whatever_is_in_them() -> None:
    other = "INSERT INTO `cdr` VALUES ('it\\'s; INSERT INTO `miscdests` VALUES (9,''x'')',0x00);\n"
    found = read(f"{TABLE}{KEY}{other}INSERT INTO `miscdests` VALUES (1,'a');\n")
    assert found["miscdests"] == [{"id": "1", "destdial": "a"}]


def test_the_order_of_columns_is_that_of_the_dump() -> None:
    head = "CREATE TABLE `miscdests` (`destdial` varchar(9), `id` enum('a,b','c)') NOT NULL);\n"
    assert read(head + "INSERT INTO `miscdests` VALUES ('x',7);\n")["miscdests"] == [
        {"destdial": "x", "id": "7"}
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 4096])
def test_pieces_of_any_size_give_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tables()
    monkeypatch.setattr(dump, "PIECE", size if size > 3 else size * 1024 + 1)
    assert tables() == whole


def test_a_dump_that_is_cut_anywhere_is_refused() -> None:
    sql = DUMP.read_bytes()
    for length in range(400, len(sql) - 40, 997):
        with pytest.raises(SourceError, match="cut"):
            read(sql[:length])


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("hello", "this is no SQL dump|the dump is cut"),
        ("", "this is no SQL dump"),
        ("\0\1\2\3;" * 9, "this is no SQL dump"),
        ("\0".join("INSERT INTO"), "it has zero bytes, as UTF-16"),
        ("INSERT INTO `miscdests` VALUES (1,'a');", "no CREATE TABLE before it"),
        (TABLE + KEY + "INSERT INTO `miscdests` VALUES (1);", "1 values for 2 columns"),
        (TABLE + KEY + "INSERT INTO `miscdests` VALUES (1,SLEEP(9));", "where a value stands"),
        (TABLE + KEY + "INSERT INTO `miscdests` SELECT 1;", "has no VALUES"),
    ],
)
def test_what_is_no_dump_is_refused_with_the_reason(sql: str, text: str) -> None:
    with pytest.raises(SourceError, match=text):
        read(sql)


def test_other_tables_than_those_of_freepbx_are_named() -> None:
    with pytest.raises(SourceError, match="no tables of FreePBX"):
        company(read(TABLE + KEY))


def test_a_large_dump_needs_little_memory() -> None:
    row = b"('2026-11-29 03:20:00','\"A\" <375291112233>','it\\'s','2700000',12,NULL),\n"
    many = b"INSERT INTO `cdr` VALUES\n" + row * 150_000 + b"('','','','',0,NULL);\n"
    assert len(many) > 10 << 20
    tracemalloc.start()
    try:
        file = cast("BinaryIO", _Joined(many, DUMP.read_bytes()))
        found = dump.tables(file, WANTED)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == tables()
    assert most < 8 << 20


class _Joined(io.RawIOBase):
    """Two texts as one file, without a third copy of them."""

    def __init__(self, *parts: bytes) -> None:
        self._files = [io.BytesIO(part) for part in parts]

    def read(self, size: int = -1) -> bytes:
        return next((piece for file in self._files if (piece := file.read(size))), b"")


@pytest.mark.parametrize(
    ("names", "codec"),
    [("utf8mb4", "utf-8"), ("utf8", "utf-8"), ("cp1251", "cp1251"), ("koi8r", "koi8-r")],
)
def test_names_are_in_the_character_set_of_the_dump(names: str, codec: str) -> None:
    sql = f"/*!40101 SET NAMES {names} */;\n{TABLE}{KEY}INSERT INTO `miscdests` VALUES (1,'Минск');"
    assert read(sql.encode(codec))["miscdests"][0]["destdial"] == "Минск"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Orders &amp; the baker&#039;s", "Orders & the baker's"),
        ("Минск".encode().decode("latin-1"), "Минск"),
        ("Café", "Café"),
        ("two\nlines\x00", "two lines"),
        (None, ""),
    ],
)
def test_names_are_repaired(written: str | None, meant: str) -> None:
    assert said(written) == meant
