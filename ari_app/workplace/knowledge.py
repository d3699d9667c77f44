"""The knowledge base behind the desk's port."""

import asyncio
from collections.abc import Mapping, Sequence

from ari_app.desk.knowledge_port import ArticleFound, ArticleShown
from ari_app.knowledge import articles
from ari_app.knowledge.index import Library


class KnowledgeBase:
    """See :class:`ari_app.desk.knowledge_port.Knowledge`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @property
    def there(self) -> bool:
        """Whether the site has one."""
        return self._library.directory.is_dir()

    async def find(self, text: str, topic: str, language: str) -> Sequence[ArticleFound]:
        """Articles with all words of a text, or about a topic."""
        found = await asyncio.to_thread(self._library.find, text, topic, language)
        return [ArticleFound(one.name, one.title, one.topics) for one in found]

    async def answers(
        self, topic: str, language: str, values: Mapping[str, str]
    ) -> Sequence[tuple[str, str]]:
        """The answers that agents insert."""
        found = await asyncio.to_thread(self._library.answers, topic, language)
        return [(one.title, articles.filled(one.text, values)) for one in found]

    async def lesson(self, page: str, language: str) -> str:
        """The text of the article that is the lesson about something, for subscribers; "" if there
        is none in the language."""
        one = await asyncio.to_thread(self._library.lesson, page, language)
        return "" if one is None else articles.plain(one)

    async def article(self, name: str) -> ArticleShown | None:
        """An article with its text as HTML."""
        one = await asyncio.to_thread(self._library.article, name)
        return None if one is None else ArticleShown(one.title, articles.html(one))
