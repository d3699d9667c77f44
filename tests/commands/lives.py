"""What a subscriber leaves behind in the store, for the tests of `subscribers forget`."""

from pathlib import Path

from msgspec.structs import replace

from ari_app.store import (
    agent_actions,
    announcement_requests,
    announcements,
    callbacks,
    calls,
    cards,
    code_words,
    colleague_notes,
    complaints,
    history,
    outbox,
    subscribers,
    tasks,
    tickets,
    views,
)
from ari_app.store.agent_actions import AgentAction
from ari_app.store.announcements import Announcement
from ari_app.store.calls import CallEnded
from ari_app.store.cards import Card, TypedText
from ari_app.store.code_words import Attempt, CodeWord
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ari_app.store.tasks import NewTask
from ari_app.store.tickets import NewTicket, TicketChange
from ivr.secret import Secret
from tests.store.samples import NOON, began, step

NUMBER, OTHER = "375291234567", "375990000002"
FORMS = (NUMBER, "+375 29 123-45-67", "80291234567")
NAME, SECRET_TEXT = "Ясь Забудовiч", "мой паспорт МР1234567"
HASHES = ("parol-77", "hash-77")
ME = Subscriber(77, NUMBER, NAME, "be", "Минск", NUMBER, Secret("parol-77"), NOON)


def live(db: Database, recorded: Path) -> None:
    """All that a person, and somebody else, leave behind."""
    subscribers.add(db, [ME])
    code_words.put(db, CodeWord(77, "hash-77", "hash-77k", NOON, "anna"))
    code_words.unlock(db, 77, "anna", SECRET_TEXT, NOON)
    history.add(db, [Contact(77, NOON, "call", "money", SECRET_TEXT, SECRET_TEXT, "anna", True)])
    db.conn.execute("insert into accounts (subscriber, balance, tariff) values (77, 1250, 'start')")
    sold = (5, 77, 2, "minutes", 9, 100, "2026-03-09")
    db.conn.execute("insert into sales values (?, ?, ?, ?, ?, ?, ?)", sold)
    used = (2, 1, "{}", NUMBER, 60, 5)
    db.conn.execute(
        "insert into charges (subscriber, at, names, number, seconds, amount)"
        " values (?, ?, ?, ?, ?, ?)",
        used,
    )
    for key, whose, order, deal in (
        ("c1:1", 77, '{"type":"give","recipient":2}', '{"giver":77,"taker":2}'),
        ("c1:2", 2, '{"type":"give","recipient":77}', '{"giver":2,"taker":77}'),
        ("c1:3", 2, '{"type":"resume"}', ""),
    ):
        db.conn.execute(
            "insert into orders values (?, ?, 'gift', ?, ?,"
            " '0', 'c1', 'be', 1, 'done', '', 1, null, 1, 0)",
            (key, whose, order, deal),
        )
    db.conn.execute("insert into payments (subscriber, day, amount) values (77, '2026-01-01', 1)")
    db.conn.execute("insert into bills (id, subscriber, month, vat) values (900, 77, '2026', 1)")
    db.conn.execute("insert into bill_lines values (900, 0, '{}', 1)")
    one = announcements.add(db, Announcement(since=NOON, until=NOON, by="anna"))
    for number, form in enumerate((*FORMS, OTHER)):
        call, who = f"call{number}", None if number else 77
        said = "чужое" if form == OTHER else SECRET_TEXT
        calls.add(db, [replace(began(call), caller=form, subscriber=who)])
        calls.add(db, [replace(step(call, 1, form), way="key"), replace(step(call, 2), way="key")])
        calls.add(db, [CallEnded(call, NOON, "gone", 16)])
        outbox.post(db, f"mended:1:{form}", form, said, call, NOON)
        callbacks.request(db, f"{call}:1", call, form, who, NOON, "money")
        announcement_requests.record_heard(db, [one.id], form, call, NOON)
        announcement_requests.request_notification(db, one.id, form, who, call, NOON)
        trial = Attempt(subscriber=who, number=form, call=call, key=call)
        code_words.finish(db, code_words.start(db, trial, NOON), "wrong")
        file = recorded / f"{call}-3.wav"
        file.write_text(said)
        (recorded / f"{call}-4.wav").touch()
        complaints.add(db, f"{call}:2", call, form, who, str(file), 2.5, NOON)
    complaints.close(db, 1, SECRET_TEXT)
    sit_at_the_desk(db)
    other = replace(step("call3", 3, FORMS[1]), way="key")
    calls.add(db, [other])


def sit_at_the_desk(db: Database) -> None:
    """What agents leave behind of both."""
    for number, who, said, card in ((FORMS[1], None, SECRET_TEXT, "a"), (OTHER, 2, "чужое", "b")):
        one = Card(id=card, agent="anna", channel=card, number=number, name=said, opened=NOON)
        cards.open(db, one)
        cards.save(db, TypedText(card, "question", card, said, NOON))
        cards.set_subscriber(db, card, who or 77)
        cards.finish(db, card, NOON)
        colleague_notes.add(db, card, who or 77, "anna", said, NOON)
        views.add(db, "anna", who or 77, "card", NOON)
        gift = {"recipient": "8 029 123-45-67" if who else OTHER}
        act = AgentAction(key=card, at=NOON, agent="anna", subscriber=who or 77, operation="gift")
        agent_actions.begin(db, replace(act, inputs=gift, reason=said))
        new = NewTicket(
            key=card,
            by="anna",
            subscriber=who,
            number=number,
            department="field",
            text=said,
            due=NOON,
        )
        ticket = tickets.open_ticket(db, new, NOON)
        tickets.change(db, ticket.id, TicketChange(key=f"{card}:1", by="anna", note=said), NOON)
        task = NewTask(
            key=card, text=said, owner="", author="anna", due=NOON, subscriber=who, number=number
        )
        tasks.add(db, task, NOON)
        callbacks.request(db, f"{card}:call", card, number, who or 77, NOON)
        asked = callbacks.open_of(db, number)
        assert asked is None or callbacks.promise(db, asked.id, "anna", NOON, said)
