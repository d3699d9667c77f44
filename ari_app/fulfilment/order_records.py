"""Orders and their outcomes as the records of the store, and the text messages that follow."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time
from functools import partial

from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.fulfilment.notifications import OTHER, notifications
from ari_app.fulfilment.pending_order import PendingOrder
from ari_app.selfcare.order_port import BalanceTransfer, OrderOutcome, OrderRequest
from ari_app.selfcare.orders import (
    Completed,
    Refused,
    order_from_json,
    order_to_json,
    redacted,
    with_secret,
)
from ari_app.store import orders, outbox, subscribers
from ari_app.store.orders import OrderRecord
from ari_app.store.sqlite import Database
from ivr.secret import Secret
from ivr.speech.language import PhraseError
from ivr.values import Name, Phrase

log = logging.getLogger(__name__)

Say = Callable[[Phrase, str], str]
"""A phrase in a language, as it is written."""


Seal = Callable[[str, Secret], Secret]
"""Encrypts a secret under the key of its order, or brings it back."""


class OrderText(Struct, frozen=True):
    """A text message to post; ``unless_answered`` as in a notification."""

    key: str
    number: str
    text: str
    unless_answered: bool


def record_of(request: OrderRequest, key: str, now: datetime, seal: Seal) -> OrderRecord:
    """The record of a new order; a secret in it is sealed.

    Who orders about another number than the one that the call comes from chose a language for that
    call, not for the subscriber who gets the messages.
    """
    order = with_secret(request.order, partial(seal, key))
    asker = request.asker
    return OrderRecord(
        key,
        request.subscriber,
        request.operation.name,
        order_to_json(order),
        json.encode(request.transfer).decode(),
        str(request.agreed),
        asker.call,
        "" if asker.about else asker.language,
        now,
    )


def outcome_of(record: OrderRecord) -> OrderOutcome:
    """What is known of the outcome of an order."""
    match record.state:
        case "done":
            return json.decode(record.answer, type=Completed)
        case "refused":
            return json.decode(record.answer, type=Refused)
        case "limit":
            return "limit"
        case "failed":
            return "unknown" if record.answer == "unknown" else "unavailable"
    return "accepted"


def store_new(
    db: Database,
    pending: PendingOrder,
    request: OrderRequest,
    record: OrderRecord,
    owner: int = 0,
) -> tuple[OrderRecord, bool]:
    """Store an order if its key is new, as over the ``limit`` if it is; returns the record of the
    key, and whether it is new."""
    there = orders.of(db, record.key)
    if there is not None:
        return there, False
    operation, now = request.operation, record.created
    today = datetime.combine(now.date(), time(), now.tzinfo)
    for most, since in ((operation.daily, today), (operation.monthly, today.replace(day=1))):
        if most and orders.counted(db, record.subscriber, record.operation, since) >= most:
            record = replace(record, state="limit")
    if operation.refusals and (
        orders.refused(db, record.subscriber, record.operation, today) >= operation.refusals
    ):
        record = replace(record, state="limit")
    if record.state == "limit":
        record = replace(record, order=order_to_json(redacted(order_from_json(record.order))))
    orders.add(db, record, owner)
    pending.claim_storing()
    return record, True


def close(
    db: Database,
    record: OrderRecord,
    outcome: OrderOutcome,
    texts: Sequence[OrderText],
    pending: PendingOrder | None,
    at: datetime,
    owner: int = 0,
) -> bool:
    """Store the outcome of an order, and post the messages to its parties; ``pending`` is None
    where no call waits for it. False if it has one, or is another worker's now, which may have to
    ask billing with all that it wants."""
    answered = pending is not None and pending.claim_answering()
    match outcome:
        case Completed():
            new = orders.end(db, record.key, "done", json.encode(outcome).decode(), at, owner)
        case Refused():
            new = orders.end(db, record.key, "refused", json.encode(outcome).decode(), at, owner)
        case _:
            new = orders.end(db, record.key, "failed", outcome, at, owner)
    if not new:
        return False
    orders.replace_order(db, record.key, order_to_json(redacted(order_from_json(record.order))))
    for text in texts:
        if not (answered and text.unless_answered):
            outbox.post(db, text.key, text.number, text.text, record.call, at)
    return True


def texts_after(
    db: Database, record: OrderRecord, outcome: OrderOutcome, say: Say
) -> list[OrderText]:
    """The messages that follow from an outcome, each in the language of who gets it."""
    order = order_from_json(record.order)
    transfer = json.decode(record.transfer, type=BalanceTransfer | None)
    found = []
    for one in notifications(record.subscriber, record.operation, order, transfer, outcome):
        to = subscribers.by_id(db, one.subscriber)
        if to is None:
            continue
        number = subscribers.second_contact(db, to.id) if one.second else to.msisdn
        if not number:
            continue
        spoken = one.subscriber == record.subscriber and record.language
        if one.second and (contact := subscribers.by_number(db, number)):
            spoken = contact.language
        try:
            said = [say(_with_number(db, each), spoken or to.language) for each in one.phrases]
        except PhraseError as error:
            log.error("%s: no text message about %s: %s", record.key, record.operation, error)
            continue
        key = f"order:{record.key}:{one.name}"
        found.append(OrderText(key, number, " ".join(said), one.unless_answered))
    return found


def _with_number(db: Database, phrase: Phrase) -> Phrase:
    """A phrase that names another subscriber by id, with the number instead."""
    match phrase.values.get(OTHER):
        case Name({"": id}):
            other = subscribers.by_id(db, int(id))
            number = f"+{other.msisdn}" if other else ""
            return replace(phrase, values={**phrase.values, OTHER: Name({"": number})})
    return phrase
