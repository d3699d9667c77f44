"""The words of subscribers' names, so that one is found in spite of a typing error or the other
alphabet.

Each word is kept with its sound: the word in plain Latin letters, alike for all usual ways to
write a name. A word with one error (a letter more, less, another one, or two exchanged) has in
common with the right one either the sound or what is left of it without a letter, which is looked
up: so it takes the same time however many words there are (W. Garbe, "1000x Faster Spelling
Correction", 2012).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from ari_app.store.sqlite import Database

_LEAST = 4
"""The least number of letters of a sound in which errors are forgiven."""
_LONGEST = 30
"""Letters of a sound that count."""
_BEGINNINGS = 20
"""Words that begin alike, at most."""
_ALIKE = 40
"""Words that are looked at, at most."""

_WORD = re.compile(r"[^\W\d_]+")

_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "ғ": "g", "д": "d", "е": "e", "є": "e",
        "ж": "zh", "з": "z", "и": "i", "і": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n",
        "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ү": "u",
        "ұ": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
        "ъ": "", "ы": "y", "ь": "", "э": "e", "ә": "a", "ю": "yu", "я": "ya", "ł": "l", "ß": "ss",
        "ø": "o", "æ": "e", "đ": "d",
    }
)  # fmt: skip
"""Letters of other alphabets, after their marks were taken off (ё, й, ї, ў)."""

_ALIKE_LETTERS = (
    ("shch", "sh"), ("tsch", "ch"), ("sch", "sh"), ("sz", "sh"), ("cz", "ch"), ("kh", "h"),
    ("ph", "f"), ("ts", "c"), ("tz", "c"), ("ck", "k"), ("x", "ks"), ("q", "k"), ("w", "v"),
    ("y", "i"), ("j", "i"), ("io", "e"), ("ie", "e"),
)  # fmt: skip
"""Ways to write one sound, in this order."""


def words(name: str) -> frozenset[str]:
    """The words of a name, without case and marks."""
    return frozenset(_WORD.findall(_bare(name)))


def sound(word: str) -> str:
    """A word in plain Latin letters: щукин, Shchukin and Schukin are the same."""
    text = _bare(word).translate(_LATIN)
    for written, plain in _ALIKE_LETTERS:
        text = text.replace(written, plain)
    return re.sub(r"(.)\1+", r"\1", text)[:_LONGEST]


def learn(db: Database, names: Iterable[str]) -> None:
    """Keep the words of names; those that are known cost a look."""
    for word in sorted(frozenset().union(*map(words, names))):
        plain = sound(word)
        done = db.conn.execute(
            "insert into name_words (word, sound) values (?, ?) on conflict do nothing",
            (word, plain),
        )
        if done.rowcount:
            db.conn.executemany(
                "insert into name_errors (form, word) values (?, ?) on conflict do nothing",
                [(form, word) for form in _shorter(plain)],
            )


def forget(db: Database, name: str) -> None:
    """Drop the words of a name that no subscriber has any more."""
    for word in words(name):
        there = db.conn.execute(
            "select 1 from subscribers_words where subscribers_words match ? limit 1",
            (f'name : "{word}"',),
        )
        if there.fetchone() is None:
            db.conn.execute("delete from name_words where word = ?", (word,))
            forms = _shorter(sound(word))
            db.conn.executemany(
                "delete from name_errors where form = ? and word = ?",
                [(form, word) for form in forms],
            )


def alike(db: Database, typed: str) -> Mapping[str, int]:
    """The words that sound like a typed one, or begin so, each with how different it is: 0 is the
    same sound, 1 one that begins so, 2 one error."""
    plain = sound(typed)
    if not plain:
        return {}
    found: dict[str, int] = {}
    same = db.conn.execute("select word from name_words where sound = ? limit ?", (plain, _ALIKE))
    found.update((word, 0) for (word,) in same)
    if len(plain) >= _LEAST - 1:
        longer = db.conn.execute(
            "select word from name_words where sound > ? and sound < ? limit ?",
            (plain, plain + "\U0010ffff", _BEGINNINGS),
        )
        for (word,) in longer:
            found.setdefault(word, 1)
    if len(plain) >= _LEAST:
        for word in _with_error(db, plain):
            found.setdefault(word, 2)
    return found


def _with_error(db: Database, plain: str) -> Iterator[str]:
    """The words whose sound is a typed one with one error."""
    forms = sorted({plain, *_shorter(plain)})
    marks = ", ".join("?" * len(forms))
    rows = db.conn.execute(
        f"select word, sound from name_words where sound in ({marks})"
        " union select word, sound from name_words where word in"
        f" (select word from name_errors where form in ({marks}) limit ?)",
        (*forms, *forms, 10 * _ALIKE),
    )
    yield from (word for word, other in rows if _one_error(plain, other))


def _shorter(plain: str) -> frozenset[str]:
    """A sound without one of its letters, for all of them."""
    if len(plain) < _LEAST:
        return frozenset()
    return frozenset(plain[:at] + plain[at + 1 :] for at in range(len(plain)))


def _one_error(one: str, other: str) -> bool:
    """Whether one error leads from one to the other."""
    if one == other:
        return True
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return abs(len(one) - len(other)) == 1
    rest, others = one[at:], other[at:]
    exchanged = rest[:2] == others[1::-1] and rest[2:] == others[2:] and len(others) > 1
    return exchanged or rest[1:] in (others, others[1:]) or rest == others[1:]


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
