"""Calls of random callers through menus, with their tapes: what the application would record."""

from datetime import UTC, datetime, timedelta
from random import Random

from msgspec import Struct

from ari_app.sim.replay import Reply, Run, run
from ivr.analysis.examples import outcomes, reply, request_of
from ivr.events import Event, Gone, Keyed
from ivr.hours.schedule import hours_answer, hours_at
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.tape import Tape, Taper
from ivr.wants import Action, Ask, CheckHours, Want
from tests.ivr.sample_flows import happens

NUMBER = "+375290000007"
BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Walk(Struct, frozen=True):
    """A call, its run, and its tape."""

    session: Session
    run: Run
    tape: Tape


def walk(book: Book, number: str, seed: int, keys: str = "") -> Walk:
    """The call of somebody who presses ``keys``, and then what chance has them press."""
    random = Random(seed)
    caller = Caller(NUMBER, random.choice([None, 7]))
    session = start_session(book, f"call-{seed}", number, caller)
    assert session is not None
    taper = Taper(session, BEGAN)
    now = BEGAN
    coming = list(keys)

    def replies(at: Session, want: Want) -> Reply:
        nonlocal now
        seconds = round(random.uniform(0.1, 9.0), 2)
        if isinstance(want, Ask) and coming:
            event: Event = Keyed(coming.pop(0), whole=True)
        elif isinstance(want, Ask) and random.random() < 0.1:
            event = Gone(16)
        else:
            event = _happens(book, want, random)
        now += timedelta(seconds=seconds)
        taper.add(at, want, event, now)
        return event, seconds, None

    found = run(book, session, replies)
    tape = taper.tape()
    assert tape is not None
    return Walk(session, found, tape)


def _happens(book: Book, want: Want, random: Random) -> Event:
    if isinstance(want, CheckHours):
        schedule = book.schedules[want.schedule]
        return hours_answer(hours_at(schedule, BEGAN, UTC), BEGAN.date())
    if isinstance(want, Action):
        of = request_of(want)
        assert of is not None
        return reply(book, of, random.choice(outcomes(book, of)))
    event = happens(book, want, random)
    if isinstance(want, Ask) and want.secret and isinstance(event, Keyed):
        return Keyed(event.digits, sealed=True, whole=event.whole)
    return event
