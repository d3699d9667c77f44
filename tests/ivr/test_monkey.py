"""Callers who do what they like: every call ends, within a bound, and nothing raises."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ari_app.selfcare.operations import CATALOGUE
from ivr.draft import DEPTH
from ivr.engine import Turn, step
from ivr.events import Answered, Began, Bridged, Event, Failed, Gone, Keyed, Played, Silent
from ivr.gather import Gather, Keypad
from ivr.model import Book
from ivr.terms import QUEUE_OUTCOMES
from ivr.wants import Ask, CheckHours, Dial, Done, Enqueue, Invoke, LineWant, Record, Say, Want
from tests.fuzz import examples
from tests.ivr.calls import through_json
from tests.ivr.conversation import answered, begin, shipped
from tests.ivr.sample_flows import SAMPLES, happens, sample_book

BOOK = shipped()
SAMPLE = sample_book(faulty=False)
NUMBERS = sorted(number for flow in BOOK.flows.values() for number in flow.numbers)
PATIENCE = max(flow.patience for book in (BOOK, SAMPLE) for flow in book.flows.values())

PER_MISS = 6
"""How many turns a silence may cost before the next one: words, queue, words, operations."""


def last_turn(book: Book, begun: Turn, react: Callable[[Want], Event], turns: int) -> Turn:
    """The turn in which a call ends; it goes through JSON on the way."""
    turn = begun
    for _ in range(turns):
        if isinstance(turn.want, Done):
            return turn
        session = through_json(turn.session)
        assert session == turn.session
        turn = step(book, session, react(turn.want))
        assert len(session.trail) <= sum(len(flow.nodes) for flow in book.flows.values())
        assert len(session.frames) <= DEPTH
    raise AssertionError(f"not at its end after {turns} turns: {turn.session}")


moves = st.lists(
    st.one_of(
        st.builds(Keyed, st.text("0123456789*#", min_size=1, max_size=2), whole=st.booleans()),
        st.just(Silent()),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(
    st.sampled_from(NUMBERS),
    st.sampled_from([None, 7]),
    moves,
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_a_call_ends_some_time_after_its_caller_fell_silent(
    number: str, subscriber: int | None, pressed: list[Event], random: Random, hangs_up: bool
) -> None:
    """Also when every queue is closed and every back end is down, for then no one else hangs up."""
    coming = list(pressed)

    def react(want: Want) -> Event:
        match want:
            case Ask() if coming:
                return coming.pop(0)
            case Ask():
                return Gone(16) if hangs_up else Silent()
            case Say():
                return Played()
            case Invoke():
                outcomes = sorted(CATALOGUE[want.operation].outcomes)
                return answered(want.operation, random.choice(outcomes))
            case Enqueue():
                return Bridged(random.choice(QUEUE_OUTCOMES) if coming else "closed")
            case Record():
                return Silent()
            case CheckHours():
                return Answered(random.choice(("open", "closed")))
        return Answered("none")

    turn = step(BOOK, begin(BOOK, number, subscriber, "ru"), Began())
    last = last_turn(BOOK, turn, react, PER_MISS * (len(pressed) + PATIENCE + 2))
    assert last.want in (Done("ended"), Done("gone"))


@settings(deadline=None, max_examples=examples(60))
@given(
    st.sampled_from([None, 7]),
    st.booleans(),
    st.integers(0, 60),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_every_kind_of_node_lets_a_silent_caller_go(
    subscriber: int | None, proven: bool, answers: int, random: Random, hangs_up: bool
) -> None:
    """The caller presses anything for a while, then nothing; and nothing succeeds any more."""
    left, broke = answers, False

    def react(want: Want) -> Event:
        nonlocal left, broke
        left -= 1
        if left > 0:
            event = happens(SAMPLE, want, random, misses=0.1)
            if not isinstance(event, Failed) or not broke:
                broke = broke or isinstance(event, Failed)
                return event
            return nothing(want)
        return Gone(16) if hangs_up and isinstance(want, LineWant) else nothing(want)

    def nothing(want: Want) -> Event:
        match want:
            case Ask() | Record():
                return Silent()
            case Say():
                return Played()
            case Enqueue() | Dial():
                return Bridged("failed")
            case CheckHours():
                return Answered("closed", {"opens": SAMPLES["moment"]})
        return Answered("unavailable")

    session = replace(begin(SAMPLE, "100", subscriber, "ru"), proven=proven)
    turn = step(SAMPLE, session, Began())
    last = last_turn(SAMPLE, turn, react, PER_MISS * (answers + PATIENCE + 2))
    assert last.want in (Done("ended"), Done("gone"))


class Masher:
    """A caller who presses random keys at random times, on a clock that jumps."""

    def __init__(self, random: Random, keys: int, pause: float) -> None:
        self.now = 0.0
        self.keypad = Keypad()
        at, self.coming = 0.0, []
        for _ in range(keys):
            at += random.expovariate(1 / pause)
            self.coming.append((at, random.choice("0123456789*#AD")))

    def react(self, want: Want) -> Event:
        match want:
            case Ask():
                return self.answer(want)
            case Say():
                self.wait(self.now + 5)
                return Played()
            case Invoke():
                return Answered("unavailable")
            case Enqueue():
                self.wait(self.now + 30)
                return Bridged("timeout")
            case Record():
                self.wait(self.now + want.quiet)
                return Silent()
            case CheckHours():
                return Answered("open")
        return Answered("none")

    def wait(self, until: float) -> bool:
        """Let time go on until a key is pressed, or until a time; True for a key."""
        if self.coming and self.coming[0][0] <= until:
            at, key = self.coming.pop(0)
            self.now = max(at, self.now)
            return self.keypad.press(key, at)
        self.now = until
        return False

    def answer(self, ask: Ask) -> Event:
        gather = Gather(ask, self.keypad, self.now)
        ends_at = self.now + 10
        played = False
        while gather.answer is None:
            if not played and (gather.barged or self.now >= ends_at):
                played = True
                gather.prompt_played(self.now, whole=not gather.barged)
            elif self.wait(gather.due or ends_at):
                gather.keyed(self.now)
            else:
                gather.timer_fired(self.now)
        return gather.answer


@pytest.mark.parametrize("seed", range(60))
def test_who_mashes_a_hundred_keys_is_served_and_let_go(seed: int) -> None:
    random = Random(seed)
    caller = Masher(random, keys=100, pause=random.choice([0.05, 0.5, 5.0]))
    turn = step(BOOK, begin(BOOK, random.choice(NUMBERS), 7, "ru"), Began())
    last = last_turn(BOOK, turn, caller.react, PER_MISS * (100 + PATIENCE + 2))
    assert last.want == Done("ended")
    assert caller.now < 3600
