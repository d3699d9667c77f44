"""hold: the caller does something while music plays, and any key goes on."""

import pytest

from ivr.engine import step
from ivr.events import Event, Gone, Keyed, Silent
from ivr.loader import load
from ivr.session import Caller
from ivr.session_start import first_event, start_session
from ivr.wants import Ask
from tests.ivr.calls import Call, book, flow, keyed

FLOW = """
start:  { menu: menu, keys: { "1": news }, attempts: 2, gave-up: agents }
news:   { say: hello, then: doing }
doing:  { hold: [number, hours], wait: 3m, then: helped }
helped: { menu: help, keys: { "1": bye }, attempts: 2, gave-up: bye }
agents: { queue: support, else: bye }
bye:    { end: bye }
"""
ALWAYS = 'always: { "*": back, "9": repeat, "0": agents }'


def held(head: str = ALWAYS) -> Call:
    """A call in which the caller heard what to do, and waits."""
    call = Call(book(flow(FLOW, head)))
    call.take(*keyed("1"))
    assert call.summary == "ask hello number hours"
    return call


def test_it_waits_with_music_for_as_long_as_it_says() -> None:
    want = held().want
    assert isinstance(want, Ask)
    assert want.music
    assert want.flush, "a key pressed before it cannot mean that it is done"
    assert (want.grammar.first, want.grammar.choices) == (180.0, frozenset("0123456789*#"))
    assert want.grammar.lasts >= 180.0, "for so long the dialplan leaves the call to us"


@pytest.mark.parametrize(
    ("event", "said", "way"),
    [
        (Keyed("#"), "ask help", "doing then"),
        (Keyed("1"), "ask help", "doing then"),
        (Keyed(""), "ask help", "doing then"),
        (Silent(whole=True), "ask help", "doing then"),
        (Keyed("9"), "ask hello number hours", "doing 9"),
        (Keyed("*"), "ask menu", "doing *"),
        (Keyed("0"), "dial support", "doing 0"),
        (Gone(16), "gone", "doing hung-up"),
    ],
    ids=["hash", "digit", "words of a text session", "time", "repeat", "back", "agents", "gone"],
)
def test_where_it_leads(event: Event, said: str, way: str) -> None:
    call = held()
    call.take(event)
    assert call.summary == said
    assert way in call.ways


@pytest.mark.parametrize("key", ["0", "9", "*"])
def test_any_key_goes_on_where_no_key_has_a_meaning_everywhere(key: str) -> None:
    call = held(head="")
    call.take(Keyed(key))
    assert call.summary == "ask help"


def test_silence_costs_no_patience() -> None:
    call = held(head=f"patience: 1\n{ALWAYS}")
    call.take(Silent(whole=True))
    assert (call.session.misses, call.summary) == (0, "ask help")


def test_it_is_no_menu_to_go_back_to() -> None:
    call = held()
    call.take(Keyed("#"), Keyed("*"))
    assert call.summary == "ask menu"


def test_replies_dialled_with_a_code_do_not_say_that_it_is_done() -> None:
    texts = book(flow(FLOW, f'{ALWAYS}\ncodes: {{ "*100#": start }}'))
    begun = start_session(texts, "call", "*100*1*1#", Caller("+375290000007"), ("ru",))
    assert begun is not None
    turn = step(texts, begun, first_event(begun))
    assert (turn.session.node, turn.session.ahead) == ("doing", ())


@pytest.mark.parametrize(
    ("wait", "fault"),
    [("9s", "too little: at least 10s"), ("16m", "too much: at most 900s"), ("soon", "is no time")],
)
def test_how_long_it_may_wait(wait: str, fault: str) -> None:
    loaded = load({"a.yaml": flow(FLOW.replace("3m", wait), ALWAYS)}, {}, {})
    assert fault in "\n".join(map(str, loaded.problems))


def test_a_round_of_holds_never_ends() -> None:
    text = flow(
        "start: { hold: hello, wait: 1m, then: more }\nmore: { hold: help, wait: 1m, then: start }"
    )
    loaded = load({"a.yaml": text}, {"hello": {}, "help": {}}, {})
    assert any(problem.rule == "circle" for problem in loaded.problems)
