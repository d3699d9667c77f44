"""The same conversation by voice and as a text session: the same nodes, the same outcomes."""

from collections.abc import Iterable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ari_app.demo.simulated import simulated_operator
from ari_app.sim import simulation
from ari_app.sim.caller import Scripted, VirtualClock
from ari_app.sim.expectations import verdict
from ari_app.sim.run import Call
from ari_app.sim.script import HangUp, Hear, Press, Step, Test
from ari_app.sim.trace import Trace
from ari_app.ussd.line import Page, Reply, TextLine
from ivr import nodes
from ivr.diagram.picture import linked_flows
from ivr.events import Bridged
from ivr.model import outbound
from ivr.problems import Place
from ivr.screens import USSD, fits
from ivr.session import Session
from prompts.plan import screen_texts
from tests import shipped
from tests.spoken import MORE

MENUS = shipped.menus()
BOOK = MENUS.book
BENCH = simulation.bench(BOOK, MENUS.catalogue, simulated_operator())
HERE = Place("test", 1, 1)
NO_AGENT = {
    ("queue", node.queue): (Bridged("failed"),)
    for flow in BOOK.flows.values()
    for node in flow.nodes.values()
    if isinstance(node, nodes.Queue)
}
"""In a text session no agent can be connected: nor by voice here."""

CONVERSATIONS = [
    *(
        (number, keys)
        for number in ("611", "2690000", "111")
        for keys in (
            "1#",
            "2#",
            "53",
            "1#2#53",
            "521",
            "#",
            "3*",
            "29",
            "72",
            "4#",
            "841*#",
            "21*#",
            "16#",
            "811*#",
            "48#",
            "772#",
        )
    ),
    *((f"*{code}#", "") for code in (*range(100, 110), *range(112, 130))),
    *(
        ("*111#", keys)
        for keys in ("1", "2", "3", "43", "421", "#", "49*2", "51", "52", "53", "54", "5*1")
    ),
]
"""Who dials what, and presses what: balance, tariff, languages, ways back, wrong keys."""


async def by_voice(number: str, keys: str, caller: str, language: str) -> Trace:
    clock = VirtualClock()
    # Right behind a key a # belongs to it, so the caller hears something before.
    acts: list[Hear | Press | HangUp] = []
    for key in keys:
        acts += [Hear(), Press(key)] if key == "#" else [Press(key)]
    steps = iter([Step(act, HERE) for act in (*acts, Hear(), HangUp())])

    async def following() -> Step | None:
        return next(steps, None)

    person = Scripted(following, clock, verdict)
    test = Test(test="voice", call=number, as_=caller, lang=language, given=NO_AGENT)
    call = Call(BENCH, test, clock.now)
    person.trace = call.trace
    await call.play(person, clock.reach)
    assert person.failure is None
    return call.trace


async def as_text(
    number: str, keys: Iterable[str], caller: str, language: str
) -> tuple[Trace, list[Page]]:
    """The keys answer the last page of what is asked: the others are turned."""
    coming, shown = iter(keys), list[Page]()

    async def show(page: Page) -> Reply | None:
        shown.append(page)
        key, _, hint = page.text.rpartition("\n")[2].partition(" ")
        given = key if hint in MORE.values() else next(coming, None)
        return None if given is None else Reply(given, seen=True)

    async def reach(_: float) -> None:
        """Without a wait."""

    call = Call(BENCH, Test(test="text", call=number, as_=caller, lang=language), lambda: 0.0)
    texts = partial(screen_texts, MENUS.catalogue, form="written")
    await call.over(TextLine(texts, show, "ru", USSD, BOOK.words), reach)
    return call.trace, shown


CALLED = [
    (number, keys, caller)
    for number, keys in CONVERSATIONS
    for caller in ("0001", "0003", "unknown")
]


@pytest.mark.parametrize("language", ["ru", "be", "en"])
@pytest.mark.parametrize(("number", "keys", "caller"), CALLED)
@pytest.mark.slow
async def test_the_same_by_voice_and_as_text(
    number: str, keys: str, caller: str, language: str
) -> None:
    voice = await by_voice(number, keys, caller, language)
    text, shown = await as_text(number, keys, caller, language)
    assert [line.step for line in text.path] == [line.step for line in voice.path]
    assert text.ending == voice.ending
    assert _without_what_was_heard(text.session) == _without_what_was_heard(voice.session)
    assert all(fits(page.text) for page in shown)
    assert shown[-1].last == (text.ending == "ended")


def _without_what_was_heard(session: Session | None) -> Session:
    """A session, apart from what was presented whole: keys cut prompts short, but no pages."""
    assert session is not None
    return replace(session, presented=())


def test_all_that_can_be_dialled_is_tried() -> None:
    ours = {outbound(flow.flow) for flow in BOOK.flows.values() if flow.outbound}
    assert {number for number, _ in CONVERSATIONS} == BOOK.dialled.keys() - ours


def test_every_flow_is_entered_that_is_not_for_voice_alone() -> None:
    """One that records or calls is; an agent is reached by voice alone, and asked about after."""
    silent = {
        flow.flow
        for flow in BOOK.flows.values()
        if not flow.outbound
        and not any(isinstance(node, nodes.Record | nodes.Queue) for node in flow.nodes.values())
    }
    assert silent == {
        *("611", "111", "money", "ussd", "travel", "lessons", "identify", "word", "tariff"),
        *("services", "promise", "gifts", "offers", "points", "packet", "top-up"),
        *("roaming", "lost", "sim", "other", "pay", "call-back", "survey"),
    }
    for name in silent:
        assert any(
            name in linked_flows(BOOK.flows, flow.flow)
            for flow in BOOK.flows.values()
            if flow.entries
        )


@settings(deadline=None)
@given(
    st.sampled_from(list(BOOK.dialled)),
    st.sampled_from(["0001", "0003", "unknown", "withheld"]),
    st.lists(st.sampled_from([*"0123456789*#", "00", "12", "", "баланс"]), max_size=25),
)
async def test_any_replies_are_answered(number: str, caller: str, replies: list[str]) -> None:
    trace, shown = await as_text(number, replies, caller, "")
    assert trace.ending in ("ended", "gone")
    assert all(page.text and fits(page.text) for page in shown)
    assert shown[-1].last == (trace.ending == "ended")
