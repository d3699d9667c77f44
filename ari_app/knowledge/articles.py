"""One article: Markdown after a head in YAML (`title`, `topics`, `languages`)."""

import re
from collections.abc import Collection, Iterator, Mapping

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from ivr.problems import near
from ivr.slips import first_tag

KEYS = ("title", "topics", "languages", "lesson")
LONGEST = 600
"""Characters of an article that is sent as a text."""
_ENDS = (".", "!", "?", ":", ";", "…")
_WORD = re.compile(r"[a-z][a-z0-9-]*")
_HEAD = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


ANSWERS = "answers/"
"""The directory of answers that agents insert, instead of articles that they read."""
PLACEHOLDERS = ("agent", "balance", "name", "number", "tariff", "today")
"""What an answer may have in braces: filled in from the card."""
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


class ArticleError(Exception):
    """An article cannot be read; the text says what to correct, and where."""


class Article(Struct, frozen=True):
    """An article: ``name`` is that of its file in the directory. It is about ``topics``, and in
    ``languages``; () is any."""

    name: str
    title: str
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    text: str
    lesson: str = ""
    """The word of the lesson in the menus that it is for subscribers, who may have it as a text."""

    @property
    def inserted(self) -> bool:
        """Whether it is an answer that agents insert."""
        return self.name.startswith(ANSWERS)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text of an answer with its placeholders filled in; what is not known is "…"."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "…", text)


def parse(name: str, text: str) -> Article:
    """The article of a file; raises :class:`ArticleError`."""
    found = _HEAD.match(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    if found is None:
        raise ArticleError(f"{name}:1: begin it with a line ---, title: …, and a line ---")
    try:
        head = yaml.load(found[1], Loader=yaml.BaseLoader)  # a loader that makes text alone
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise ArticleError(f"{name}:{line}: the head is no YAML: {error}") from error
    if tag := first_tag(name, f"\n{found[1]}"):
        raise ArticleError(str(tag))
    if not isinstance(head, dict):
        raise ArticleError(f"{name}:2: the head has no title: write title: …")
    for key in head.keys() - set(KEYS):
        raise ArticleError(f"{name}:2: the head has {key}: {near(str(key), KEYS)}")
    title = head.get("title", "")
    if not isinstance(title, str) or not title.strip():
        raise ArticleError(f"{name}:2: the head has no title: write title: …")
    body = text.replace("\r\n", "\n").removeprefix("\ufeff")[found.end() :].strip()
    if not body:
        raise ArticleError(f"{name}: it has no text after its head")
    lesson = head.get("lesson", "")
    if not isinstance(lesson, str) or (lesson and not _WORD.fullmatch(lesson)):
        raise ArticleError(f"{name}:2: lesson is one word of the menus, such as lesson: tv")
    return Article(
        *(name, title.strip(), _listed(head, "topics", name), _listed(head, "languages", name)),
        body,
        lesson,
    )


def faults(article: Article, topics: Collection[str], languages: Collection[str]) -> Iterator[str]:
    """What does not fit the site: topics and languages that it has not."""
    for given, known, what in (
        (article.topics, topics, "topic"),
        (article.languages, languages, "language"),
    ):
        for one in given:
            if one not in known:
                yield f"{article.name}:2: the site has no {what} {one}: {near(one, known)}"
    if article.lesson and (size := len(plain(article))) > LONGEST:
        yield f"{article.name}: a text of {size} characters is sent: write {LONGEST} at most"
    for name in _PLACEHOLDER.findall(article.text) if article.inserted else ():
        if name not in PLACEHOLDERS:
            yield f"{article.name}: nothing fills in {{{name}}}: {near(name, PLACEHOLDERS)}"


def plain(article: Article) -> str:
    """The text in one line without marks, as a message has it, with the addresses of links."""
    markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
    parts: list[str] = []
    for token in markdown.parse(article.text):
        if token.type == "inline":
            part = "".join(map(_said, token.children or ())).strip()
            parts.append(part if part.endswith(_ENDS) else f"{part}.")
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
    return " ".join(" ".join(parts).split())


def _said(token: Token) -> str:
    match token.type:
        case "text" | "code_inline":
            return token.content
        case "link_open":
            return f"{token.attrGet('href')} "
        case "softbreak" | "hardbreak":
            return " "
    return ""


def html(article: Article) -> str:
    """The text as HTML: without HTML of its own, without images, and with links in a new tab."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = markdown.parse(article.text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h5" if token.tag == "h1" else "h6"
        for inner in token.children or ():
            _open_elsewhere(inner)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _open_elsewhere(token: Token) -> None:
    if token.type == "link_open":
        token.attrSet("target", "_blank")
        token.attrSet("rel", "noopener noreferrer")


def _listed(head: dict[str, object], key: str, name: str) -> tuple[str, ...]:
    value = head.get(key, [])
    if isinstance(value, str):
        value = value.split(",") if value else []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ArticleError(f"{name}:2: {key} is a list, such as [internet, tv]")
    return tuple(one.strip() for one in value if one.strip())
