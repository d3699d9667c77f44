"""The engine goes by the ways that the graph of the flows lists, and names them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from msgspec.structs import replace

from ivr.analysis.graph import HANDLERS, Edge, edges_from
from ivr.engine import FlowError, Step, step
from ivr.events import Event
from ivr.model import Book
from ivr.nodes import KINDS
from ivr.session import Session
from ivr.session_start import first_event
from ivr.terms import ACTIONS
from ivr.wants import Done
from tests.ivr.calls import through_json
from tests.ivr.conversation import shipped
from tests.ivr.sample_flows import begin, happens, sample_book

BOOKS: Mapping[str, Callable[[], Book]] = {"samples": cache(sample_book), "shipped": shipped}
FAR = {"samples": 0.1, "shipped": 0.27}
"""How much of each callers at random do not come to: what is asked for only after many answers."""
SEEDS = range(150)


def walked(
    book: Book, random: Random, kept: Callable[[Session], Session] = through_json
) -> list[Step]:
    """The steps of a call at random, whose session is kept between them."""
    dialled = random.choice([sorted(flow.entries) for flow in book.flows.values() if flow.entries])
    session = begin(book, random.choice(dialled), random.choice([None, 7]))
    caller = replace(session.caller, vouched=random.random() < 0.8)
    session = replace(session, caller=caller, proven=random.random() < 0.3)
    misses = random.choice([0.05, 0.2, 0.9])
    event: Event = first_event(session)
    steps: list[Step] = []
    for _ in range(200):
        try:
            turn = step(book, kept(session), event)
        except FlowError as error:  # something broke twice, or there is no on-error
            return [*steps, *error.steps]
        session = turn.session
        steps += turn.steps
        if isinstance(turn.want, Done):
            return steps
        event = happens(book, turn.want, random, misses)
    return steps


def edge(book: Book, taken: Step) -> Edge | None:
    """The one way that a step names; None for one that a handler opened."""
    found = [way for way in out(book, (taken.flow, taken.node)) if way.label == taken.way]
    if not found and taken.way in HANDLERS:
        return None
    assert len(found) == 1, (taken, found)
    return found[0]


def out(book: Book, spot: tuple[str, str]) -> Iterable[Edge]:
    return edges_from(book.flows, book.operations, spot)


def handlers(book: Book, name: str) -> Iterable[tuple[str, str]]:
    """Where a handler of any flow leads."""
    return [(flow.flow, getattr(flow, HANDLERS[name])) for flow in book.flows.values()]


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_step_takes_a_way_that_is_there_and_leads_to_the_next(name: str, seed: int) -> None:
    book = BOOKS[name]()
    steps = walked(book, Random(seed))
    for taken, following in pairwise(steps):
        spot = (following.flow, following.node)
        if not taken.way:
            assert spot == (taken.flow, taken.node), "it was not left"
            continue
        way = edge(book, taken)
        if way is None or taken.way in HANDLERS:
            assert spot in handlers(book, taken.way)
        elif way.node in ACTIONS:
            assert way.node == "back" or spot == (taken.flow, taken.node)
        elif way.node:
            assert spot == way.spot
        else:
            needy = any(each.label == "need" for each in out(book, spot))
            assert following.kind == "call" or needy, "a return leads to what called, or needed it"


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.slow
def test_nearly_every_way_is_walked(name: str) -> None:
    """So that the test above means something."""
    book = BOOKS[name]()
    there = {
        (flow.flow, node, way.label)
        for flow in book.flows.values()
        for node in flow.nodes
        for way in out(book, (flow.flow, node))
    }
    missed = {way for way in there if way[2] != "farewell"}  # most of those are far away
    for seed in range(3400):
        calls = walked(book, Random(seed), kept=lambda session: session)
        missed -= {(each.flow, each.node, each.way) for each in calls}
        if len(missed) < FAR[name] * len(there):
            break
    assert len(missed) < FAR[name] * len(there), sorted(missed)
    kinds = {type(node).__name__ for flow in book.flows.values() for node in flow.nodes.values()}
    assert name == "shipped" or len(kinds) == len(KINDS)
