"""The form of a score card: what a supervisor answered, also while something is missing."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ivr.quality.card import ScoreCard
from ivr.quality.score import Score
from ivr.quality.scoring import Answer, faults

MARK, NOTE = "mark-", "note-"
"""Before the names of questions: the fields of their answers and of the notes on them."""
APART = "-"
"""The answer "does not apply"."""
LONGEST = 2000
"""Characters of a comment or a note."""


class ScoreForm(Struct, frozen=True):
    """A form as it is shown: each ``marks`` is a number or :data:`APART`; ``missing`` are the
    questions that still have no answer."""

    card: ScoreCard
    marks: Mapping[str, str] = {}
    notes: Mapping[str, str] = {}
    comment: str = ""
    missing: tuple[str, ...] = ()

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The answers that are there."""
        return {
            name: Answer(None if mark == APART else int(mark), self.notes.get(name, ""))
            for name, mark in self.marks.items()
        }


def filled(card: ScoreCard, fields: Mapping[str, str]) -> ScoreForm:
    """The form that was sent; what is no answer is left out, and missing."""
    names = [one.name for one in card.questions]
    marks = {
        name: mark
        for name in names
        if (mark := fields.get(MARK + name, "")) == APART or mark in _DIGITS
    }
    notes = {name: fields.get(NOTE + name, "").strip()[:LONGEST] for name in names}
    comment = fields.get("comment", "").strip()[:LONGEST]
    form = ScoreForm(card, marks, notes, comment)
    return ScoreForm(card, marks, notes, comment, tuple(faults(card, form.answers)))


def earlier(card: ScoreCard, scores: Iterable[Score], scorer: str) -> ScoreForm:
    """The form with what the supervisor answered before, by the same questions."""
    before = next((one for one in scores if one.scorer == scorer and one.card == card), None)
    if before is None:
        return ScoreForm(card)
    marks = {
        name: APART if one.mark is None else str(one.mark) for name, one in before.answers.items()
    }
    return ScoreForm(
        card, marks, {name: one.note for name, one in before.answers.items()}, before.comment
    )


_DIGITS = frozenset(map(str, range(11)))
