"""Everything agents see, as HTML: templates that escape all their values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ari_app.desk.agents.agent_state import AgentState
from ari_app.desk.build import build
from ari_app.desk.cards.caller_profile import Names
from ari_app.desk.cards.card import Card
from ari_app.desk.cards.card_actions import CardActions
from ari_app.desk.cards.card_facts import CardFacts
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.cards.contact_reasons import reasons, tips
from ari_app.desk.chart import measure
from ari_app.desk.pages import PAGES
from ari_app.desk.ports import HISTORY_PAGE, Colleague
from ari_app.desk.site import DeskSite
from ari_app.desk.words import page_languages, word, words
from ari_app.pages.templates import templates
from ivr.acd.queues import Board, Talk
from ivr.http.screen_pop import address
from ivr.model import Operation
from ivr.speech.languages import known
from ivr.speech.languages import language as spoken_language
from ivr.speech.written import money
from ivr.tickets import FOLLOWS, STATES, label

FACTS = (
    "transfer", "subscriber", "account", "tickets", "tasks", "callbacks", "notes", "history",
    "path",
)  # fmt: skip
"""The parts of a card below its head, in their order."""

SUMMARY = ("who", "why", "tips")
"""The parts that are made of all the others."""

PARTS = (*SUMMARY, *FACTS)
"""All parts of a card, each with a template of its name."""

REASONS = tuple(name.removeprefix("reason-") for name in words() if name.startswith("reason-"))
"""The pause reasons."""

STYLES = ("desk.css", "bar.css", "side.css", "card.css", "work.css", "phone.css", "plain.css")
"""The style sheets of every page, by subject."""


class Render:
    """Makes HTML.

    ``site`` has the settings that values are shown by; ``operations`` are those that agents can
    run at this moment; ``now`` is the clock.
    """

    def __init__(
        self,
        site: DeskSite,
        operations: Callable[[], Mapping[str, Operation]],
        now: Callable[[], datetime],
    ) -> None:
        self.site = site
        self.parts = tuple(part for part in PARTS if part != "account" or site.billing)
        """The parts of a card at this site."""
        self._operations = operations
        self.now = self._now = now
        self.person: Callable[[str], str] = str
        """The name of an agent, by the login."""
        self.people: Callable[[], Sequence[Colleague]] = tuple
        """All agents."""
        self._zone = ZoneInfo(site.zone)
        self.build = build()
        """The version of scripts, styles and templates."""
        self._actions = CardActions(site, self.page, self.word)
        self._facts = CardFacts([part for part in FACTS if part in self.parts], self.part)
        self._templates = templates("ari_app.desk")
        self._templates.globals |= {
            "build": self.build,
            "styles": STYLES,
            "departments": tuple(site.tickets.departments),
            "follows": FOLLOWS,
            "history_page": HISTORY_PAGE,
            "knowledge": site.knowledge,
            "listen": site.listen,
            "pages": PAGES,
            "page_languages": [(code, spoken_language(code).name) for code in page_languages()],
            "states": STATES,
            "prefers_agents": site.prefers_agents,
            "reasons": REASONS,
            "topics": tuple(site.tickets.topics),
            "usual_department": site.tickets.usual_department,
        }
        self._templates.filters |= {
            "clock": self._clock,
            "day": self._day,
            "length_of": _length,
            "local_time": self._local_time,
            "measure": measure,
            "moment": self.moment,
            "money": self.money,
            "number": site.numbers.shown,
        }

    def word(self, name: str, language: str, **values: object) -> str:
        """A text of ``words.yaml``, or what an operation of the operator's own is called."""
        if name not in words():  # the texts of the pages are not taken over by an operation's name
            sort, _, own = name.partition("-")
            found = self._operations().get(own) if sort == "operation" else None
            if found is not None and found.http is not None:
                return found.http.label.get(language) or own
            if sort in ("operation", "outcome", "value"):
                return own
        return word(name, language, **values)

    def error_text(self, name: str, language: str) -> str:
        """The text of an error page; a general one if there is none of this name."""
        return word(name if name in words() else "http-other", language)

    def page(self, name: str, language: str, /, **values: object) -> str:
        """The template ``name``: a page, or a piece of one."""
        template = self._templates.get_template(f"{name}.html")
        return template.render(
            t=partial(self.word, language=language),
            due=partial(self._due, language=language),
            identity=partial(self._identity, language=language),
            department=partial(self.site.tickets.department_label, language=language),
            queue_label=partial(self.queue, language=language),
            topic=partial(self.topic, language=language),
            named=partial(self.named, language=language),
            outcome_text=partial(_outcome, language=language),
            person=self.person,
            language_name=partial(language_name, language=language),
            language=language,
            **values,
        )

    def card(self, card: Card, texts: Mapping[str, str], language: str, viewer: str = "") -> str:
        """A whole card; ``texts`` are its fields. A ``viewer`` other than its agent reads it."""
        values = {**_shown(card), **self._summary(card)}
        of = card.record, language
        watched = viewer not in ("", card.record.agent)
        return self.page(
            "card",
            language,
            texts=texts,
            watched=watched,
            actions="" if watched else self._actions.of(*of, self._operations(), self.people()),
            facts=self._facts.of(card, language),
            pop=self.site.screen_pop(card.record.arrival.queue),
            pop_address=self._pop_address(card.record),
            **values,
        )

    def _pop_address(self, record: CardRecord) -> str:
        """The address of the page of another system for a call; "" if none opens."""
        arrival = record.arrival
        pop = self.site.screen_pop(arrival.queue)
        if pop is None:
            return ""
        facts = {
            "agent": record.agent,
            "call": arrival.call,
            "identity": record.identity,
            "language": arrival.language,
            "number": arrival.about or arrival.number,
            "queue": arrival.queue,
            "subscriber": str(arrival.subscriber or ""),
            "topic": arrival.topic,
        }
        return address(pop.url, facts)

    def part(self, part: str, card: Card, language: str) -> str:
        """One part of a card."""
        values = _shown(card) | (self._summary(card) if part in SUMMARY else {})
        return self.page(f"parts/{part}", language, **values)

    def announcement(self, card: Card, language: str, viewer: str = "") -> str:
        """A card in one sentence, for screen readers."""
        arrival, agent = card.record.arrival, card.record.agent
        who = self.site.numbers.shown(arrival.number) or word("no-number", language)
        about = self.topic(arrival.topic, language)
        if not arrival.channel:
            return f"{word('phase-record', language)}: {who}"
        if viewer not in ("", agent):
            return f"{word('watches', language, agent=self.person(agent))}: {who}, {about}"
        return f"{word('announce-ringing', language)}: {who}, {about}"

    def agent_state(self, state: AgentState, language: str) -> str:
        """An agent's state, and the buttons to change it."""
        return self.page("agent_state", language, state=state)

    def queues(
        self,
        board: Board,
        current: bool,
        talks: Sequence[tuple[Colleague, Talk]],
        silent: Sequence[Colleague],
        due: tuple[int, int],
        language: str,
    ) -> str:
        """Who waits and who is free, how many tickets and calls are ``due``, ``talks`` to
        supervise, and the agents who are ``silent``: they do not answer."""
        return self.page(
            "queues",
            language,
            board=board,
            current=current,
            talks=talks,
            silent=silent,
            late=due[0],
            calls_due=due[1],
            now=self._now(),
            wrapups=self.site.wrapups,
        )

    def topic(self, name: str, language: str) -> str:
        """The label of a topic; one that the site does not know, from a menu or a contact of
        before, is shown as it is."""
        known = name in self.site.tickets.topics
        return self.site.tickets.topic_label(name, language) or (
            word("no-topic", language) if known or not name else name
        )

    def queue(self, name: str, language: str) -> str:
        """The label of a queue, or of the one whose callers of a language are in it; its name where
        it has none."""
        queues = self.site.queues
        return label(queues.get(name) or queues.get(name.rpartition("-")[0], {}), language) or name

    def money(self, amount: Decimal, currency: str, language: str) -> str:
        """An amount with its currency, which is that of the site where none is named."""
        return money(amount, currency or self.site.currency, language)

    def local(self, at: datetime) -> datetime:
        """A naive moment, in the time zone of the desk."""
        return at.replace(tzinfo=self._zone)

    def today(self) -> date:
        """The day in the time zone of the desk."""
        return self._now().astimezone(self._zone).date()

    def moment(self, at: datetime) -> str:
        """Day and time in the time zone of the desk, with the year if it is another one."""
        there, year = at.astimezone(self._zone), self._now().astimezone(self._zone).year
        return f"{there:%d.%m %H:%M}" if there.year == year else f"{there:%d.%m.%Y %H:%M}"

    def _due(self, at: datetime, language: str) -> str:
        """A moment until which something is to be done: "due 25.11 12:30", or that it was."""
        word = "due-was" if at < self._now() else "due"
        return f"{self.word(word, language)} {self.moment(at)}"

    def _summary(self, card: Card) -> dict[str, Any]:
        """What the summary of a card shows besides."""
        record, arrival = card.record, card.record.arrival
        why = reasons(arrival, card.profile, self.site.tickets, self._now())
        return {
            "why": why,
            "tips": list(tips(arrival, why, record.identity, self.site.billing)),
        }

    def _identity(self, record: CardRecord, language: str) -> str:
        """How well a caller is identified, and by whom."""
        arrival = record.arrival
        if arrival.identified and record.identity == "caller":
            how = self.word(f"identified-{arrival.identified}", language)
            return self.word("identity-linked", language, how=how)
        who = "other-" if arrival.about else "" if arrival.channel else "record-"
        return self.word(f"identity-{who}{record.identity}", language)

    def named(self, names: Names, language: str) -> str:
        """A name in a language, else in any; under "" is an operation, or a node of a menu."""
        found = names.get(language) or next((names[code] for code in names if code), "")
        own = f"operation-{names['']}" if names.get("") else ""
        called = self.word(own, language) if own else ""
        if called and called != names[""]:  # else it has no text
            return called
        return found or (word("menu-step", language) if names else "")

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M:%S}"

    def _day(self, at: datetime | date) -> str:
        if isinstance(at, datetime):
            at = at.astimezone(self._zone)
        return f"{at:%d.%m.%Y}"

    def _local_time(self, zone: str) -> str:
        """The time now in another time zone."""
        return f"{self._now().astimezone(ZoneInfo(zone)):%H:%M}"


def _shown(card: Card) -> dict[str, Any]:
    """What every part of a card is made of."""
    record = card.record
    return {"card": card, "record": record, "arrival": record.arrival, "profile": card.profile}


def _length(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"


def language_name(code: str, language: str) -> str:
    """A language as the pages call it, else as its speakers do."""
    if (name := f"language-{code}") in words():
        return word(name, language)
    return spoken_language(code).name if code in known() else code


def _outcome(name: str, language: str) -> str:
    """What came of a step in the menus."""
    for each in (name, f"outcome-{name}"):
        if each in words():
            return word(each, language)
    return word("outcome-failed", language)
