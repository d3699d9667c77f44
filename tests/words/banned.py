"""The words that docs/glossary.md rules out, and where they stand in a file.

What is read of a file: the words of its path; of Python and JavaScript the identifiers (split at
underscores and capitals), comments, docstrings and sentences in strings. The name of a test is a
sentence. A string without a space is data (`"told"` is a tag that is stored), and so are SQL and
what stands in backquotes. Of Markdown: the prose, without code.
"""

import io
import itertools
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.docs.markdown import ROOT, code, section, tables

GLOSSARY = ROOT / "docs" / "glossary.md"
ALLOWED = Path(__file__).with_name("allowed.txt")
READ = ("ivr", "prompts", "asterisk_conf", "ari_app", "tests", "docs")
SUFFIXES = (".py", ".js", ".md")
SCRIPTS = ("firstline", "test", ".ci/run", ".ci/lock")
"""Of shell: every line, as a sentence."""
UNREAD = (
    *("tests/words/", "docs/glossary.md", "tests/desk/golden/"),
    *("ari_app/desk/static/phone/jssip.js", "ari_app/desk/static/chart/uplot.js"),  # of others
)

NAMES_ONLY = frozenset(("bell", "house", "once"))
"""Plain English in a sentence, but not as the name of a thing."""

EXCEPTIONS = re.compile(
    r"in flight|house rules|noise floor|(tell|tells|told|telling) ([\w, ]+ )?apart"
    r"|\b(un)?told: [\w-]+",
    re.IGNORECASE,
)
"""Where the field itself says one of the words; and the YAML keys `told` of an announcement and
`untold` of a test, which are published."""

_SQL = re.compile(r"\W*(select|insert|update|delete|create|alter|drop|with|begin|pragma)\b")
_SENTENCES = re.compile(
    r'''("""|\'\'\').*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*''', re.DOTALL
)
"""The strings and comments of Python."""
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`]*`|\]\([^)]*\)|<!--.*?-->", re.DOTALL)
_QUOTED = re.compile(r"(``?)[\w-]+\1")
_SCRIPT = re.compile(r"//(?P<line>.*)|/\*(?P<block>.*?)\*/|(?P<name>[A-Za-z_]\w*)", re.DOTALL)


class Hit(NamedTuple):
    """A banned word, at a line of a file, and what to write instead."""

    line: int
    word: str
    instead: str


def banned() -> dict[str, str]:
    """Word -> what to write instead, from the table of the glossary."""
    rows = tables(section(GLOSSARY.read_text("utf-8"), "Words that we do not use"))[0]
    return {word: instead for words, instead, *_ in rows for word in code(words)}


def files() -> Iterator[Path]:
    """All files that are read, sorted."""
    inside = (file for name in READ for file in (ROOT / name).rglob("*"))
    scripts = {ROOT / name for name in SCRIPTS}
    for file in sorted({*inside, *ROOT.glob("*.md"), *scripts}):
        name = file.relative_to(ROOT).as_posix()
        if file in scripts or (file.suffix in SUFFIXES and not name.startswith(UNREAD)):
            yield file


def found(name: str, text: str, words: Mapping[str, str]) -> list[Hit]:
    """The banned words in a file's name and text, in order."""
    hits = [Hit(0, word, words[word]) for word in _split(name.rpartition(".")[0]) if word in words]
    if not _may_stand(text, words, python=name.endswith(".py")):
        return hits  # most files have none, and to read one token by token takes long
    for line, said, is_name in _read(name, text):
        hits += [Hit(line, word, words[word]) for word in _matches(said, is_name, words)]
    return hits


def _may_stand(text: str, words: Mapping[str, str], *, python: bool) -> bool:
    """Whether a word may stand in a text: some stand only in data. Those that are banned as names
    alone are looked for in what is left of a program without its strings and comments."""
    parts = _split(text)
    names = NAMES_ONLY.intersection(words, parts)
    if names:
        parts = [part for part in parts if part not in NAMES_ONLY]
    if not words.keys().isdisjoint(parts):
        return True
    if any(f"{one} {other}" in words for one, other in itertools.pairwise(parts)):
        return True
    return bool(names) and not names.isdisjoint(
        _split(_SENTENCES.sub(" ", text) if python else text)
    )


def count() -> dict[str, int]:
    """File -> how many banned words stand in it; files with none are left out."""
    words = banned()
    hits = {
        file.relative_to(ROOT).as_posix(): len(
            found(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"), words)
        )
        for file in files()
    }
    return {name: number for name, number in hits.items() if number}


def allowed() -> dict[str, int]:
    """File -> how many may still stand in it."""
    rows = (line.rpartition(" ") for line in ALLOWED.read_text("utf-8").splitlines())
    return {name: int(number) for name, _, number in rows}


def lowered(old: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """The new list: no file gets more than it had. A file that was renamed takes what its old name
    had: together, new names may have no more than vanished ones. :class:`ValueError` otherwise."""
    more = [name for name in now if name in old and now[name] > old[name]]
    renamed = sum(number for name, number in now.items() if name not in old)
    if more or renamed > sum(number for name, number in old.items() if name not in now):
        raise ValueError(", ".join(more or (name for name in now if name not in old)))
    return dict(now)


def _read(name: str, text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, what is said there, and whether it is a name rather than a sentence."""
    if name.endswith(".md"):
        blank = _FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)
        prose = _INLINE.sub(lambda span: " " + "\n" * span[0].count("\n"), blank)
        yield from ((at, line, False) for at, line in enumerate(prose.split("\n"), 1))
    elif name.endswith(".js"):
        for each in _SCRIPT.finditer(text):
            line = text.count("\n", 0, each.start()) + 1
            yield line, each["name"] or each["line"] or each["block"] or "", bool(each["name"])
    elif name.endswith(".py"):
        yield from _read_python(text)
    else:
        yield from ((at, line, False) for at, line in enumerate(text.split("\n"), 1))


def _read_python(text: str) -> Iterator[tuple[int, str, bool]]:
    sql = False  # also of the strings that continue one
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        said, line = token.string, token.start[0]
        if token.type == tokenize.STRING:
            said = said.lstrip("rfbuRFBU")
            sql = sql or bool(_SQL.match(said))
            if not sql and re.search(r"\s", said):
                yield from ((line + at, one, False) for at, one in enumerate(said.split("\n")))
        elif token.type == tokenize.COMMENT:
            yield line, said, False
        elif token.type != tokenize.NL:
            sql = False
            if token.type == tokenize.NAME:
                is_test = said.startswith("test_")
                yield line, said.replace("_", " ") if is_test else said, not is_test


def _matches(said: str, is_name: bool, words: Mapping[str, str]) -> Iterator[str]:
    if is_name:
        yield from (word for word in _split(said) if word in words)
        return
    spoken = EXCEPTIONS.sub(" ", _QUOTED.sub(" ", said))
    parts = [word for word in _split(spoken) if word not in NAMES_ONLY]
    yield from (word for word in parts if word in words)
    pairs = (" ".join(pair) for pair in itertools.pairwise(parts))
    yield from (pair for pair in pairs if pair in words)


def _split(text: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(text)]
