"""What callers ask of people, prove, and have sent to them."""

from collections.abc import Mapping

from ari_app.selfcare.backends import Backends
from ari_app.selfcare.operation_request import Action, OperationRequest
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Digits, Phrase

REQUESTS = (
    Operation(
        "complaint",
        {"ok": {"complaint": "digits"}, "failed": {}},
        inputs={"recording": "recording"},
        about="Keeps a complaint that was recorded, and gives it a number.",
    ),
    Operation(
        "tell-when-mended",
        {"ok": {}, "already": {}, "none": {}, "failed": {}},
        about="Notes that the caller wishes a message when his outages are mended.",
    ),
    Operation(
        "call-back",
        {"ok": {}, "already": {}, "failed": {}},
        about="Notes that the caller wishes to be called back.",
    ),
    Operation(
        "apn-settings",
        {"ok": {}, "nowhere": {}, "failed": {}},
        about="Sends the caller the settings of mobile internet as a text message.",
    ),
    Operation(
        "code-word",
        {"ok": {}, "wrong": {}, "failed": {}},
        inputs={"word": "secret"},
        proves="ok",
        about="Proves by his code word that the caller is who he says.",
    ),
    Operation(
        "change-code-word",
        {"ok": {}, "wrong": {}, "different": {}, "weak": {}, "failed": {}},
        inputs={"old": "secret", "new": "secret", "again": "secret"},
        need="code-word",
        about="Takes a new code word, keyed twice, in place of the old one.",
    ),
)


class Requests:
    """Does them."""

    def __init__(self, back: Backends) -> None:
        self._staff = back.staff
        self._words = back.words
        self._messages = back.messages
        self.deeds: Mapping[str, Action] = {
            "complaint": self._complaint,
            "call-back": self._call_back,
            "tell-when-mended": self._tell_when_mended,
            "apn-settings": self._apn_settings,
            "code-word": self._code_word,
            "change-code-word": self._change_code_word,
        }

    async def _complaint(self, wish: OperationRequest) -> Answered:
        said = wish.recording("recording")
        number = await self._staff.complain(wish.asker, said, wish.key)
        return Answered("ok", {"complaint": Digits(number)})

    async def _call_back(self, wish: OperationRequest) -> Answered:
        new = await self._staff.call_back(wish.asker, wish.key)
        return Answered("ok" if new else "already")

    async def _tell_when_mended(self, wish: OperationRequest) -> Answered:
        told = await self._staff.tell_when_mended(wish.asker)
        return Answered({"noted": "ok", "already": "already", "nothing": "none"}[told])

    async def _apn_settings(self, wish: OperationRequest) -> Answered:
        sent = await self._messages.post(wish.asker, [Phrase("apn-settings")], wish.key)
        return Answered("ok" if sent else "nowhere")

    async def _code_word(self, wish: OperationRequest) -> Answered:
        if await self._words.prove(wish.asker, wish.secret("word"), wish.key):
            return Answered("ok")
        return Answered("wrong")

    async def _change_code_word(self, wish: OperationRequest) -> Answered:
        new = wish.secret("new")
        if new != wish.secret("again"):
            return Answered("different")
        return Answered(await self._words.change(wish.asker, wish.secret("old"), new, wish.key))
