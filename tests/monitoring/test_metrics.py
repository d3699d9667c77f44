"""What is counted, and that no label of it comes from a caller."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.monitoring.call_meter import CallMeter
from ari_app.monitoring.metrics import Metrics
from ari_app.monitoring.queue_meter import QueueMeter
from ivr.acd.board import Board, Queue
from ivr.acd.callbacks import channel_of
from ivr.acd.queues import CallerAbandoned, CallerLeft, Connected
from ivr.engine import Step
from ivr.values import Phrase
from ivr.wants import Enqueue, Say, Screen
from tests.monitoring.samples import CALLERS, NOW, NUMBER, SNAPSHOT, exposed, value
from tests.session.scripted import Sight, session

SCREEN = Say(Screen((Phrase("welcome"),), "ru"))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def meter(metrics: Metrics, line: str = "ari") -> tuple[CallMeter, Sight]:
    sight = Sight()
    return CallMeter(metrics, line, sight.journal), sight


def test_calls_are_counted_by_line_and_ending_while_they_last_and_at_their_end(
    metrics: Metrics,
) -> None:
    calls, sight = meter(metrics)
    calls.began(session(NUMBER), "v1", NOW)
    calls.stepped(session(NUMBER), (Step("611", "main", "menu", "", "5", "wrong"),), NOW)
    calls.stepped(session(NUMBER), (Step("611", "main", "menu", "", "1", "their-own-word"),), NOW)
    text, _ = meter(metrics, "ussd")
    text.began(replace(session(NUMBER), id="c2"), "v1", NOW)
    found = exposed(metrics)
    assert value(found, "firstline_calls_in_progress", line="ari") == 1
    assert value(found, "firstline_steps_total", kind="menu", result="wrong") == 1
    assert value(found, "firstline_steps_total", kind="menu", result="passed") == 1
    calls.ended("c1", "gone", 16, NOW)
    before, _ = meter(metrics)
    before.going_on()
    again = Metrics()
    assert sight.ended, "the log has it, too"
    assert len(sight.steps) == 2
    assert metrics.calls.labels("ari", "gone")._value.get() == 1
    assert metrics.continued.labels("ari")._value.get() == 1
    assert metrics.in_progress.labels("ari")._value.get() == 1
    assert metrics.in_progress.labels("ussd")._value.get() == 1
    assert again.registry is not metrics.registry


@pytest.mark.parametrize(
    ("key", "want", "counted"),
    [("1", SCREEN, 1), ("", SCREEN, 0), ("0", Enqueue("q", "", "ru"), 0)],
)
def test_from_key_to_sound_is_measured_once_for_a_key_that_a_screen_answers(
    metrics: Metrics, key: str, want: Say | Enqueue, counted: int
) -> None:
    calls, _ = meter(metrics)
    calls.began(session(), "v1", NOW)
    calls.stepped(session(), (Step("611", "main", "menu", "", key, "on"),), NOW)
    calls.presented("c1", want)
    for _ in range(2):
        calls.playing("c1")
    assert value(exposed(metrics), "firstline_key_to_sound_seconds_count") == counted


def test_waits_in_queues_end_with_an_agent_or_a_hang_up(metrics: Metrics) -> None:
    queues = QueueMeter(metrics, lambda: NOW)
    first, second = CALLERS
    queues.take(SNAPSHOT.board, CallerLeft("support", first.call))
    queues.take(SNAPSHOT.board, Connected("support", "PJSIP/701", first, NOW))
    queues.take(SNAPSHOT.board, CallerAbandoned("support", second.call))
    queues.take(SNAPSHOT.board, CallerAbandoned("support", "unknown"))
    stand_in = replace(first, call=channel_of(7, 1))
    place = Board({"support": Queue(waiting=(stand_in,))})
    queues.take(place, CallerAbandoned("support", stand_in.call))
    asked = Board({"support": Queue(waiting=(replace(first, held=second),))})
    queues.take(asked, CallerAbandoned("support", first.call))
    queues.take(SNAPSHOT.board, CallerAbandoned("support", first.call, first.since))
    early = replace(first, since=NOW + timedelta(seconds=1))
    queues.take(SNAPSHOT.board, Connected("support", "PJSIP/701", early, NOW))
    found = exposed(metrics)
    labels = {"queue": "support", "result": "answered"}
    assert value(found, "firstline_queue_wait_seconds_sum", **labels) == 40
    assert value(found, "firstline_queue_wait_seconds_count", **labels) == 2
    labels["result"] = "abandoned"
    assert value(found, "firstline_queue_wait_seconds_sum", **labels) == 7
    assert value(found, "firstline_queue_wait_seconds_count", **labels) == 1
    labels["result"] = "short"
    assert value(found, "firstline_queue_wait_seconds_count", **labels) == 1


def test_the_state_of_a_moment(metrics: Metrics) -> None:
    found = exposed(metrics)
    assert value(found, "firstline_ready") == 1
    assert value(found, "firstline_check", check="ami") == 0
    assert value(found, "firstline_info", version="1.2.3") == 1
    assert value(found, "firstline_queue_callers_waiting", queue="support") == 2
    assert value(found, "firstline_queue_longest_wait_seconds", queue="support") == 40
    for state, count in (("free", 1), ("busy", 1), ("paused", 1), ("unavailable", 1)):
        assert value(found, "firstline_queue_members", queue="support", state=state) == count
    assert value(found, "firstline_outbox_oldest_seconds") == 60
    assert value(found, "firstline_orders_oldest_seconds") == 0
    assert value(found, "firstline_records_lost_total", why="dropped") == 1
    assert value(found, "process_open_fds") > 0


def test_without_the_database_its_figures_are_missing_and_not_zero(metrics: Metrics) -> None:
    found = exposed(metrics, replace(SNAPSHOT, backlog=None))
    assert not [
        one for one in found if one.name.startswith(("firstline_outbox", "firstline_order"))
    ]


def test_nothing_says_who_called(metrics: Metrics) -> None:
    """Labels are words of ours, and names of queues."""
    calls, _ = meter(metrics)
    calls.began(session(NUMBER), "v1", NOW)
    keyed = Step("611", "main", "input", "", NUMBER, NUMBER)
    calls.stepped(session(NUMBER), (keyed,), NOW)
    calls.ended("c1", "gone", 16, NOW)
    QueueMeter(metrics, lambda: NOW).take(
        SNAPSHOT.board, Connected("support", "PJSIP/701", CALLERS[0], NOW)
    )
    labels = {v for each in exposed(metrics) for one in each.samples for v in one.labels.values()}
    words = labels - {label for label in labels if label.replace(".", "").isdigit()}
    assert not {each for each in labels if NUMBER in each or "Anna" in each}
    assert {"support", "answered", "input", "passed", "gone"} <= words
