"""What agents see, as HTML: templates that escape all they are given."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from ari_app.desk.agent_state import AgentState
from ari_app.desk.cards import Card
from ari_app.desk.known import Names
from ari_app.desk.ports import Colleague
from ari_app.desk.reasons import reasons, tips
from ari_app.desk.words import word, words
from ivr.acd.queues import Board, Talk
from ivr.model import Operation
from ivr.numbers import NumberPlan
from ivr.speech.written import money
from ivr.tickets import DEPARTMENTS, FOLLOWS, STATES

PARTS = (
    "why", "passed", "who", "account", "path", "history", "tickets", "calls", "notes", "tips",
)  # fmt: skip
"""The parts of a card, each with a template of its name."""

TOPICS = tuple(name.removeprefix("topic-") for name in words() if name.startswith("topic-"))
"""What contacts are sorted by."""

REASONS = tuple(name.removeprefix("reason-") for name in words() if name.startswith("reason-"))
"""Why an agent may pause."""

_HERE = Path(__file__).parent


class Render:
    """Makes HTML. ``zone`` is the time zone of the desk, where agents sit; ``wrapups`` the queues'
    pauses after a call, in seconds; ``numbers`` the plan by which telephone numbers are shown."""

    def __init__(self, zone: str, wrapups: Mapping[str, int], numbers: NumberPlan) -> None:
        self._numbers = numbers
        self._wrapups = wrapups
        self.built = built()
        self._zone = ZoneInfo(zone)
        self._templates = Environment(
            loader=PackageLoader("ari_app.desk"),
            undefined=StrictUndefined,
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "built": self.built,
            "departments": DEPARTMENTS,
            "follows": FOLLOWS,
            "states": STATES,
            "parts": PARTS,
            "reasons": REASONS,
            "topics": TOPICS,
        }
        self._templates.filters |= {
            "clock": self._clock,
            "day": self._day,
            "figures": money,
            "moment": self.moment,
            "number": numbers.shown,
            "there": _there,
        }

    def word(self, name: str, language: str, **values: object) -> str:
        """A word of the desk."""
        return word(name, language, **values)

    def refusal(self, name: str, language: str) -> str:
        """A word that says why something is refused, or one for whatever has none of its own."""
        return word(name if name in words() else "http-other", language)

    def page(self, name: str, language: str, /, **values: object) -> str:
        """A page, or a piece of one, of the template ``name``."""
        template = self._templates.get_template(f"{name}.html")
        return template.render(
            t=partial(word, language=language),
            topic=partial(_topic, language=language),
            named=partial(_named, language=language),
            language=language,
            **values,
        )

    def card(
        self,
        card: Card,
        texts: Mapping[str, str],
        operations: Collection[Operation],
        now: datetime,
        language: str,
    ) -> str:
        """A whole card, with the operations that can be done from it."""
        return self.page("card", language, texts=texts, operations=operations, **_of(card, now))

    def part(self, part: str, card: Card, now: datetime, language: str) -> str:
        """A part of a card."""
        return self.page(f"parts/{part}", language, **_of(card, now))

    def told(self, card: Card, language: str) -> str:
        """A card in one sentence, for those who hear it."""
        arrival = card.kept.arrival
        who = self._numbers.shown(arrival.number) or word("no-number", language)
        about = _topic(arrival.topic, language=language)
        return f"{word('told-ringing', language)}: {who}, {about}"

    def standing(self, now: AgentState, language: str) -> str:
        """What an agent does, and what he may do about that."""
        return self.page("standing", language, standing=now)

    def queues(
        self,
        board: Board,
        current: bool,
        talks: Sequence[tuple[Colleague, Talk]],
        late: int,
        now: datetime,
        language: str,
    ) -> str:
        """Who waits and who is free, how many tickets are late; and, for mentors, who speaks."""
        values = {
            "talks": talks,
            "late": late,
            "board": board,
            "current": current,
            "now": now,
            "wrapups": self._wrapups,
        }
        return self.page("queues", language, **values)

    def local(self, at: datetime) -> datetime:
        """A moment that was written as the desk's clock shows it."""
        return at.replace(tzinfo=self._zone)

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M:%S}"

    def _day(self, at: datetime | date) -> str:
        if isinstance(at, datetime):
            at = at.astimezone(self._zone)
        return f"{at:%d.%m.%Y}"

    def moment(self, at: datetime) -> str:
        """A moment as the desk's clock shows it."""
        return f"{at.astimezone(self._zone):%d.%m %H:%M}"


def built() -> str:
    """A name for the scripts, styles and pages as they are: another when any is changed."""
    digest = hashlib.sha256()
    for file in sorted(_HERE.rglob("*")):
        if file.suffix in (".js", ".css", ".html", ".yaml"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _of(card: Card, now: datetime) -> dict[str, Any]:
    """What the templates of a card take."""
    kept, arrival = card.kept, card.kept.arrival
    said = reasons(arrival, card.known, now)
    return {
        "card": card,
        "kept": kept,
        "arrival": arrival,
        "known": card.known,
        "why": said,
        "tips": list(tips(arrival, said, kept.identity)),
        "now": now,
    }


def _there(now: datetime, zone: str) -> str:
    """What the clock shows in another time zone."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def _topic(topic: str, language: str) -> str:
    """A topic in words; one that an author of flows made up, as he wrote it."""
    name = f"topic-{topic or 'general'}"
    return word(name, language) if name in words() else topic


def _named(names: Names, language: str) -> str:
    """A name in a language, or in any that there is; of an operation, what it is called here."""
    found = names.get(language) or next(iter(names.values()), "")
    act = f"act-{names.get('')}"
    return word(act, language) if act in words() else found
