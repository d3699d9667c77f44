"""What a site offers of languages: each other one in itself, and none where there is one only."""

import pytest

from ivr.engine import step
from ivr.events import Answered, Began, Event
from ivr.model import Book
from ivr.nodes import Menu
from ivr.site_languages import spoken_only
from ivr.wants import Ask
from tests.ivr.conversation import begin, shipped

SHIPPED = shipped()


def spoken(languages: tuple[str, ...]) -> Book:
    """The shipped menus, as a site with these languages has them."""
    flows = {name: spoken_only(one, languages) for name, one in SHIPPED.flows.items()}
    return Book(flows, SHIPPED.slots, SHIPPED.operations, SHIPPED.schedules)


def played(book: Book) -> set[str]:
    """The prompts of all menus."""
    menus = (node for flow in book.flows.values() for node in flow.nodes.values())
    return {prompt for one in menus if isinstance(one, Menu) for prompt in one.menu}


@pytest.mark.parametrize(
    ("flow", "node", "key"),
    [("611", "main", "5"), ("611", "guest", "5"), ("611", "plain", "5"), ("ussd", "menu", "4")],
)
def test_one_language_is_no_choice(flow: str, node: str, key: str) -> None:
    many, one = (
        spoken(("ru", "en")).flows[flow].nodes[node],
        spoken(("ru",)).flows[flow].nodes[node],
    )
    assert isinstance(many, Menu)
    assert isinstance(one, Menu)
    assert key in many.keys
    assert key not in one.keys


def test_one_language_is_not_read_out_as_a_choice() -> None:
    offered = {"rest-languages", "plain-languages", "ussd-languages"}
    assert offered <= played(spoken(("ru", "en")))
    assert offered.isdisjoint(played(spoken(("ru",))))


@pytest.mark.parametrize(
    ("language", "others"), [("ru", ["speak-be", "speak-en"]), ("en", ["speak-ru", "speak-be"])]
)
def test_each_other_language_is_offered_before_the_menu(language: str, others: list[str]) -> None:
    session, steps = begin(SHIPPED, "611", 7, language), list[str]()
    answers: list[Event] = [Answered(each) for each in ("ok", "usual", "none", "none")]
    for event in (Began(), *answers):
        turn = step(SHIPPED, session, event)
        session = turn.session
        steps += [one.prompt for one in turn.steps if one.node == "speak"]
    assert steps == [" ".join(others)]
    assert isinstance(turn.want, Ask)
    prompts = [one.prompt for one in turn.want.screen.phrases]
    assert prompts == ["welcome", *others, "main-menu"]
