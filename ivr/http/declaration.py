"""What the file of an ``http`` operation may say.

Fields are annotated as in :mod:`ivr.nodes`; the loader, the check and the schema read that.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from ivr.terms import Is, Kinds, Need, Prompt, Seconds, Switch, Times, Word

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

Path: TypeAlias = Annotated[str, Is.JMESPATH]
Templates: TypeAlias = Mapping[Annotated[str, Is.TEXT], Annotated[str, Is.TEMPLATE]]
Age: TypeAlias = Annotated[float, Meta(description="a time: 30s, 5m, 1h", ge=1, le=172_800)]
Rest: TypeAlias = Annotated[float, Meta(description="a time: 5s, 30s, 2m", ge=1, le=600)]
Length: TypeAlias = Annotated[int, Meta(description="a number from 1", ge=1, le=1000)]

Tree: TypeAlias = object
"""A body as it stands in the file: tables, lists, and scalars; texts are templates."""


class Source(Struct, frozen=True, kw_only=True):
    """Where a value of an outcome comes from."""


class MoneySource(Source, frozen=True, kw_only=True):
    """An amount, from a number or a text such as "12.50"."""

    money: Path
    currency: Annotated[
        str, Is.CURRENCY, Meta(description="USD, or a path to it; default: the operator's own")
    ] = ""


class CountSource(Source, frozen=True, kw_only=True):
    """A whole number from 0."""

    count: Path


class DigitsSource(Source, frozen=True, kw_only=True):
    """Digits that are said one by one; spaces, brackets and hyphens are dropped."""

    digits: Path


class WordSource(Source, frozen=True, kw_only=True):
    """A word to branch on, one of those that are listed."""

    word: Path
    one_of: Annotated[
        tuple[Annotated[str, Is.WORD], ...],
        Meta(description="all that it may be; any other is no answer", min_length=1),
    ]


class TextSource(Source, frozen=True, kw_only=True):
    """A text that is spoken as it is; markup and control characters are dropped."""

    text: Path
    longest: Annotated[Length, Meta(description="characters; what is more is cut off")] = 200


class NameSource(Source, frozen=True, kw_only=True):
    """A name: a text, or a table of language and text."""

    name: Path


class DaySource(Source, frozen=True, kw_only=True):
    """A day, from a text such as 2026-12-31, or a moment."""

    day: Path


class MomentSource(Source, frozen=True, kw_only=True):
    """A day and time, from ISO 8601 or seconds since 1970; without a zone it is the site's."""

    moment: Path


class EachSource(Source, frozen=True, kw_only=True):
    """A list; a value that is missing is an empty one."""

    each: Path
    of: Annotated[
        Mapping[Annotated[str, Is.WORD], Source],
        Meta(description="value of each row: where it comes from"),
    ]
    most: Annotated[Times, Meta(description="the most rows; more are dropped")] = 9


SOURCES: tuple[type[Source], ...] = (
    TextSource, NameSource, MoneySource, CountSource, DigitsSource, WordSource, DaySource,
    MomentSource, EachSource,
)  # fmt: skip


def source_kind(source: Source | type[Source]) -> str:
    """The key that names a kind of source in YAML, which is the kind of its value."""
    shape = source if isinstance(source, type) else type(source)
    return shape.__name__.removesuffix("Source").lower()


class Answer(Struct, frozen=True, kw_only=True):
    """When an answer has an outcome, and the values that it brings."""

    status: Annotated[
        tuple[Annotated[str, Is.STATUS], ...],
        Meta(description="a status such as 404, or 2xx; several: any of them", min_length=1),
    ] = ("2xx",)
    when: Annotated[Path, Meta(description="what must be so in the JSON, too")] = ""
    values: Annotated[
        Mapping[Annotated[str, Is.WORD], Source],
        Meta(description="value: where it comes from"),
    ] = {}


class HttpOperation(Struct, frozen=True, kw_only=True):
    """An operation that asks a back end over HTTP. ``file`` is the path it was read from."""

    operation: Annotated[str, Is.OPERATION_NAME, Meta(description="the name")]
    about: Annotated[str, Is.TEXT, Meta(description="what it does, in a sentence")] = ""
    label: Annotated[
        Mapping[Annotated[str, Is.SPOKEN_LANGUAGE], Annotated[str, Is.TEXT]],
        Meta(description="language: how agents see it at their desk"),
    ] = {}
    desk: Annotated[Switch, Meta(description="whether agents may use it at their desk")] = True
    cabinet: Annotated[
        Switch, Meta(description="whether subscribers may use it on their own pages, the cabinet")
    ] = False
    need: Annotated[Need, Meta(description="identity level that the caller needs")] = "none"
    inputs: Annotated[Kinds, Meta(description="input: its kind")] = {}
    method: Annotated[Method, Meta(description="GET changes nothing")] = "GET"
    url: Annotated[str, Is.URL]
    query: Annotated[Templates, Meta(description="parameter of the query: its value")] = {}
    headers: Annotated[Templates, Meta(description="header: its value")] = {}
    body: Annotated[Tree, Is.BODY] = None
    form: Annotated[Templates, Meta(description="field of a form, instead of a body")] = {}
    timeout: Annotated[Seconds, Meta(description="for all attempts; then it is unavailable")] = 3.0
    attempts: Annotated[int, Meta(description="how often it is tried, 1 to 5", ge=1, le=5)] = 1
    idempotency_key: Annotated[
        str, Is.HEADER, Meta(description="header of our key, by which the same is done once")
    ] = ""
    waiting: Annotated[Prompt, Meta(description="played before it, as it may take seconds")] = ""
    costs: Annotated[Switch, Meta(description="whether it costs the caller money")] = False
    charge: Annotated[Word, Meta(description="the input that is what it costs")] = ""
    cache: Annotated[Age, Meta(description="how long an answer serves again")] = 0.0
    old: Annotated[
        Age,
        Meta(description="how old an answer may be that serves, as the outcome old, for none"),
    ] = 0.0
    failures: Annotated[Times, Meta(description="failures in a row before it is left alone")] = 5
    pause: Annotated[Rest, Meta(description="how long it is left alone then")] = 30.0
    tls: Annotated[
        str, Is.WORD, Meta(description="the certificate of [tls.NAME] of the settings")
    ] = ""
    answers: Annotated[
        Mapping[Annotated[str, Is.WORD], Answer],
        Meta(description="outcome: when it is that; the first that fits counts"),
    ]
    file: str = ""
