"""Refusals of campaigns, in memory."""


class Refusals:
    """Takes some words for refusals, and remembers who refused."""

    def __init__(self, *words: str) -> None:
        self._words = words
        self.refused: list[str] = []

    def is_stop(self, text: str) -> bool:
        return text in self._words

    async def stop(self, number: str) -> None:
        self.refused.append(number)
