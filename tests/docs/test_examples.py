"""The examples of the documentation are called: by callers who press what they like."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from ari_app.demo.simulated import simulated_operator
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim.run import run_test
from ari_app.sim.script_reader import read
from ari_app.sim.simulation import bench
from ivr.analysis.examples import BROKEN, replies, request_of
from ivr.analysis.search import find_paths
from ivr.engine import step
from ivr.events import Began, Event, Gone, Keyed, Played, Recorded, Silent
from ivr.model import Book, Flow
from ivr.nodes import Input, Return
from ivr.session import Caller, Session, Spot
from ivr.values import Recording
from ivr.wants import Action, Ask, Done, Record, Say, Want
from prompts import catalogue
from tests.docs.examples import examples, loaded, written
from tests.docs.markdown import FREEPBX, LANGUAGE
from tests.ivr.calls import through_json
from tests.operators import DEMO

CALLS = 240
"""Calls to each example."""

TURNS = 30

EXAMPLES = {
    heading: files
    for heading, files in examples(LANGUAGE).items()
    if any(text.startswith("flow:") for text in files.values())
}


def entered(book: Book) -> Iterator[Flow]:
    """The flows at which calls may begin: those with numbers, and those that never return."""
    for flow in book.flows.values():
        if flow.numbers or not any(isinstance(node, Return) for node in flow.nodes.values()):
            yield flow


def answer(book: Book, session: Session, want: Want, random: Random) -> Event:
    """What may follow; now and then the caller hangs up, and every tenth one is silent."""
    if not isinstance(want, Action) and random.random() < 0.05:
        return Gone(16)
    match want:
        case Ask():
            silent = session.id.endswith("0")
            return Silent() if silent else random.choice(tuple(keyed(book, session, want)))
        case Record():
            seconds = random.choice((1.0, 5.0))
            return random.choice((Recorded(Recording("/said.wav", seconds)), Silent()))
        case Say():
            return Played(whole=True)
    of = request_of(want)
    assert of is not None
    names = (session.flow, *(frame.flow for frame in session.frames))
    handled = not session.failed and any(book.flows[name].on_error for name in names)
    return random.choice([each for each in replies(book, of) if handled or each is not BROKEN])


def keyed(book: Book, session: Session, ask: Ask) -> Iterator[Event]:
    """What a caller may do when asked."""
    yield from (Keyed(key, whole=True) for key in sorted(ask.grammar.choices))
    node = book.flows[session.flow].nodes[session.node]
    if isinstance(node, Input):
        yield from (Keyed("1" * node.least), Keyed("1234567"[: node.most]))
    yield from (Keyed("8"), Silent())


@pytest.mark.parametrize("heading", EXAMPLES)
def test_calls_go_through_every_example(heading: str) -> None:
    book = loaded(EXAMPLES[heading]).book
    assert book is not None
    assert not unseen(book)


async def test_the_example_from_freepbx_does_what_its_tests_say(tmp_path: Path) -> None:
    written(FREEPBX, tmp_path)
    menus = loading.menus(tmp_path, catalogue.shipped(DEMO), CATALOGUE)
    assert {way for _, _, way in find_paths(menus.book).missed} <= {
        "farewell"
    }  # too far to be found
    file = tmp_path / f"company{loading.TESTS}"
    found = read(str(file), file.read_text(), menus.book)
    assert not found.problems
    assert len(found.tests) == 4
    on = bench(menus.book, menus.catalogue, simulated_operator())
    results = [await run_test(on, test) for test in found.tests]
    assert [result.failure for result in results] == [None] * len(found.tests)


CALLERS = (Caller("375990000001", 1), Caller("375990000001", 1, vouched=False), Caller(""))


def unseen(book: Book) -> set[Spot]:
    """The nodes that no call came to; each call goes through JSON on the way."""
    visited: set[Spot] = set()
    for number in range(CALLS):
        random = Random(number)
        flow = random.choice(tuple(entered(book)))
        caller = random.choice(CALLERS)
        session = Session(
            id=f"call{number}",
            dialled="",
            caller=caller,
            language=flow.languages[0],
            flow=flow.flow,
            node=flow.start,
        )
        event: Event = Began()
        for _ in range(TURNS):
            turn = step(book, session, event)
            session = through_json(turn.session)
            visited.update((each.flow, each.node) for each in turn.steps)
            if isinstance(turn.want, Done):
                break
            event = answer(book, session, turn.want, random)
    return {(flow.flow, node) for flow in book.flows.values() for node in flow.nodes} - visited
