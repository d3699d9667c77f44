"""Each function of the store as the application calls it, for a :mod:`tests.bench.big_store`."""

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec.structs import replace

from ari_app.store import (
    agent_actions,
    agents,
    backlog,
    bulk_import,
    calls,
    campaigns,
    card_events,
    cards,
    changes,
    colleague_notes,
    conversations,
    desk_sessions,
    erasure,
    flow_traffic,
    forced_hours,
    history,
    menu_sets,
    name_words,
    preferred_agents,
    search,
    subscribers,
    tasks,
    tickets,
    versions,
    views,
)
from ari_app.store.agent_actions import AgentAction
from ari_app.store.agents import Agent
from ari_app.store.bulk_import import ImportedSubscriber
from ari_app.store.calls import CallAbout, CallBegan, CallEnded, Record, StepTaken
from ari_app.store.campaigns import Campaign
from ari_app.store.card_events import CardEvent
from ari_app.store.cards import Card, TypedText
from ari_app.store.changes import Change
from ari_app.store.conversations import Conversation, of_person
from ari_app.store.desk_sessions import Session
from ari_app.store.history import Contact
from ari_app.store.menu_sets import MenuSet
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ari_app.store.tasks import NewTask
from ari_app.store.tickets import NewTicket, TicketChange
from ari_app.store.versions import Version
from ivr.hours.schedule import Forced
from ivr.secret import Secret
from tests.bench import big_store
from tests.store.big_ids import AGENT, CALL, CARD, DAY, NEW, NOW, NUMBER, WHO, Use
from tests.store.left_to_others import cleaning, proofs, requests, texts
from tests.store.other_systems import sent_and_asked
from tests.store.quality_statements import of_weeks, scores
from tests.store.queue_statements import (
    outside_of_days,
    statistics,
    stays_of_days,
    unmatched_of_days,
)
from tests.store.report_statements import of_agents_and_calls, of_periods
from tests.store.worker_statements import of_workers

_NEWS = Campaign(name=NEW, texts={"ru": "Да"}, created=NOW, by="me")


def _reach(db: Database) -> object:
    id = campaigns.add(db, _NEWS)
    assert id is not None
    return campaigns.reach(db, id)


def reports() -> Mapping[str, tuple[str, Use]]:
    """What reads the calls of a year, or all of a person, and why that may take the longer the more
    there are. A command or the administrators' page does so; no call and no agent waits for it."""
    all_of_them = "it counts or takes the subscribers of an area"
    year = "it counts the calls of a year"
    every = "it looks at all places where a number may be written, as it was dialled"
    return {
        "flow_traffic.traffic": (year, lambda db: flow_traffic.traffic(db, "611")),
        "versions.usage": (year, lambda db: versions.usage(db, "611")),
        "calls.counts": (
            "it counts the calls of a day",
            lambda db: calls.counts(db, NOW - DAY),
        ),
        "conversations.count_before": (
            "it counts those of a year",
            lambda db: conversations.count_before(db, NOW),
        ),
        "queue_calls.between": ("it reads the calls of a day", stays_of_days),
        "campaigns.audience": (all_of_them, lambda db: campaigns.audience(db, _NEWS)),
        "campaigns.add": (all_of_them, lambda db: campaigns.add(db, _NEWS)),
        "campaigns.reach": (all_of_them, _reach),
        **of_periods(),
        **of_weeks(),
        "queue_calls.unmatched": ("it reads the calls of a day", unmatched_of_days),
        "queue_calls.outside": ("it reads the calls of a day", outside_of_days),
        "erasure.find": (every, lambda db: erasure.find(db, NUMBER)),
        "erasure.erase": (every, _erase),
    }


def uses() -> Iterator[tuple[str, Use]]:
    """Each function that calls, cards, pages and commands wait for, by its name."""
    own = (_subscribers, _calls, _cards, _desk, statistics, of_agents_and_calls, scores)
    for each in (*own, proofs, texts, requests, cleaning, sent_and_asked, of_workers):
        yield from each()


def _erase(db: Database) -> object:
    person = erasure.find(db, NUMBER)
    assert person is not None
    return erasure.erase(db, person, NOW)


def _import(db: Database) -> object:
    one = ImportedSubscriber(1, NUMBER, "Anna", "ru", "Минск")
    return bulk_import.commit(db, [(one, None, None)], True, "me", NOW)


def _subscribers() -> Iterator[tuple[str, Use]]:
    one = Subscriber(10**9, "375331234567", "Anna", "ru", "Минск", None, None, NOW)
    yield "subscribers.add", lambda db: subscribers.add(db, [one])
    yield "subscribers.count", subscribers.count
    yield "subscribers.page", lambda db: subscribers.page(db, 500, 20)
    yield "subscribers.with_phones", subscribers.with_phones
    yield "subscribers.by_number", lambda db: subscribers.by_number(db, NUMBER)
    yield "subscribers.names", lambda db: subscribers.names(db, {WHO, 78})
    yield "subscribers.by_id", lambda db: subscribers.by_id(db, WHO)
    yield "subscribers.number_of_phone", lambda db: subscribers.number_of_phone(db, "77")
    yield "subscribers.sip_user", lambda db: subscribers.sip_user(db, NUMBER)
    yield "subscribers.second_contact", lambda db: subscribers.second_contact(db, WHO)
    another = big_store.number(78)
    yield (
        "subscribers.set_second_contact",
        lambda db: subscribers.set_second_contact(db, WHO, another),
    )
    yield "subscribers.areas", subscribers.areas
    yield "subscribers.remember_language", lambda db: subscribers.remember_language(db, WHO, "en")
    yield "bulk_import.existing", lambda db: bulk_import.existing(db, [NUMBER])
    yield "bulk_import.commit", _import
    for text in (
        *("Ковальвич", "анна", "минск", "к", NUMBER, "0000077", "анна 0077", "роуминг"),
        *("Kovavich", "Коваич Ана"),
    ):
        yield "search.find", partial(search.find, text=text, limit=20)
    yield "name_words.learn", lambda db: name_words.learn(db, ["Ковальвич Анна", "Новая Ева"])
    yield "name_words.forget", lambda db: name_words.forget(db, "Ковальвич Анна")
    yield "name_words.alike", lambda db: name_words.alike(db, "Коваич")
    yield "search.chronology", lambda db: search.chronology(db, WHO, "роуминг")


def _calls() -> Iterator[tuple[str, Use]]:
    records: list[Record] = [
        CallBegan(NEW, "ari", "611", NUMBER, WHO, "ru", "611", "v11", NOW),
        StepTaken(NEW, 1, NOW, "main", "menu", "main-menu", "1", ""),
        CallAbout(NEW, NOW, 78),
        CallEnded(NEW, NOW, "bye", 16),
    ]
    yield "calls.add", lambda db: calls.add(db, records)
    yield "calls.path", lambda db: calls.path(db, CALL)
    yield "calls.recent", lambda db: calls.recent(db, 20)
    yield "calls.count_of", lambda db: calls.count_of(db, WHO, NOW - DAY, NEW)
    yield "calls.going_on", lambda db: calls.going_on(db, WHO, NOW)
    yield "calls.unfinished", calls.unfinished
    version = Version("611", "new", NOW, "reload")
    yield "versions.record", lambda db: versions.record(db, [(version, "flow: 611")])
    yield "versions.text", lambda db: versions.text(db, "611", "v3")
    forced = Forced("open", NOW + DAY, "me", "")
    yield "forced_hours.force", lambda db: forced_hours.force(db, "support", forced, NOW)
    yield "forced_hours.free", lambda db: forced_hours.free(db, "support", "me", NOW)
    yield "forced_hours.log", lambda db: forced_hours.log(db, "support")
    yield "forced_hours.unexpired", lambda db: forced_hours.unexpired(db, NOW)


def _cards() -> Iterator[tuple[str, Use]]:
    new = Card(id=NEW, agent=AGENT, channel="1.1", subscriber=WHO, opened=NOW)
    typed = TypedText(CARD, "question", NEW, "Счёт", NOW)
    yield "cards.open", lambda db: cards.open(db, new)
    yield "cards.answered", lambda db: cards.answered(db, CARD, NOW)
    yield "cards.goes_on", lambda db: cards.goes_on(db, CARD)
    yield "cards.ended", lambda db: cards.ended(db, CARD, NOW)
    yield "cards.set_identity", lambda db: cards.set_identity(db, CARD, "caller")
    yield "cards.set_subscriber", lambda db: cards.set_subscriber(db, CARD, WHO)
    yield "cards.by_id", lambda db: cards.by_id(db, CARD)
    yield "cards.unfinished", lambda db: cards.unfinished(db, AGENT)
    yield "cards.all_unfinished", cards.all_unfinished
    yield "cards.by_channel", lambda db: cards.by_channel(db, "1700000000.5")
    yield "cards.of_subscriber", lambda db: cards.of_subscriber(db, WHO)
    yield "cards.save", lambda db: cards.save(db, typed)
    yield "cards.texts", lambda db: cards.texts(db, CARD)
    answered = replace(new, answered=NOW)
    yield "cards.finish", lambda db: cards.open(db, answered) and cards.finish(db, NEW, NOW)
    contact = Contact(WHO, NOW, "call", "bill", "Счёт", "", AGENT, True)
    yield "history.add", lambda db: history.add(db, [contact])
    yield "history.of_subscriber", lambda db: history.of_subscriber(db, WHO)
    yield (
        "history.selected",
        lambda db: history.selected(db, "where subscriber = ? limit 5", WHO),
    )
    yield "history.count_since", lambda db: history.count_since(db, WHO, NOW - DAY)
    action = AgentAction(key=NEW, at=NOW, agent=AGENT, subscriber=WHO, operation="pause")
    yield "agent_actions.begin", lambda db: agent_actions.begin(db, action)
    yield "agent_actions.finish", lambda db: agent_actions.finish(db, "act5", "ok")
    yield "agent_actions.of_card", lambda db: agent_actions.of_card(db, "card10")
    for recent in (agent_actions.recent, views.recent):
        for of in ({}, {"subscriber": WHO}, {"agent": AGENT}):
            name = f"{recent.__module__.rpartition('.')[2]}.recent"
            yield name, partial(recent, limit=20, **of)
    event = CardEvent(CARD, "opened", NOW, 0)
    yield "card_events.post", lambda db: card_events.post(db, CARD, "opened", NOW)
    yield "card_events.due", lambda db: card_events.due(db, NOW, 10)
    yield "card_events.next_due", lambda db: card_events.next_due(db, NOW)
    yield "card_events.start_attempt", lambda db: card_events.start_attempt(db, event, NOW)
    yield "card_events.end", lambda db: card_events.end(db, event)
    kept = MenuSet(0, NOW, AGENT, "reload")
    yield "menu_sets.put", lambda db: menu_sets.put(db, "hash", b"flow: 611")
    yield "menu_sets.unknown", lambda db: menu_sets.unknown(db, ["hash"])
    yield "menu_sets.keep", lambda db: menu_sets.keep(db, kept, {"611.yaml": "hash"})
    yield "menu_sets.listed", menu_sets.listed
    yield "menu_sets.files_of", lambda db: menu_sets.files_of(db, 1)
    yield "menu_sets.content", _content
    change = Change(NOW, AGENT, "hours free", "office")
    yield "changes.made", lambda db: changes.made(db, change, lambda _: True)
    yield "changes.record", lambda db: changes.record(db, change)
    for who in (None, AGENT):
        yield "changes.recent", partial(changes.recent, limit=20, who=who)
    yield "views.add", lambda db: views.add(db, AGENT, WHO, "card", NOW)


def _desk() -> Iterator[tuple[str, Use]]:
    new = NewTicket(
        key=NEW, by=AGENT, subscriber=WHO, department="sales", text="Счёт", due=NOW + DAY
    )
    note = TicketChange(key=NEW, by=AGENT, note="Позвонить")
    yield "tickets.open_ticket", lambda db: tickets.open_ticket(db, new, NOW)
    yield "tickets.change", lambda db: tickets.change(db, 3, note, NOW)
    yield "tickets.by_id", lambda db: tickets.by_id(db, 3)
    yield "tickets.history", lambda db: tickets.history(db, 3)
    yield "tickets.of_subscriber", lambda db: tickets.of_subscriber(db, WHO)
    yield "tickets.active_of", lambda db: tickets.active_of(db, WHO)
    yield "tickets.departments", tickets.departments
    for given in (
        {},
        {"department": "sales"},
        {"owner": ""},
        {"late_at": NOW},
        {"closed": True},
        {"state": "closed"},
        {"state": "closed", "department": "sales"},
    ):
        yield "tickets.listed", partial(tickets.listed, limit=20, **given)
    task = NewTask(key=NEW, text="Счёт", owner="", author=AGENT, due=NOW, subscriber=WHO)
    yield "tasks.add", lambda db: tasks.add(db, task, NOW)
    for owner in (None, AGENT):
        yield "tasks.listed", partial(tasks.listed, owner=owner, limit=20)
    yield "tasks.of_agent", partial(tasks.of_agent, agent=AGENT, limit=20)
    yield "tasks.due", partial(tasks.due, at=NOW)
    yield "tasks.of_subscriber", lambda db: tasks.of_subscriber(db, WHO)
    yield "tasks.by_id", lambda db: tasks.by_id(db, 5)
    yield "tasks.change", lambda db: tasks.change(db, 5, AGENT, NOW)
    yield "tasks.close", lambda db: tasks.close(db, 5, AGENT, NOW)
    yield (
        "colleague_notes.add",
        lambda db: colleague_notes.add(db, NEW, WHO, AGENT, "Счёт", NOW),
    )
    talk = Conversation(file=NEW, at=NOW, channel="", agent=AGENT, queue="sales", number="")
    channel = "1700000000.3"
    yield "conversations.add", lambda db: conversations.add(db, talk)
    yield "conversations.link", lambda db: conversations.link(db, channel, AGENT, WHO)
    yield "conversations.by_id", lambda db: conversations.by_id(db, 3)
    of_channel = conversations.last_of_channel
    yield "conversations.last_of_channel", lambda db: of_channel(db, channel)
    for whose in (WHO, None):
        yield "conversations.of_person", partial(of_person, subscriber=whose, number=NUMBER)
    yield "conversations.set_paused", lambda db: conversations.set_paused(db, channel, True)
    yield "conversations.oldest", lambda db: conversations.oldest(db, 20)
    yield "conversations.known", lambda db: conversations.known(db, ["3_1.wav", NEW])
    yield "conversations.remove", lambda db: conversations.remove(db, [3])
    yield "colleague_notes.of_subscriber", lambda db: colleague_notes.of_subscriber(db, WHO)
    chosen = (WHO, AGENT, NOW, AGENT)
    yield "preferred_agents.choose", lambda db: preferred_agents.choose(db, *chosen)
    yield "preferred_agents.of_subscriber", lambda db: preferred_agents.of_subscriber(db, WHO, NOW)
    yield "preferred_agents.remove", lambda db: preferred_agents.remove(db, WHO)
    yield "colleague_notes.remove", lambda db: colleague_notes.remove(db, 5)
    agent = Agent("new", "Новый", "799", (), "799", Secret("p"))
    yield "agents.add", lambda db: agents.add(db, [agent])
    yield "agents.everyone", agents.everyone
    yield "agents.by_name", lambda db: agents.by_name(db, AGENT)
    yield "agents.remove", lambda db: agents.remove(db, AGENT, NOW)
    yield "agents.put_password", lambda db: agents.put_password(db, AGENT, "hash")
    yield "agents.put_queues", lambda db: agents.put_queues(db, AGENT, {"support": 5})
    yield "agents.put_role", lambda db: agents.put_role(db, AGENT, "admin")
    yield "agents.put_phone", lambda db: agents.put_phone(db, AGENT, "browser", Secret("new"))
    yield "agents.suspend", lambda db: agents.suspend(db, AGENT, suspended=True)
    yield "agents.put_second_factor", lambda db: agents.put_second_factor(db, AGENT, "key")
    yield "agents.use_second_factor", lambda db: agents.use_second_factor(db, AGENT, 7)
    yield "backlog.backlog", backlog.backlog
    session = Session(NEW, AGENT, "csrf", NOW, NOW, NOW, NOW + DAY)
    yield "desk_sessions.add", lambda db: desk_sessions.add(db, session)
    yield "desk_sessions.find", lambda db: desk_sessions.find(db, NEW, NOW)
    yield "desk_sessions.of_agent", lambda db: desk_sessions.of_agent(db, AGENT, NOW)
    yield "desk_sessions.touch", lambda db: desk_sessions.touch(db, NEW, NOW, NOW)
    yield "desk_sessions.rotate", lambda db: desk_sessions.rotate(db, NEW, "newer", NOW)
    yield "desk_sessions.end", lambda db: desk_sessions.end(db, NEW)
    yield "desk_sessions.end_all", lambda db: desk_sessions.end_all(db, AGENT)
    yield "desk_sessions.remove_expired", lambda db: desk_sessions.remove_expired(db, NOW)


def _content(db: Database) -> bytes:
    menu_sets.put(db, "hash", b"flow: 611")
    return menu_sets.content(db, "hash")
