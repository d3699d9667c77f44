"""What a score is: the definitions, in one place.

- The **part** of an answer is its mark over the best mark, from 0 to 1; "yes" is 1.
- The **score** of a conversation is the mean of the parts, weighted by the weights of their
  questions. Questions that do not apply do not count.
- It is 0 if the part of a question is 0 that is ``fatal``.
- The **spread** of a question among several who answered is their highest part less the lowest.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ivr.quality.card import Question, ScoreCard


class Answer(Struct, frozen=True):
    """An answer: the ``mark``, None where the question does not apply, and a ``note`` on it."""

    mark: int | None
    note: str = ""


Answers = Mapping[str, Answer]
"""By the names of questions."""


class Scored(Struct, frozen=True):
    """``share``: the score, 0 to 1, None where no question applies. ``failed``: the fatal questions
    that were answered with 0."""

    share: float | None
    failed: tuple[str, ...] = ()


class Difference(Struct, frozen=True):
    """A question that several answered: their parts in order, None where it does not apply;
    ``spread`` is None where fewer than two gave a mark. ``applies``: whether they agree that it
    applies, or that it does not."""

    question: str
    parts: tuple[float | None, ...]
    spread: float | None
    applies: bool


def part(question: Question, answer: Answer) -> float | None:
    """The part of the best mark, 0 to 1; None where the question does not apply."""
    return None if answer.mark is None else answer.mark / question.marks[-1]


def faults(card: ScoreCard, answers: Answers) -> list[str]:
    """The questions that are not answered, or with what is no answer to them."""
    found = []
    for question in card.questions:
        answer = answers.get(question.name)
        if answer is None or (
            not question.optional if answer.mark is None else answer.mark not in question.marks
        ):
            found.append(question.name)
    return found


def scored(card: ScoreCard, answers: Answers) -> Scored:
    """The score of a conversation, whose questions are all answered."""
    parts = [(one, part(one, answers[one.name])) for one in card.questions]
    given = [(one, value) for one, value in parts if value is not None]
    failed = tuple(one.name for one, value in given if one.fatal and value == 0)
    weight = sum(one.weight for one, _ in given)
    if not weight:
        return Scored(None)
    share = sum(one.weight * value for one, value in given) / weight
    return Scored(0.0 if failed else share, failed)


def differences(card: ScoreCard, given: Sequence[Answers]) -> list[Difference]:
    """How the answers to each question of a card differ."""
    found = []
    for question in card.questions:
        parts = tuple(part(question, answers[question.name]) for answers in given)
        marks = [one for one in parts if one is not None]
        spread = max(marks) - min(marks) if len(marks) > 1 else None
        found.append(Difference(question.name, parts, spread, len(marks) in (0, len(parts))))
    return found
