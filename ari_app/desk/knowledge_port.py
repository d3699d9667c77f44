"""The port of the knowledge base."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class ArticleFound(Struct, frozen=True):
    """An article of the knowledge base; ``name`` is that of its file."""

    name: str
    title: str
    topics: Sequence[str]


class ArticleShown(Struct, frozen=True):
    """An article to be read; ``html`` is safe."""

    title: str
    html: str


class Knowledge(Protocol):
    """The articles of the site."""

    @property
    def there(self) -> bool:
        """Whether the site has any."""

    async def find(self, text: str, topic: str, language: str) -> Sequence[ArticleFound]:
        """Articles with all words of a text; without words those about a topic."""

    async def answers(
        self, topic: str, language: str, values: Mapping[str, str]
    ) -> Sequence[tuple[str, str]]:
        """The answers that agents insert: titles, and texts with values filled in."""

    async def article(self, name: str) -> ArticleShown | None:
        """An article; None if there is none (any more)."""
