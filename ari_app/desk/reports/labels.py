"""How the values that calls are told apart by are called."""

from datetime import date

from ari_app.desk.cards.caller_profile import Names
from ari_app.desk.chart import measure
from ari_app.desk.render import Render, language_name
from ari_app.desk.words import words
from ivr.acd.chosen import By
from ivr.acd.figures import SECOND
from ivr.acd.outcomes import WAIT_LASTS, WAITS


class Labels:
    """The labels in a language."""

    def __init__(self, render: Render, language: str) -> None:
        self._render = render
        self.language = language

    def word(self, name: str, **values: object) -> str:
        """A text of the pages."""
        return self._render.word(name, self.language, **values)

    def node(self, names: Names, queue: str = "") -> str:
        """What callers hear at a node of the menus, or the queue to which it leads; with the key of
        a node that says nothing, or that the menus no longer have."""
        if queue:
            return f"{self.word('of-queue')}: {self._render.queue(queue, self.language)}"
        called, step = self._render.named(names, self.language), self.word("menu-step")
        return f"{step}: {names['']}" if called == step else called

    def value(self, by: By, value: str) -> str:
        """A value, in words; "—" where there is none."""
        render = self._render
        match by:
            case "day":
                return self._day(value)
            case "hour":
                return f"{int(value):02}:00"
            case "weekday":
                return self.word(f"weekday-{value}")
            case "week-hour":
                return f"{self.word(f'weekday-{int(value) // 24}')} {int(value) % 24:02}:00"
            case "queue":
                return render.queue(value, self.language)
            case "topic":
                return render.topic(value, self.language)
            case "language":
                return language_name(value, self.language) if value else "—"
            case "agent":
                return render.person(value) if value else "—"
            case "version":
                return self.version(*value.rpartition("@")[::2])
            case "wait":
                return self.wait(int(value))

    def column(self, name: str) -> str:
        """The heading of a column; those of states of agents are the states."""
        column = f"column-{name}"
        if column in words():
            return self.word(column)
        state, _, reason = name.partition("-")
        if state == "paused" and reason:
            why = self.word(f"reason-{reason}") if f"reason-{reason}" in words() else reason
            return f"{self.word('state-paused')}: {why}"
        return self.word(f"state-{name}") if f"state-{name}" in words() else name

    def span(self, span: int | None) -> str:
        """A span of microseconds, in minutes and seconds."""
        return measure(None if span is None else span / SECOND, "s", self.language)

    def brief(self, span: int | None) -> str:
        """A span of microseconds, in seconds."""
        return "—" if span is None else self.word("in-seconds", n=round(span / SECOND, 1))

    def version(self, flow: str, version: str) -> str:
        """A flow in one of its versions."""
        return f"{flow} · {version[:8]}" if flow else "—"

    def wait(self, place: int) -> str:
        """A class of waits: "10–20 s"."""
        begin = WAITS[place - 1] // SECOND if place else 0
        if place == WAIT_LASTS:
            return self.word("wait-lasts")
        if place == len(WAITS):
            return self.word("wait-over", since=begin)
        return self.word("wait-between", since=begin, until=WAITS[place] // SECOND)

    def _day(self, value: str) -> str:
        day = date.fromisoformat(value)
        return f"{day:%d.%m} {self.word(f'weekday-{day.weekday()}')}"
