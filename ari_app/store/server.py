"""Where a database is: a file of SQLite, or a PostgreSQL server that is named by a URL."""

from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from ari_app.database_url import SCHEMES, parsed, without_secrets


class Server(Struct, frozen=True):
    """A database of a PostgreSQL server; as text it has no secret."""

    url: str

    def __str__(self) -> str:
        return without_secrets(self.url)

    def __repr__(self) -> str:
        return f"Server({str(self)!r})"

    def exists(self) -> bool:
        """A server is asked when it is used."""
        return True

    def without_secrets(self, text: str) -> str:
        """A message without what only the URL should have."""
        try:
            parts = parsed(self.url)
        except ValueError:
            return "the url cannot be read"
        for name, value in parts.items():
            if value and "password" in name:
                text = text.replace(value, "***")
        return text.replace(self.url, str(self))


Place: TypeAlias = Path | Server


def place(url: str, file: Path) -> Place:
    """The server that ``url`` names, or the file if it is ""."""
    return Server(url) if url else file


def named(text: str) -> Place:
    """The server or the file that a person names."""
    return Server(text) if text.startswith(SCHEMES) else Path(text)
