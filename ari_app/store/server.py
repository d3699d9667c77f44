"""Where a database is: a file of SQLite, or a PostgreSQL server that is named by a URL."""

from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

SCHEMES = ("postgresql://", "postgres://")


class Server(Struct, frozen=True):
    """A database of a PostgreSQL server; as text it is without its password."""

    url: str

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        if parts.password is None:
            return self.url
        return self.url.replace(f":{parts.password}@", ":***@", 1)

    def exists(self) -> bool:
        """A server is asked when it is used."""
        return True


Place: TypeAlias = Path | Server


def place(url: str, file: Path) -> Place:
    """The server that ``url`` names, or the file if it is ""."""
    return Server(url) if url else file


def named(text: str) -> Place:
    """The server or the file that a person names."""
    return Server(text) if text.startswith(SCHEMES) else Path(text)
