"""Search for subscribers by number, name, or words of their contacts.

The typed text is cut into words first, so no part of it is taken as a query.
"""

import re
import unicodedata
from functools import cache
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.store import history, name_words
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ivr.number_forms import bare, is_number
from ivr.speech import languages

_LEAST = 4
"""The least number of last digits to search for."""
_MOST = 8
"""The most words to search for; others are ignored."""
_LONGEST = 40
_READ = 500
"""The most characters that are read of the typed or pasted text."""
_CANDIDATES = 200
"""Subscribers that are ranked, of those that match alike."""
_READ_BACK = 1000
"""Of how many last contacts the words are looked at in a chronology."""
_CALLS_EACH = 5
"""How many contacts of one subscriber may match before another is missed."""

_WORD = re.compile(r"[^\W_]+")
_FOLDED = str.maketrans("ёЁ", "еЕ")
"""As in the indexes."""

_COLUMNS = ", ".join(f"subscribers.{c}" for c in ("id", "msisdn", "name", "area", "language"))

_ENDS = "substr(subscribers.msisdn, -4) = ? and subscribers.msisdn like '%' || ?"

By: TypeAlias = Literal["number", "name", "contacts"]


class Found(Struct, frozen=True):
    """A subscriber who was found, and ``by`` what; ``excerpt`` is the question that was found."""

    id: int
    msisdn: str
    name: str
    area: str
    language: str
    by: By
    excerpt: str = ""


def find(db: Database, text: str, limit: int) -> list[Found]:
    """Subscribers by number (or its last digits), name, or words of their contacts, each once: by
    number first, then by name, then by contacts: those with the whole words as they are typed, the
    newest first, then those with beginnings of them; else by names that sound alike.

    Contacts are not ranked: all matches would have to be read for that.
    """
    found: dict[int, Found] = {}
    for way in (_by_number, _by_name, _by_contacts):
        for one in way(db, text[:_READ], limit):
            found.setdefault(one.id, one)
        if len(found) >= limit:
            break
    if not found:
        return _by_sound(db, text[:_READ], limit)
    return list(found.values())[:limit]


def chronology(db: Database, subscriber: int, text: str, limit: int = 50) -> list[Contact]:
    """A subscriber's contacts with all of the words, the newest first; without words, all."""
    stems = _stems(text)
    if not stems:
        return [] if text.strip() else history.of_subscriber(db, subscriber, limit)
    last = history.of_subscriber(db, subscriber, _READ_BACK)
    return [one for one in last if _has(stems, one.question, one.solution, one.topic)][:limit]


def _by_number(db: Database, text: str, limit: int) -> list[Found]:
    """A number in any form is looked up before digits that it may end in."""
    digits = bare(text, db.numbers.code).removeprefix("+")
    whole = db.numbers.whole(text) or ""
    ending = digits if is_number(digits) and len(digits) >= _LEAST else ""
    tail = f"'' from subscribers where {_ENDS} order by length(msisdn), msisdn limit ?"
    ways = (_found(db, "number", tail, *_end(each), limit) for each in (whole, ending) if each)
    return next(filter(None, ways), [])


def _by_name(db: Database, text: str, limit: int) -> list[Found]:
    """A name may be followed by last digits of the number.

    Whole words of names go before beginnings of words, and these before other columns. Of very many
    that match alike some are found: to rank them all would take the longer the more there are.
    """
    words = _words(text)
    digits = "".join(word for word in words if word.isdecimal())
    named = [word for word in words if not word.isdecimal()] if len(digits) >= _LEAST else words
    if not named:
        return []
    if named != words:
        tail = f"'' from subscribers where {_ENDS} order by name, id limit ?"
        ending = _found(db, "name", tail, *_end(digits), _CANDIDATES)
        return [one for one in ending if _has(named, one.name, one.msisdn, one.area)]
    found: dict[int, Found] = {}
    for query in (f"name : ({_whole(named)})", f"name : ({_query(named)})", _query(named)):
        some = _found(
            db,
            "name",
            "'' from (select rowid from subscribers_words where subscribers_words match ? limit ?)"
            " as those join subscribers on subscribers.id = those.rowid",
            query,
            _CANDIDATES,
        )
        for one in sorted(some, key=lambda one: (one.name, one.id)):
            found.setdefault(one.id, one)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _by_sound(db: Database, text: str, limit: int) -> list[Found]:
    """Names that sound like what was typed: in the other alphabet, or with an error in a word."""
    typed = [word for word in _words(text) if not word.isdecimal()]
    ways = [name_words.alike(db, word) for word in typed]
    if not typed or not all(ways):
        return []
    any_of = (" OR ".join(f'"{word}"' for word in way) for way in ways)
    query = " AND ".join(f"({each})" for each in any_of)
    found = _found(
        db,
        "name",
        "'' from (select rowid from subscribers_words where subscribers_words match ? limit ?)"
        " as those join subscribers on subscribers.id = those.rowid",
        f"name : ({query})",
        _CANDIDATES,
    )

    def difference(one: Found) -> int:
        named = name_words.words(one.name)
        return sum(min((way[word] for word in named & way.keys()), default=9) for way in ways)

    return sorted(found, key=lambda one: (difference(one), one.name, one.id))[:limit]


def _by_contacts(db: Database, text: str, limit: int) -> list[Found]:
    """Whole words go before beginnings of words: all rows of a beginning are read, however many."""
    words = [word for word in _words(text) if len(word) > 1]  # one letter begins anything
    beginnings = [word for word in _stems(text) if len(word) > 1]
    found: dict[int, Found] = {}
    for query in (_whole(words), _query(beginnings)) if beginnings else ():
        some = _found(
            db,
            "contacts",
            "contacts.question from (select rowid from contacts_words where contacts_words match ?"
            " order by rowid desc limit ?) as newest join contacts on contacts.id = newest.rowid"
            " join subscribers on subscribers.id = contacts.subscriber order by at desc",
            query,
            limit * _CALLS_EACH,
        )
        for one in some:
            found.setdefault(one.id, one)
        if len(found) >= limit:
            break
    return list(found.values())


def _found(db: Database, by: By, tail: str, *values: object) -> list[Found]:
    rows = db.conn.execute(f"select {_COLUMNS}, {tail}", values)
    return [
        Found(id, msisdn, name, area, language, by, excerpt)
        for id, msisdn, name, area, language, excerpt in rows
    ]


def _end(digits: str) -> tuple[str, str]:
    return digits[-_LEAST:], digits


def _words(text: str) -> list[str]:
    return [word[:_LONGEST] for word in _WORD.findall(_folded(text[:_READ]))[:_MOST]]


@cache
def _endings() -> "re.Pattern[str]":
    """What changes at the end of words, in the languages that are shipped: связь, связи, связью."""
    every = dict.fromkeys(
        filter(None, (languages.language(each).stems for each in languages.shipped()))
    )
    return re.compile(rf"(?<=[^\W\d_]{{3}})(?:{'|'.join(every)})$")


def _stems(text: str) -> list[str]:
    return [_endings().sub("", word.lower()) for word in _words(text)]


def _has(words: list[str], *texts: str) -> bool:
    """Whether texts have all of the words, each as the beginning of a word."""
    there = [_bare(word) for word in _WORD.findall(_folded(" ".join(texts)))]
    return all(any(one.startswith(_bare(word)) for one in there) for word in words)


def _bare(word: str) -> str:
    """A word without case and accents, as the index has it."""
    plain = unicodedata.normalize("NFD", word.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_FOLDED)


def _whole(words: list[str]) -> str:
    """An FTS5 query: all of the words."""
    return " ".join(f'"{word}"' for word in words)


def _query(words: list[str]) -> str:
    """An FTS5 query: all of the words, each as a prefix."""
    return " ".join(f'"{word}"*' for word in words)
