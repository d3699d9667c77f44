"""The lesson about something, as the site's knowledge base has it for subscribers."""

from collections.abc import Mapping

from ari_app.selfcare.backends import Backends
from ari_app.selfcare.operation_request import Action, OperationRequest
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Text

LESSONS = (
    Operation(
        "lesson",
        {"ok": {"article": "text"}, "none": {}, "nowhere": {}},
        {"page": "word"},
        about="Reads the article about something that can be sent to the caller as a text.",
    ),
)
"""The signatures."""


class Lessons:
    """Runs them."""

    def __init__(self, backends: Backends) -> None:
        self._lesson = backends.lesson
        self.actions: Mapping[str, Action] = {"lesson": self._read}

    async def _read(self, request: OperationRequest) -> Answered:
        if not request.asker.texts_to:
            return Answered("nowhere")
        text = ""
        if self._lesson is not None:
            text = await self._lesson(request.word("page"), request.asker.language)
        return Answered("ok", {"article": Text(text)}) if text else Answered("none")
