"""What measures speech: how long sentences take, and which of them another engine had to speak."""

from typing import Protocol


class SpeechMeter(Protocol):
    """Is notified of what the voices did. Never waits."""

    def spoke(self, engine: str, seconds: float) -> None:
        """An engine spoke a sentence, after ``seconds`` with the wait for a free process."""

    def fell_back(self, engine: str) -> None:
        """An engine did not speak a sentence, and the next one was asked."""


class _Unmeasured:
    """Measures nothing."""

    def spoke(self, engine: str, seconds: float) -> None:
        """See :class:`SpeechMeter`."""

    def fell_back(self, engine: str) -> None:
        """See :class:`SpeechMeter`."""


UNMEASURED: SpeechMeter = _Unmeasured()
