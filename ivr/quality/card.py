"""A score card: what supervisors answer about a conversation, and with which weight.

Each file of the site's directory is one. The names of questions are kept with the answers, so a
question whose meaning changes gets another name.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Words: TypeAlias = Annotated[
    Mapping[str, str], Meta(description="its words by language", min_length=1)
]
"""A text by language."""

Kind: TypeAlias = Literal["yes-no", "scale"]


class Question(Struct, frozen=True, kw_only=True):
    """A question: ``yes-no``, or a ``scale`` from 0 to ``best``. ``weight``: how much it counts
    beside the others. ``optional``: it may be answered with "does not apply". ``fatal``: with "no",
    or 0, the whole score is 0."""

    name: Annotated[str, Meta(description="one word, kept with the answers")]
    asks: Words
    kind: Kind = "yes-no"
    best: Annotated[int, Meta(ge=1, le=10)] = 5
    weight: Annotated[int, Meta(ge=1, le=100)] = 1
    optional: bool = False
    fatal: bool = False

    @property
    def marks(self) -> range:
        """The marks that may be given, from the worst one."""
        return range(2 if self.kind == "yes-no" else self.best + 1)


class Section(Struct, frozen=True, kw_only=True):
    """Questions that belong together."""

    title: Words
    questions: Annotated[tuple[Question, ...], Meta(description="a list of them", min_length=1)]


class ScoreCard(Struct, frozen=True, kw_only=True):
    """A score card. ``queues``: for calls of these, () for any. ``name``: of its file."""

    title: Words
    sections: Annotated[tuple[Section, ...], Meta(description="a list of them", min_length=1)]
    queues: tuple[str, ...] = ()
    name: str = ""

    @property
    def questions(self) -> Iterator[Question]:
        """The questions of all sections, in order."""
        return (question for section in self.sections for question in section.questions)

    def fits(self, queue: str) -> bool:
        """Whether it is for calls of a queue."""
        return not self.queues or queue in self.queues


def worded(words: Mapping[str, str], language: str) -> str:
    """A text in a language; where it is not there, in the first one."""
    return words.get(language) or next(iter(words.values()))
