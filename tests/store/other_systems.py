"""What is sent to other systems, and what they ask, as :mod:`tests.store.every_statement`."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from ari_app.store import api_tokens, callbacks, calls, pages, queue_calls, tickets, webhooks
from ari_app.store.api_tokens import ApiToken
from ari_app.store.calls import CallBegan
from ari_app.store.sqlite import Database
from ari_app.store.webhooks import Delivery
from ivr.secret import Secret
from tests.store.big_ids import CALL, HOUR, NEW, NOW, NUMBER, WHO, Use

TOKEN = Secret("fl_token")


def sent_and_asked() -> Iterator[tuple[str, Use]]:
    """Each function, by its name; that of webhooks with an event that waits."""
    yield "webhooks.subscribe", _waiting
    soon = NOW + HOUR
    yield "webhooks.post", lambda db: webhooks.post(_waiting(db), "alarm.began", "x", NOW, {})
    yield "webhooks.due", lambda db: webhooks.due(_waiting(db), "crm", soon, 10)
    yield "webhooks.next_due", lambda db: webhooks.next_due(_waiting(db), "crm", NOW - HOUR)
    yield "webhooks.start_attempt", lambda db: webhooks.start_attempt(db, _one(db), NOW)
    yield "webhooks.sent", lambda db: webhooks.sent(db, _one(db), NOW)
    yield "webhooks.attempt_failed", lambda db: webhooks.attempt_failed(db, _one(db), "x", True)
    yield "webhooks.replay", lambda db: webhooks.replay(_waiting(db), "crm", NOW - HOUR, NOW)
    yield "webhooks.replay_failed", lambda db: webhooks.replay_failed(_waiting(db), "crm", NOW)
    yield "webhooks.statuses", lambda db: webhooks.statuses(_waiting(db))
    yield "webhooks.recent", lambda db: webhooks.recent(_waiting(db), 20)
    yield "webhooks.events", lambda db: webhooks.events(_waiting(db), 0, 20)
    add = partial(api_tokens.add, token=TOKEN, name="crm", scopes=(), by="me", at=NOW)
    yield "api_tokens.add", add
    yield "api_tokens.listed", api_tokens.listed
    yield "api_tokens.remove", lambda db: api_tokens.remove(db, "crm")
    yield "api_tokens.of_secret", lambda db: api_tokens.of_secret(db, TOKEN.reveal(), NOW)
    known = ApiToken(1, "crm", (), NOW, None, None, "me")
    yield "api_tokens.use", lambda db: api_tokens.use(db, known, NOW)
    yield "pages.of_calls", lambda db: pages.of_calls(db, 20)
    yield "pages.of_queue_calls", lambda db: pages.of_queue_calls(db, 20)
    yield "pages.of_tickets", lambda db: pages.of_tickets(db, 20)
    yield "pages.of_callbacks", lambda db: pages.of_callbacks(db, 20)
    for select in (calls.selected, callbacks.selected, queue_calls.selected, tickets.selected):
        name = f"{select.__module__.rpartition('.')[2]}.selected"
        yield name, partial(_selected, select, CALL if select is calls.selected else 5)


def _selected(select: Callable[..., object], id: str | int, db: Database) -> object:
    return select(db, "where id = ?", id)


def _waiting(db: Database) -> Database:
    """An endpoint, for which an event waits."""
    webhooks.subscribe(db, {"crm": ("call.began",)})
    calls.add(db, [CallBegan(NEW, "ari", "611", NUMBER, WHO, "ru", "611", "v11", NOW)])
    return db


def _one(db: Database) -> Delivery:
    [one] = webhooks.due(_waiting(db), "crm", datetime.now(UTC) + HOUR, 1)
    return one
