"""Where the store is."""

from msgspec import Struct

from ari_app.database_url import parsed, without_secrets


class DatabaseSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[database]"""

    url: str = ""

    def __post_init__(self) -> None:
        """What names no PostgreSQL database is refused; the error has nothing of it."""
        if self.url:
            parsed(self.url)

    def __repr__(self) -> str:
        return f"DatabaseSettings(url={without_secrets(self.url)!r})"
