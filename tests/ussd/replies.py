"""Replies to surveys, in memory."""


class Replies:
    """Answers the texts that are replies by their prompts, and remembers what came."""

    def __init__(self, **answers: str) -> None:
        self._answers = answers
        self.came: list[tuple[str, str]] = []

    async def reply(self, number: str, text: str) -> str | None:
        self.came.append((number, text))
        return self._answers.get(text)
