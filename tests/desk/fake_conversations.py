"""Recorded conversations and the knowledge base, in memory."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.knowledge_port import ArticleFound, ArticleShown
from ari_app.desk.recorded import Conversation, PauseReason, RecordingState
from ari_app.knowledge.articles import filled
from tests.desk.fakes import NOW


class FakeConversations:
    """Recorded conversations; ``states`` are those of channels, ``files`` the sounds."""

    def __init__(self) -> None:
        self.states: dict[str, RecordingState] = {}
        self.attached: list[str] = []
        self.files: dict[int, Path] = {}
        self.linked: list[tuple[str, str, int]] = []
        self.pauses: list[tuple[str, PauseReason, bool]] = []

    def state(self, channel: str) -> RecordingState:
        return self.states.get(channel, "")

    async def attach(self, card: CardRecord) -> None:
        self.attached.append(card.id)

    async def link(self, channel: str, agent: str, subscriber: int) -> None:
        self.linked.append((channel, agent, subscriber))

    async def pause(self, channel: str, why: PauseReason, paused: bool) -> None:
        self.pauses.append((channel, why, paused))

    async def of(self, card: CardRecord) -> Sequence[Conversation]:
        return [Conversation(id, NOW, "anna", "support", 61.4) for id in self.files]

    async def file(self, id: int) -> tuple[Path, int | None] | None:
        return (self.files[id], 1) if id in self.files else None


class FakeKnowledge:
    """One article; ``asked`` is what was searched for."""

    there = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    async def find(self, text: str, topic: str, language: str) -> Sequence[ArticleFound]:
        self.asked.append((text, topic, language))
        return [] if text == "nothing" else [ArticleFound("a.md", "Slow <Wi-Fi>", ("internet",))]

    async def answers(
        self, topic: str, language: str, values: Mapping[str, str]
    ) -> Sequence[tuple[str, str]]:
        self.values = values
        return [] if language == "ru" else [("Thanks", filled("{name}: {balance}", values))]

    async def article(self, name: str) -> ArticleShown | None:
        return ArticleShown("Slow <Wi-Fi>", "<p>Restart it</p>") if name == "a.md" else None
