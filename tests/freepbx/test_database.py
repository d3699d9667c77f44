"""The live database: its account, and what is said where it cannot be read."""

import sys
from pathlib import Path
from typing import Any

import pytest

from ari_app.freepbx import source
from ari_app.freepbx.database import account
from ari_app.freepbx.errors import SourceError
from tests.freepbx.companies import tables

CONF = """<?php
$amp_conf['AMPDBUSER'] = 'freepbxuser';
$amp_conf["AMPDBPASS"] = 'it\\'s "secret"';
$amp_conf['AMPDBHOST'] = '127.0.0.1';
$amp_conf['AMPDBPORT'] = '3307';
require_once '/var/www/html/admin/bootstrap.php';
"""


class RefusedError(Exception):
    """What the client raises."""


class Client:
    """The part of the client that is used, over the tables of the dump."""

    Error = RefusedError

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.closed = False
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[tuple[str]] = []

    def connect(self, **settings: Any) -> "Client":
        if settings["password"] != 'it\'s "secret"':
            raise RefusedError("access denied")
        self.asked = settings
        return self

    def cursor(self) -> "Client":
        return self

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        """A cursor is closed."""

    def execute(self, statement: str) -> None:
        found = tables()
        if statement == "SHOW TABLES":
            self._rows = [(name,) for name in (*found, "cdr")]
            return
        rows = found[statement.split("`")[1]]
        self.description = [(name,) for name in (rows[0] if rows else {})]
        self._rows = [
            tuple(
                each and each.encode() if name == "filename" else each for name, each in row.items()
            )
            for row in rows
        ]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def close(self) -> None:
        self.closed = True


def conf(tmp_path: Path, text: str = CONF) -> Path:
    """A `freepbx.conf`."""
    path = tmp_path / "freepbx.conf"
    path.write_text(text, "utf-8")
    return path


def test_the_account_is_read_as_php_writes_it() -> None:
    assert account(CONF) == {
        "AMPDBUSER": "freepbxuser",
        "AMPDBPASS": 'it\'s "secret"',
        "AMPDBHOST": "127.0.0.1",
        "AMPDBPORT": "3307",
    }


def test_the_database_gives_the_company_of_its_dump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    monkeypatch.setitem(sys.modules, "pymysql", client)
    found = source.read(conf(tmp_path), tmp_path).company
    assert len(found.ivrs) == 3
    assert found.ivrs["2"].announcement == ("custom/kupala-orders-1", "custom/kupala-orders-2")
    assert (client.asked["host"], client.asked["port"], client.closed) == ("127.0.0.1", 3307, True)


def test_why_the_database_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(SourceError, match=r"needs PyMySQL: `pip install 'firstline\[freepbx\]'`"):
        source.read(conf(tmp_path), tmp_path)
    monkeypatch.setitem(sys.modules, "pymysql", Client())
    with pytest.raises(SourceError, match="does not let us in: access denied"):
        source.read(conf(tmp_path, CONF.replace('"secret"', "")), tmp_path)
    with pytest.raises(SourceError, match="has no AMPDBUSER"):
        source.read(conf(tmp_path, "<?php\n"), tmp_path)
    with pytest.raises(SourceError, match="AMPDBPORT is 'x': write the number of a port"):
        source.read(conf(tmp_path, CONF.replace("3307", "x")), tmp_path)
