"""The state of a channel's playback: events in, commands out, without a server."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ari_app.ari.playback import (
    CallerPresent,
    Command,
    Event,
    Finished,
    Heard,
    HungUp,
    NotFound,
    Phase,
    Play,
    Playback,
    PlayRequested,
    Reconnected,
    Rejected,
    ReportFailed,
    Stop,
    StopRequested,
    StopTimedOut,
    Unanswered,
    step,
)

MEDIA = ("welcome", "hours")
PLAY = PlayRequested(("menu",))
IDLE = Playback("c-1", number=1, media=MEDIA)
PLAYING = replace(IDLE, phase=Phase.PLAYING)
STOPPING = replace(IDLE, phase=Phase.STOPPING, cut=True)
DOUBTFUL = replace(IDLE, phase=Phase.DOUBTFUL)
CUT_DOUBTFUL = replace(DOUBTFUL, cut=True)
REJECTED = replace(IDLE, phase=Phase.REJECTED)
ENDED = replace(IDLE, phase=Phase.ENDED)

DONE, FAILED = Finished("c-1-1"), Finished("c-1-1", failed=True)


@pytest.mark.parametrize(
    ("before", "event", "phase", "command"),
    [
        (IDLE, PLAY, Phase.PLAYING, Play("c-1-2", ("menu",))),
        (IDLE, StopRequested(), Phase.IDLE, None),
        (IDLE, DONE, Phase.IDLE, None),
        (IDLE, Reconnected(), Phase.IDLE, None),
        (IDLE, HungUp(), Phase.ENDED, None),
        (PLAYING, PLAY, Phase.PLAYING, None),
        (PLAYING, StopRequested(), Phase.STOPPING, Stop("c-1-1")),
        (PLAYING, DONE, Phase.IDLE, Heard()),
        (PLAYING, FAILED, Phase.IDLE, None),
        (PLAYING, Finished("c-1-0"), Phase.PLAYING, None),
        (PLAYING, Unanswered("c-1-1"), Phase.DOUBTFUL, None),
        (PLAYING, Unanswered("c-1-0"), Phase.PLAYING, None),
        (PLAYING, NotFound("c-1-0"), Phase.PLAYING, None),
        (PLAYING, Reconnected(), Phase.DOUBTFUL, None),
        (PLAYING, StopTimedOut(), Phase.IDLE, None),
        (PLAYING, Rejected(), Phase.REJECTED, None),
        (PLAYING, HungUp(), Phase.ENDED, None),
        (STOPPING, PLAY, Phase.STOPPING, None),
        (STOPPING, StopRequested(), Phase.STOPPING, None),
        (STOPPING, DONE, Phase.IDLE, None),
        (STOPPING, NotFound("c-1-1"), Phase.IDLE, None),
        (STOPPING, NotFound("c-1-0"), Phase.STOPPING, None),
        (STOPPING, Unanswered("c-1-1"), Phase.DOUBTFUL, None),
        (STOPPING, Reconnected(), Phase.DOUBTFUL, None),
        (STOPPING, StopTimedOut(), Phase.IDLE, None),
        (STOPPING, Rejected(), Phase.REJECTED, None),
        (DOUBTFUL, PLAY, Phase.DOUBTFUL, None),
        (DOUBTFUL, StopRequested(), Phase.STOPPING, Stop("c-1-1")),
        (DOUBTFUL, DONE, Phase.IDLE, Heard()),
        (CUT_DOUBTFUL, DONE, Phase.IDLE, None),
        (CUT_DOUBTFUL, StopRequested(), Phase.STOPPING, Stop("c-1-1")),
        (DOUBTFUL, Reconnected(), Phase.DOUBTFUL, None),
        (DOUBTFUL, StopTimedOut(), Phase.IDLE, None),
        (REJECTED, PLAY, Phase.REJECTED, None),
        (REJECTED, StopRequested(), Phase.REJECTED, None),
        (REJECTED, DONE, Phase.REJECTED, None),
        (REJECTED, Reconnected(), Phase.REJECTED, None),
        (REJECTED, HungUp(), Phase.ENDED, None),
        (ENDED, PLAY, Phase.ENDED, None),
        (ENDED, DONE, Phase.ENDED, None),
        (ENDED, Reconnected(), Phase.ENDED, None),
        (ENDED, Rejected(), Phase.ENDED, None),
    ],
)
def test_transitions(before: Playback, event: Event, phase: Phase, command: Command | None) -> None:
    after, given_command = step(before, event)
    assert (after.phase, given_command) == (phase, command)


def test_a_failed_playback_is_reported_once_and_only_to_a_caller_who_is_there() -> None:
    after, _ = step(PLAYING, FAILED)
    assert after.failed == MEDIA
    assert step(PLAYING, DONE)[0].failed == ()
    ended, _ = step(after, HungUp())
    assert ended.failed == MEDIA
    reported, command = step(after, CallerPresent())
    assert command == ReportFailed(MEDIA)
    assert step(reported, CallerPresent()) == (reported, None)


NUMBERS = st.integers(0, 4).map(lambda number: f"c-1-{number}")
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.just(PLAY),
    st.just(StopRequested()),
    st.builds(Finished, NUMBERS, st.booleans()),
    st.builds(NotFound, NUMBERS),
    st.builds(Unanswered, NUMBERS),
    st.sampled_from([Reconnected(), StopTimedOut(), CallerPresent(), Rejected(), HungUp()]),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_comes_no_two_playbacks_and_no_id_twice(events: list[Event]) -> None:
    state = Playback("c-1")
    plays, heard, failures, reports = [], 0, 0, 0
    for event in events:
        before = state
        state, command = step(before, event)
        match command:
            case Play(playback):
                assert not before.busy, "a second playback would queue in Asterisk"
                plays.append(playback)
            case Stop(playback):
                assert playback == plays[-1], "only what plays is stopped"
                assert state.phase is Phase.STOPPING
            case Heard():
                assert not before.cut
                heard += 1
            case ReportFailed():
                reports += 1
        failures += isinstance(event, Finished) and event.failed and before.busy and not state.busy
        if before.phase in (Phase.REJECTED, Phase.ENDED):
            assert not isinstance(command, Play | Stop | Heard)
            assert state.phase in (Phase.REJECTED, Phase.ENDED)
    assert len(set(plays)) == len(plays)
    assert heard <= len(plays)
    assert reports <= failures


class Asterisk:
    """A channel of Asterisk behind a link that loses requests, answers and events."""

    def __init__(self) -> None:
        self.playing = ""
        self.played: Counter[tuple[str, ...]] = Counter()

    def take(self, command: Command | None) -> Event | None:
        """Carry out a command that arrived; the event that it leads to."""
        match command:
            case Play(playback, media):
                assert not self.playing, "two playbacks at once"
                self.playing = playback
                self.played[media] += 1
            case Stop(playback) if playback == self.playing:
                self.playing = ""
                return Finished(playback)
            case Stop(playback):
                return NotFound(playback)
        return None


@given(lost=st.booleans(), ended=st.booleans(), stop_lost=st.integers(0, 3), cut=st.booleans())
def test_after_a_reconnect_what_is_in_doubt_is_stopped_and_replayed_once(
    lost: bool, ended: bool, stop_lost: int, cut: bool
) -> None:
    """``lost``: the request to play was lost. ``ended``: its end passed while the link was down.

    Each of ``stop_lost`` breaks loses a request to stop. The driver settles and plays again.
    """
    asterisk = Asterisk()
    state, play = step(Playback("c-1"), PlayRequested(MEDIA))
    if not lost:
        asterisk.take(play)
    if cut:
        state, _ = step(state, StopRequested())  # a key; the request is lost with the link
    if ended:
        asterisk.playing = ""
    state, command = step(state, Reconnected())
    assert state.doubtful
    assert command is None
    for _ in range(stop_lost):
        state, command = step(state, StopRequested())
        assert command == Stop("c-1-1")
        state, _ = step(state, Unanswered("c-1-1"))
    state, command = step(state, StopRequested())
    assert step(state, StopRequested())[1] is None, "stopped once, however often it is asked for"
    event = asterisk.take(command)
    assert event is not None
    state, command = step(state, event)
    assert not state.busy
    assert command is None, "what was in doubt and stopped does not count as heard"
    state, play = step(state, PlayRequested(MEDIA))
    asterisk.take(play)
    assert asterisk.played[MEDIA] == (1 if lost else 2)
    assert step(state, PlayRequested(MEDIA))[1] is None, "replayed once"
    assert step(state, Finished(state.id))[1] == Heard()
