"""Codes: a call that dialled one begins in a node of its own."""

import pytest

from ivr.analysis.coverage import edge_keys
from ivr.analysis.search import find_paths
from ivr.check import Standard
from ivr.events import Keyed
from ivr.loader import load
from ivr.model import Book
from ivr.session import Caller
from ivr.session_start import first_event, start_session
from tests.ivr.calls import OPERATIONS, SLOTS, Call, book, called, flow

NODES = """
start:   { say: hello, then: main }
main:    { menu: menu, keys: { "1": balance }, gave-up: bye }
balance: { do: balance, on: { ok: said, unavailable: bye } }
said:    { say: balance-is, then: main }
bye:     { end: bye }
"""
CODES = 'codes: { "*100#": balance, "*100*1#": bye }\n'


class Coded(Call):
    """A call that begins as the conductor begins it."""

    def __init__(self, book: Book, dialled: str) -> None:
        session = start_session(book, "call", dialled, Caller("375290000007", 7), ("de", "en"))
        assert session is not None
        self.book, self.steps, self.session = book, [], session
        self.want = self.take(first_event(session))


@pytest.mark.parametrize(
    ("dialled", "expected"),
    [("100", "ask hello menu"), ("*100#", "do balance"), ("*100*1#", "say bye")],
)
def test_where_a_call_begins(dialled: str, expected: str) -> None:
    call = Coded(book(flow(NODES, CODES)), dialled)
    assert (call.summary, call.session.language, call.session.playing) == (
        expected,
        "en",
        expected == "say bye",
    )


def test_what_nothing_begins() -> None:
    begun = book(flow(NODES, CODES))
    assert start_session(begun, "call", "*999#", Caller("")) is None
    assert tuple(begun.dialled) == ("100", "*100#", "*100*1#")


def problems(text: str, *more: str) -> list[str]:
    files = {f"{name}.yaml": each for name, each in zip("abc", (text, *more), strict=False)}
    return [str(one) for one in load(files, SLOTS, OPERATIONS, Standard()).problems]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (
            'codes: { "*100#": balnce }',
            "a.yaml:5:19: unknown-node: there is no node balnce: did you mean",
        ),
        (
            'codes: { "call me": bye }',
            "a.yaml:5:10: bad-name: 'call me' is not a number that can be",
        ),
        ('codes: { "100": bye }', "number 100 is used in a.yaml:2:11 already"),
        ('codes: { "*1#": bye, "*1#": said }', "'*1#' stands twice"),
        ('codes: ["*100#"]', "a table belongs here"),
        ('codes: { "*100#": said }', "balance, which is not set on the path said"),
    ],
)
def test_what_is_wrong_with_codes(codes: str, expected: str) -> None:
    assert any(expected in each for each in problems(flow(NODES, codes))), problems(
        flow(NODES, codes)
    )


def test_a_code_is_claimed_once_in_all_flows() -> None:
    other = (
        'flow: other\ncodes: { "*100#": bye }\nlanguages: [ru]\nstart: bye\n'
        "nodes: { bye: { end: bye } }\n"
    )
    assert any("number *100# is used in" in each for each in problems(flow(NODES, CODES), other))


def test_a_flow_is_entered_and_its_nodes_are_reached_by_codes_alone() -> None:
    text = (
        'flow: short\ncodes: { "*1#": hours }\nlanguages: [ru]\nstart: bye\n'
        "nodes: { hours: { say: hours, then: bye }, bye: { end: bye } }\n"
    )
    assert problems(text) == []
    assert any(
        "nothing leads to hours" in each for each in problems(text.replace("hours }", "bye }", 1))
    )
    assert any(
        "no call enters flow short" in each
        for each in problems(text.replace('codes: { "*1#": hours }\n', ""))
    )


def test_a_walk_begins_at_codes_too() -> None:
    text = (
        'flow: short\ncodes: { "*1#": balance, "*2#": hours }\nlanguages: [ru]\nstart: bye\n'
        "nodes:\n  balance: { do: balance, on: { ok: said, unavailable: bye } }\n"
        "  said: { say: balance-is, then: bye }\n  hours: { say: hours, then: bye }\n"
        "  bye: { end: bye }\n"
    )
    walked = find_paths(book(text))
    assert walked.missed == ()
    assert walked.shortest.keys() == set(edge_keys(book(text), book(text).flows["short"]))
    assert {path.turns[0].session.dialled for path in walked.paths} == {"*1#", "*2#"}


@pytest.mark.parametrize("keyed", ["", "keyed-codes: no\n"])
def test_a_code_that_is_keyed_in_a_menu_leads_where_it_would_when_dialled(keyed: str) -> None:
    call = Coded(book(flow(NODES, f"{CODES}{keyed}")), "100")
    call.take(Keyed("*100#"))
    if keyed:
        assert call.summary.startswith("ask")
        return
    assert call.summary == "do balance"
    assert call.steps[-1].way == "*100#"


def test_what_was_before_a_code_is_not_gone_back_to() -> None:
    """The code is of another flow, and the menu of one that was called."""
    outer = "start: { call: inner, on: { done: bye } }\nbye: { end: bye }"
    inner = 'start: { menu: menu, keys: { "1": back, "2": over }, gave-up: over }\n'
    inner += "over: { return: done }"
    text = (
        'flow: short\ncodes: { "*1#": hello }\nlanguages: [ru]\nstart: hello\n'
        'nodes:\n  hello: { menu: menu, keys: { "1": back, "2": bye }, gave-up: bye }\n'
        "  bye: { end: bye }\n"
    )
    call = Coded(book(flow(outer), called("inner", inner), text), "100")
    assert call.session.frames
    call.take(Keyed("*1#"))
    at = call.session
    assert (at.flow, at.node, at.frames, at.values, at.language) == ("short", "hello", (), {}, "ru")
    call.take(Keyed("1"))
    assert (call.session.flow, call.session.node) == ("short", "hello")


def test_an_own_key_wins_over_a_code() -> None:
    own = NODES.replace('"1": balance', '"1": balance, "*100#": bye')
    call = Coded(book(flow(own, CODES)), "100")
    call.take(Keyed("*100#"))
    assert call.summary == "say bye"


def test_a_walk_keys_codes_and_calls_cover_them() -> None:
    text = flow(NODES, CODES)
    begun = book(text)
    walked = find_paths(begun)
    assert walked.missed == ()
    keyed = {edge for edge in walked.shortest if edge[1] == ""}
    [name] = begun.flows
    assert keyed == {(name, "", "*100#"), (name, "", "*100*1#")}
    silent = book(flow(NODES, f"{CODES}keyed-codes: no\n"))
    assert not any(edge[1] == "" for edge in edge_keys(silent, silent.flows[name]))


REPLIES = """
start: { menu: menu, keys: { "1": number, "2": sure, "9": hidden }, gave-up: bye }
number: { input: number, into: to, least: 2, most: 3, then: sure, gave-up: bye }
sure: { confirm: number, yes: pay, no: bye, gave-up: bye }
pay: { do: pay, inputs: { to: to }, on: { ok: bye } }
hidden: { input: pin, into: pin, secret: yes, then: bye, gave-up: bye }
bye: { end: bye }
"""


@pytest.mark.parametrize(
    ("dialled", "expected", "node"),
    [
        ("*111#", "ask menu", "start"),
        ("*111*1#", "ask number", "number"),
        ("*111*1*12#", "ask number", "sure"),
        ("*111*1*12*1#", "ask number", "sure"),  # who did not hear it does not agree
        ("*111*9*1234#", "ask pin", "hidden"),  # secrets are not dialled
        ("*111*8*1*12#", "ask menu", "start"),  # a wrong reply ends what was dialled
    ],
)
def test_replies_are_dialled_with_a_code(dialled: str, expected: str, node: str) -> None:
    call = Coded(book(flow(REPLIES, 'codes: { "*111#": start }\n')), dialled)
    assert (call.summary, call.session.node) == (expected, node)
    assert call.session.dialled == "*111#", "and the rest is in no record but as keys"
    assert call.session.ahead == ()


def test_a_code_of_its_own_wins_over_one_with_a_reply() -> None:
    begun = book(flow(REPLIES, 'codes: { "*111#": start, "*111*1#": bye }\n'))
    assert Coded(begun, "*111*1#").summary == "say bye"
    assert Coded(begun, "*111*1*12#").summary == "say bye"
    assert start_session(begun, "call", "*999*1#", Caller("")) is None
    assert start_session(begun, "call", "*111**#", Caller("")) is not None
