"""What comes of a request of an ``http`` operation: an answer, or none."""

from msgspec import Struct


class Reply(Struct, frozen=True):
    """What a back end answered, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


class NoReply(Exception):  # noqa: N818 - named by what is so, not as an error
    """No answer. ``sent``: the request may have arrived; ``final``: trying again is useless."""

    def __init__(self, why: str, sent: bool, final: bool = False) -> None:
        super().__init__(why)
        self.sent = sent
        self.final = final
