"""All articles of a directory, searched by words. Blocks: not for the event loop."""

import logging
import re
import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path
from threading import Lock

from ari_app.knowledge.articles import Article, ArticleError, parse

log = logging.getLogger(__name__)

LARGEST = 1_000_000
"""Bytes of an article."""


class Library:
    """The articles of a directory and of those in it, read again when a file changed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = Lock()
        self._files: Mapping[Path, tuple[int, int]] = {}
        self._articles: dict[str, Article] = {}
        self._words = _index(())

    def find(self, text: str, topic: str, language: str, limit: int = 12) -> list[Article]:
        """The articles with all words of a text, the likeliest first; without words those about a
        topic. Those in other languages come last."""
        with self._lock:
            self._refresh()
            found = self._matching(text) if text.strip() else self._about(topic)
        foreign = [one for one in found if one.languages and language not in one.languages]
        return [*(one for one in found if one not in foreign), *foreign][:limit]

    def answers(self, topic: str, language: str) -> list[Article]:
        """The answers in a language that agents insert: about a topic first, then the others."""
        with self._lock:
            self._refresh()
            found = [
                one
                for one in self._articles.values()
                if one.inserted and language in (one.languages or (language,))
            ]
        return sorted(found, key=lambda one: (topic not in one.topics, one.title))

    def lesson(self, page: str, language: str) -> Article | None:
        """The article for subscribers about something, in a language; None if there is none."""
        with self._lock:
            self._refresh()
            found = (one for one in self._articles.values() if one.lesson == page)
            return next((one for one in found if language in (one.languages or (language,))), None)

    def lessons(self, language: str) -> list[Article]:
        """The articles for subscribers in a language, by title; the first one about something is
        that which :meth:`lesson` finds."""
        with self._lock:
            self._refresh()
            found: dict[str, Article] = {}
            for one in self._articles.values():
                if one.lesson and language in (one.languages or (language,)):
                    found.setdefault(one.lesson, one)
        return sorted(found.values(), key=lambda one: one.title)

    def article(self, name: str) -> Article | None:
        """The article of a file; None if there is none (any more)."""
        with self._lock:
            self._refresh()
            return self._articles.get(name)

    def _refresh(self) -> None:
        files = found(self.directory)
        if files == self._files:
            return
        self._files, articles, faults = files, *read(self.directory, files)
        for fault in faults:
            log.error("an article is left out: %s; see firstline knowledge check", fault)
        self._articles = {one.name: one for one in articles}
        self._words.close()
        self._words = _index([one for one in articles if not one.inserted])

    def _matching(self, text: str) -> list[Article]:
        words = re.findall(r"\w+", _folded(text))
        wanted = " ".join(f'"{word}"*' for word in words)
        if not wanted:
            return []
        rows = self._words.execute(
            "select name from words where words match ? order by bm25(words, 0, 8, 4, 1)", (wanted,)
        )
        return [self._articles[name] for (name,) in rows]

    def _about(self, topic: str) -> list[Article]:
        read = (one for one in self._articles.values() if not one.inserted)
        about = (one for one in read if topic and topic in one.topics)
        return sorted(about, key=lambda one: (len(one.topics), one.title))


def found(directory: Path) -> Mapping[Path, tuple[int, int]]:
    """The files of a directory that are articles, each with what changes with it."""
    files = {}
    for file in sorted(directory.rglob("*.md")):
        try:
            stat = file.stat()
        except OSError:  # removed meanwhile
            continue
        if not any(part.startswith(".") for part in file.relative_to(directory).parts):
            files[file] = (stat.st_mtime_ns, stat.st_size)
    return files


def read(directory: Path, files: Collection[Path]) -> tuple[list[Article], list[str]]:
    """The articles of files, and why others are none."""
    articles, faults = [], []
    for file in files:
        name = str(file.relative_to(directory))
        try:
            if file.stat().st_size > LARGEST:
                raise ArticleError(f"{name}: it has more than {LARGEST} bytes: divide it")
            articles.append(parse(name, file.read_text("utf-8")))
        except ArticleError as error:
            faults.append(str(error))
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{name}: {error}: save it as UTF-8 where Firstline may read it")
    return articles, faults


def _index(articles: Collection[Article]) -> sqlite3.Connection:
    words = sqlite3.connect(":memory:", check_same_thread=False)
    words.execute(
        "create virtual table words using fts5 (name unindexed, title, topics, text,"
        " tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
    )
    words.executemany(
        "insert into words values (?, ?, ?, ?)",
        [
            (one.name, _folded(one.title), " ".join(one.topics), _folded(one.text))
            for one in articles
        ],
    )
    return words


def _folded(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")
