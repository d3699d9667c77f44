"""A live database of FreePBX, by the account in its `freepbx.conf`."""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.tables import WANTED, Row, Tables

MOST_ROWS: Final = 200_000
SOCKET: Final = "/run/mysqld/mysqld.sock"

_PHP: Final = re.compile(r"""\$amp_conf\[['"](\w+)['"]\]\s*=\s*(['"])((?:\\.|(?!\2).)*)\2\s*;""")


def account(text: str) -> Mapping[str, str]:
    """The settings in `freepbx.conf`: ``$amp_conf['AMPDBUSER'] = '…';``."""
    return {found[1]: re.sub(r"\\(.)", r"\1", found[3]) for found in _PHP.finditer(text)}


def tables(path: Path) -> Tables:
    """The rows of the database that a `freepbx.conf` names. Blocks.

    Raises :class:`SourceError` where there is no account, no client library, or no answer.
    """
    found = account(path.read_text("utf-8", "replace"))
    missing = [key for key in ("AMPDBUSER", "AMPDBPASS") if key not in found]
    if missing:
        raise SourceError(f"{path} has no {missing[0]}: name FreePBX's own freepbx.conf")
    port = found.get("AMPDBPORT") or "3306"
    if not port.isdecimal():
        raise SourceError(f"{path}: AMPDBPORT is {port!r}: write the number of a port")
    client = _client()
    host = found.get("AMPDBHOST", "localhost")
    local = host == "localhost" and Path(SOCKET).exists()
    try:
        connection = client.connect(
            user=found["AMPDBUSER"],
            password=found["AMPDBPASS"],
            database=found.get("AMPDBNAME", "asterisk"),
            host=host,
            port=int(port),
            unix_socket=found.get("AMPDBSOCK") or (SOCKET if local else None),
            charset="utf8mb4",
            connect_timeout=5,
            read_timeout=60,
        )
    except (client.Error, ValueError, OSError) as error:
        raise SourceError(f"the database does not let us in: {error}") from error
    try:
        return _rows(connection)
    except client.Error as error:
        raise SourceError(f"the database cannot be read: {error}") from error
    finally:
        connection.close()


def _client() -> Any:
    try:
        return import_module("pymysql")
    except ImportError:
        text = "a live database needs PyMySQL: `pip install 'firstline[freepbx]'`; or dump it with"
        raise SourceError(f"{text} `mysqldump asterisk > freepbx.sql`, and import that") from None


def _rows(connection: Any) -> Tables:
    found: dict[str, list[Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        present = {str(row[0]) for row in cursor.fetchall()}
        for table in sorted(WANTED & present):
            cursor.execute(f"SELECT * FROM `{table}` LIMIT {MOST_ROWS}")
            names = [column[0] for column in cursor.description]
            found[table] = [
                dict(zip(names, map(_text, row), strict=True)) for row in cursor.fetchall()
            ]
    return found


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
