"""Where the store is."""

from msgspec import Struct


class DatabaseSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[database]"""

    url: str = ""

    def __post_init__(self) -> None:
        """What is not PostgreSQL is refused."""
        if self.url and not self.url.startswith(("postgresql://", "postgres://")):
            raise ValueError('url: a database server is named as "postgresql://USER@HOST/NAME"')
