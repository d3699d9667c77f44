"""Surveys: operations that ask whether callers are asked, and take their answers."""

from collections.abc import Mapping
from typing import Protocol

from ari_app.selfcare.operation_request import Action, OperationRequest
from ari_app.selfcare.request_port import Asker
from ivr.events import Answered
from ivr.model import Operation

ANSWERS: Mapping[str, tuple[int, int]] = {
    "no": (0, 1), "yes": (1, 1),
    "worst": (1, 5), "poor": (2, 5), "fair": (3, 5), "good": (4, 5), "best": (5, 5),
}  # fmt: skip
"""The answers that there are: the mark, and the best mark of such a question."""

SURVEYS = (
    Operation(
        "survey",
        {"ask": {}, "skip": {}, "failed": {}},
        about="Says whether this caller is asked how they were served, as the settings want it.",
    ),
    Operation(
        "survey-answer",
        {"ok": {}, "no-such": {}, "failed": {}},
        inputs={"question": "word", "answer": "word"},
        about=f"Stores the answer to a question of the survey: {', '.join(ANSWERS)}.",
    ),
)


class Surveys(Protocol):
    """Who is asked, and what they answer; all may raise ``RequestsUnavailable``."""

    async def begin(self, asker: Asker) -> bool:
        """Whether the caller is to be asked; the same in each attempt of a call."""

    async def answer(self, asker: Asker, question: str, mark: int, best: int) -> None:
        """Store the answer to a question, ``mark`` of ``best``; the last one counts."""


class NoSurveys:
    """No caller is asked."""

    async def begin(self, asker: Asker) -> bool:  # noqa: ARG002 - the signature of the interface
        """No caller."""
        return False

    async def answer(self, asker: Asker, question: str, mark: int, best: int) -> None:
        """Nothing is kept."""


class SurveyOperations:
    """Runs them."""

    def __init__(self, surveys: Surveys) -> None:
        self._surveys = surveys
        self.actions: Mapping[str, Action] = {
            "survey": self._begin,
            "survey-answer": self._answer,
        }

    async def _begin(self, request: OperationRequest) -> Answered:
        return Answered("ask" if await self._surveys.begin(request.asker) else "skip")

    async def _answer(self, request: OperationRequest) -> Answered:
        given = ANSWERS.get(request.word("answer"))
        if given is None:
            return Answered("no-such")
        await self._surveys.answer(request.asker, request.word("question"), *given)
        return Answered("ok")
