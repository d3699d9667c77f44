"""What calls leave for others to do, and what cleans up, as :mod:`tests.store.every_statement`."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from ari_app.store import (
    announcement_requests,
    announcements,
    cabinet_visits,
    callbacks,
    calls,
    campaign_calls,
    campaigns,
    code_words,
    complaints,
    one_time_codes,
    orders,
    outbox,
    retention,
    survey_texts,
    surveys,
)
from ari_app.store.announcements import Announcement
from ari_app.store.cabinet_visits import CabinetVisit
from ari_app.store.campaigns import Campaign
from ari_app.store.code_words import Attempt, CodeWord
from ari_app.store.one_time_codes import OneTimeCode
from ari_app.store.orders import OrderRecord
from ari_app.store.retention import KINDS
from ari_app.store.sqlite import Database
from tests.bench.big_sql import DAYS
from tests.store.big_ids import AGENT, CALL, DAY, HOUR, NEW, NOW, NUMBER, WHO, Use

_CALLS = Campaign(name=NEW, texts={}, flow="over", pause=1, created=NOW, by="me")


def proofs() -> Iterator[tuple[str, Use]]:
    word, attempt = CodeWord(WHO, "s", "k", NOW, "me"), Attempt(subscriber=WHO, number=NUMBER)
    yield "calls.is_over", lambda db: calls.is_over(db, "no such call")
    yield "code_words.put", lambda db: code_words.put(db, word)
    yield "code_words.put_pin", lambda db: code_words.put_pin(db, WHO, "hash", "me", NOW)
    yield "code_words.of", lambda db: code_words.of(db, WHO)
    yield "code_words.start", lambda db: code_words.start(db, attempt, NOW)
    yield (
        "code_words.finish",
        lambda db: code_words.finish(db, code_words.start(db, attempt, NOW), "ok"),
    )
    yield "code_words.unlock", lambda db: code_words.unlock(db, WHO, "me", "", NOW)
    yield "code_words.wrongs_over_ways", lambda db: code_words.wrongs_over_ways(db, NOW)
    yield "code_words.wrong_over_way", lambda db: code_words.wrong_over_way(db, "trunk", NOW)
    yield "code_words.strikes", lambda db: code_words.strikes(db, WHO, NOW)
    yield "code_words.locked_out_until", lambda db: code_words.locked_out_until(db, WHO, NOW)
    yield "code_words.entries", lambda db: code_words.entries(db, WHO, 5)
    yield "code_words.wrongs_in_call", lambda db: code_words.wrongs_in_call(db, CALL)
    code = OneTimeCode(NEW, WHO, NUMBER, CALL, "hash", NOW)
    visit = CabinetVisit("hash", 7, "en", "csrf", NOW, NOW, True)
    yield "cabinet_visits.begin", lambda db: cabinet_visits.begin(db, visit, NUMBER)
    yield "cabinet_visits.save", lambda db: cabinet_visits.save(db, [visit], NOW)
    yield "cabinet_visits.find", lambda db: cabinet_visits.find(db, "hash")
    yield "cabinet_visits.end", lambda db: cabinet_visits.end(db, "hash")
    yield "one_time_codes.add", lambda db: one_time_codes.add(db, code)
    yield "one_time_codes.start_try", lambda db: one_time_codes.start_try(db, WHO, CALL, NOW)
    yield "one_time_codes.use", lambda db: one_time_codes.use(db, "code5")


def texts() -> Iterator[tuple[str, Use]]:
    soon = NOW + HOUR
    yield "outbox.post", lambda db: outbox.post(db, NEW, NUMBER, "Счёт", CALL, NOW)
    yield (
        "outbox.post_secret",
        lambda db: outbox.post_secret(db, NEW, NUMBER, "1234", CALL, NOW, soon),
    )
    yield "outbox.has_expired", lambda db: outbox.has_expired(db, NOW)
    yield "outbox.drop_waiting", lambda db: outbox.drop_waiting(db, "campaign:1:*", NUMBER)
    yield "outbox.drop_expired", lambda db: outbox.drop_expired(db, NOW)
    yield "outbox.due", lambda db: outbox.due(db, NOW, 20)
    yield "outbox.claim", lambda db: outbox.claim(db, NOW, 20, 1)
    yield "outbox.next_due", lambda db: outbox.next_due(db, NOW)
    yield "outbox.make_due", lambda db: outbox.make_due(db, NUMBER, NOW)
    yield "outbox.start_attempt", lambda db: outbox.start_attempt(db, "text5", soon)
    yield "outbox.mark_sent", lambda db: outbox.mark_sent(db, "text5", NOW)
    yield "outbox.attempt_failed", lambda db: outbox.attempt_failed(db, "text5", "no route", True)
    yield "outbox.by_key", lambda db: outbox.by_key(db, "text5")
    yield "outbox.of_call", lambda db: outbox.of_call(db, CALL)
    yield "outbox.undelivered", lambda db: outbox.undelivered(db, NUMBER, 3)
    yield "outbox.recent", lambda db: outbox.recent(db, 20)
    yield "outbox.recent", lambda db: outbox.recent(db, 20, NUMBER)


def requests() -> Iterator[tuple[str, Use]]:
    order = OrderRecord(NEW, WHO, "pause", "{}", "null", "1.00", CALL, "ru", NOW)
    yield "orders.add", lambda db: orders.add(db, order)
    yield "orders.of", lambda db: orders.of(db, "order5")
    yield "orders.counted", lambda db: orders.counted(db, WHO, "pause", NOW - DAY)
    yield "orders.refused", lambda db: orders.refused(db, WHO, "pause", NOW - DAY)
    yield "orders.replace_order", lambda db: orders.replace_order(db, "order5", "{}")
    yield "orders.due", lambda db: orders.due(db, NOW, 20)
    yield "orders.next_due", lambda db: orders.next_due(db, NOW)
    yield "orders.make_due", lambda db: orders.make_due(db, NOW)
    yield "orders.postpone", lambda db: orders.postpone(db, "order5", NOW, NOW + HOUR)
    yield "orders.end", lambda db: orders.end(db, "order5", "done", "{}", NOW)
    yield "orders.recent", lambda db: orders.recent(db, 20)
    yield "orders.recent", lambda db: orders.recent(db, 20, WHO)
    said = (CALL, NUMBER, WHO, "c.wav", 20.0)
    yield "complaints.add", lambda db: complaints.add(db, NEW, *said, NOW)
    yield "complaints.by_id", lambda db: complaints.by_id(db, 5)
    yield "complaints.of_subscriber", lambda db: complaints.of_subscriber(db, WHO)
    yield "complaints.close", lambda db: complaints.close(db, 5, "Да")
    yield "callbacks.request", lambda db: callbacks.request(db, NEW, CALL, NUMBER, WHO, NOW)
    for name, listed in (("complaints", complaints.listed), ("callbacks", callbacks.listed)):
        for every in (False, True):
            yield f"{name}.listed", partial(_listed, listed, every)
    yield "campaigns.by_name", lambda db: campaigns.by_name(db, NEW)
    yield "campaigns.listed", lambda db: campaigns.listed(db, 20)
    yield "campaigns.set_state", lambda db: campaigns.set_state(db, 1, "paused")
    yield "campaigns.any_due", lambda db: campaigns.any_due(db, NOW)
    yield "campaigns.post_due", lambda db: campaigns.post_due(db, NOW, lambda *_: "")
    yield "campaigns.stop", lambda db: campaigns.stop(db, NUMBER, "text", NOW)
    yield "campaigns.running", lambda db: campaigns.running(db, calls=True)
    yield "campaigns.left_in_minute", lambda db: campaigns.left_in_minute(db, _CALLS, NOW)
    yield "campaigns.any_over", campaigns.any_over
    yield "campaigns.end_over", campaigns.end_over
    yield "campaign_calls.any_open", campaign_calls.any_open
    yield "campaign_calls.calling", campaign_calls.calling
    yield "campaign_calls.due", lambda db: campaign_calls.due(db, NOW, ("news",), ())
    yield "campaign_calls.begin", lambda db: campaign_calls.begin(db, NOW, ("news",), ())
    yield "campaign_calls.unheard", lambda db: campaign_calls.unheard(db, (), NOW)
    yield "campaign_calls.settle", _settle
    yield "campaign_calls.message", _message
    yield "campaign_calls.give_up", lambda db: campaign_calls.give_up(db, (), NOW)
    yield "campaigns.allow", lambda db: campaigns.allow(db, NUMBER)
    yield "surveys.begin", lambda db: surveys.begin(db, NEW, NUMBER, WHO, NOW, NOW - DAY, 1.0)
    yield "surveys.between", lambda db: surveys.between(db, NOW - DAY, NOW)
    yield (
        "survey_texts.unasked",
        lambda db: survey_texts.unasked(db, NOW, NOW - DAY, 1.0, phones=True),
    )
    unasked = survey_texts.Unasked(NEW, NUMBER, WHO, "ru")
    yield (
        "survey_texts.ask",
        lambda db: survey_texts.ask(db, [unasked], str, NOW, NOW - DAY, NOW + DAY),
    )
    yield "survey_texts.expects", lambda db: survey_texts.expects(db, NUMBER, NOW)
    yield "survey_texts.reply", lambda db: survey_texts.reply(db, NUMBER, "5", NOW)
    yield "surveys.answer", lambda db: surveys.answer(db, CALL, "agent", 5, 5, NOW)
    yield "callbacks.promised", lambda db: callbacks.promised(db, AGENT)
    yield "callbacks.claim", lambda db: callbacks.claim(db, 5, AGENT, NOW, NOW)
    yield "callbacks.by_hand", lambda db: callbacks.by_hand(db, 5, AGENT, NOW)
    yield "callbacks.promise", lambda db: callbacks.promise(db, 5, AGENT, NOW)
    yield "callbacks.open_of", lambda db: callbacks.open_of(db, NUMBER)
    yield "callbacks.by_id", lambda db: callbacks.by_id(db, 5)
    yield "callbacks.by_ids", lambda db: callbacks.by_ids(db, [5, 6])
    yield "callbacks.unclaimed", callbacks.unclaimed
    wait = callbacks.Wait("support", "ru", 0, NOW)
    yield "callbacks.keep_place", lambda db: callbacks.keep_place(db, NUMBER, wait)
    asker = (CALL, NUMBER, WHO)
    yield (
        "callbacks.note_abandoned",
        lambda db: callbacks.note_abandoned(db, asker, NOW, "", wait, True),
    )
    yield "callbacks.to_queue", lambda db: callbacks.to_queue(db, 5, NOW)
    yield "callbacks.begun", lambda db: callbacks.begun(db, 5, 1, "PJSIP/701", NOW)
    yield "callbacks.ended", lambda db: callbacks.ended(db, 5, 1, "busy", "", NOW)
    yield "callbacks.set_outcome", lambda db: callbacks.set_outcome(db, 5, "no-way")
    yield "callbacks.closed", lambda db: callbacks.closed(db, 5, "called-in")
    yield "callbacks.done", lambda db: callbacks.done(db, 5)
    new = Announcement(areas=("Минск",), since=NOW, until=NOW + HOUR, by="me")
    asked, posting = announcement_requests, lambda *_: None
    yield "announcements.add", lambda db: announcements.add(db, new)
    yield "announcements.by_id", lambda db: announcements.by_id(db, 5)
    yield "announcements.recent", lambda db: announcements.recent(db, 20)
    yield "announcements.unended", lambda db: announcements.unended(db, NOW)
    yield "announcements.extend", lambda db: announcements.extend(db, 5, NOW + DAY, NOW)
    yield "announcements.cancel", lambda db: announcements.cancel(db, 5, True, NOW)
    yield "announcements.area_and_tariff", lambda db: announcements.area_and_tariff(db, WHO)
    heard = ([300], NUMBER)
    yield "announcement_requests.reach", lambda db: asked.reach(db, 300)
    yield "announcement_requests.record_heard", lambda db: asked.record_heard(db, *heard, NEW, NOW)
    yield (
        "announcement_requests.heard_since",
        lambda db: asked.heard_since(db, *heard, NOW - DAY),
    )
    yield (
        "announcement_requests.request_notification",
        lambda db: asked.request_notification(db, 300, NUMBER, WHO, CALL, NOW),
    )
    yield (
        "announcement_requests.notify_ended",
        lambda db: asked.notify_ended(db, NOW, posting, lambda *_: ""),
    )


def _called(db: Database) -> campaign_calls.Attempt:
    id = campaigns.add(db, _CALLS, [NUMBER])
    assert id is not None
    return campaign_calls.Attempt(id, NUMBER, 1)


def _settle(db: Database) -> object:
    return campaign_calls.settle(db, _called(db), "busy", NOW)


def _message(db: Database) -> object:
    return campaign_calls.message(db, _called(db))


def _listed(listed: Callable[[Database, bool, int], object], every: bool, db: Database) -> object:
    return listed(db, every, 20)


def cleaning() -> Iterator[tuple[str, Use]]:
    """As the application cleans each hour, where 20 records of each kind have expired."""
    before = NOW - timedelta(days=DAYS) + HOUR
    for kind in KINDS:
        yield "retention.count_expired", partial(retention.count_expired, kind=kind, before=before)
        yield (
            "retention.remove_expired",
            partial(retention.remove_expired, kind=kind, before=before, limit=20),
        )
    yield "retention.expired_recordings", lambda db: retention.expired_recordings(db, before)
    yield "retention.clear_recordings", lambda db: retention.clear_recordings(db, [5])
