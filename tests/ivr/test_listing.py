"""Menus over the rows of a list: each row has a key."""

import pytest

from ivr.analysis.examples import row
from ivr.analysis.search import find_paths
from ivr.check import Standard
from ivr.events import Answered, Keyed, Silent
from ivr.loader import Loaded, load
from ivr.model import Book, Operation
from ivr.values import Digits, Rows, Text, Values
from ivr.wants import Ask, Invoke
from tests.ivr.calls import Call, flow, keyed

OPERATIONS = {
    "orders": Operation(
        "orders",
        {"ok": {"orders": "each"}, "unavailable": {}},
        rows={"orders": {"order": "digits", "title": "text"}},
    ),
    "look": Operation("look", {"ok": {}, "unavailable": {}}, {"number": "digits"}),
}
SLOTS: dict[str, dict[str, str]] = {
    **{prompt: {} for prompt in ("hello", "more", "short", "empty", "bye")},
    "orders-are": {"orders": "each line"},
    "orders-again": {"orders": "each line"},
    "orders-keyless": {"orders": "each keyless"},
    "orders-long": {"orders": "each long"},
    "line": {"title": "text", "key": "digits"},
    "keyless": {"title": "text"},
    "long": {"title": "text", "order": "digits", "key": "digits", "size": "count"},
}
LIST = "{ of: orders, take: { number: order }, then: look, none: empty, most: 3, more: more }"
MENU = f'{{ menu: [hello, orders-are], each: {LIST}, keys: {{ "8": bye }}, gave-up: human }}'


def loaded(menu: str = MENU, then: str = "{ end: bye }", always: str = "") -> Loaded:
    """A flow that reads orders and offers them."""
    text = flow(
        f"""
start: {{ do: orders, on: {{ ok: which }}, else: human }}
which: {menu}
look: {{ do: look, inputs: {{ number: number }}, on: {{ ok: bye }}, else: human }}
empty: {{ say: empty, then: bye }}
human: {{ queue: support, else: bye }}
bye: {then}
""",
        f'always: {{ "*": back, "9": repeat{always} }}',
    )
    return load({"orders.yaml": text}, SLOTS, OPERATIONS)


def asked(many: int, menu: str = MENU) -> Call:
    """A call that was offered so many orders."""
    book = loaded(menu).book
    assert book is not None
    call = Call(book)
    rows: list[Values] = [
        {"order": Digits(f"70{n}"), "title": Text(f"title {n}")} for n in range(many)
    ]
    call.take(Answered("ok", {"orders": Rows(tuple(rows))}))
    return call


def played(call: Call) -> list[tuple[str, str]]:
    """Key and title of each row that is played."""
    [rows] = [phrase.values["orders"] for phrase in call.phrases if phrase.values]
    assert isinstance(rows, Rows)
    found = [(row["key"], row["title"]) for row in rows.rows]
    return [(key.digits, title.text) for key, title in found
            if isinstance(key, Digits) and isinstance(title, Text)]  # fmt: skip


def choices(call: Call) -> str:
    assert isinstance(call.want, Ask)
    return "".join(sorted(call.want.grammar.choices))


def test_each_row_is_played_with_its_key() -> None:
    call = asked(2)
    assert call.summary == "ask hello orders-are"
    assert played(call) == [("1", "title 0"), ("2", "title 1")]
    assert choices(call) == "*1289"


def test_the_key_of_a_row_takes_its_values_and_goes_on() -> None:
    call = asked(2)
    call.take(*keyed("2"))
    assert call.want == Invoke("look", {"number": Digits("701")}, "call:3")
    assert call.ways[-1] == "which row"
    assert call.record()[-1] == "which 2 -> look"


def test_more_rows_than_are_played_at_once_have_a_key_for_the_next_ones() -> None:
    call = asked(7)
    assert (call.summary, choices(call)) == ("ask hello orders-are more", "#*12389")
    call.take(*keyed("#"))
    assert played(call) == [("1", "title 3"), ("2", "title 4"), ("3", "title 5")]
    call.take(*keyed("9"))
    assert played(call)[0] == ("1", "title 3"), "repeat stays with these rows"
    call.take(Silent(whole=True))
    assert played(call)[0] == ("1", "title 3")
    call.take(*keyed("#"))
    assert (played(call), choices(call)) == ([("1", "title 6")], "*189")
    assert call.summary == "ask hello orders-are"
    call.take(Keyed("2", whole=True))
    assert (call.ways[-1], played(call)) == ("which wrong", [("1", "title 6")])
    call.take(*keyed("1"))
    assert call.session.values["number"] == Digits("706")


def test_as_many_rows_as_are_played_at_once_need_no_further_ones() -> None:
    assert (asked(3).summary, choices(asked(3))) == ("ask hello orders-are", "*12389")


def test_without_a_word_for_more_the_first_rows_are_all() -> None:
    call = asked(7, MENU.replace(", more: more", ""))
    assert (call.summary, choices(call)) == ("ask hello orders-are", "*12389")


def test_an_empty_list_asks_nothing() -> None:
    call = asked(0)
    assert call.summary == "say empty bye"
    assert call.ways == ["start ok", "which none", "empty then", "bye"]


def test_who_comes_back_hears_the_first_rows() -> None:
    again = MENU.replace('"8": bye', '"8": bye, "7": which')
    call = asked(5, again)
    call.take(*keyed("# 7"))
    assert played(call)[0] == ("1", "title 0")


def test_a_prompt_after_a_silence_may_play_the_rows() -> None:
    call = asked(2, MENU.replace("gave-up", "silent: orders-again, gave-up"))
    call.take(Silent(whole=True))
    assert call.summary == "ask orders-again"
    assert played(call) == [("1", "title 0"), ("2", "title 1")]


@pytest.mark.parametrize(
    ("menu", "problem"),
    [
        (MENU.replace('"8"', '"3"'), "the key 3 is that of a row, or of the next rows: lower"),
        (MENU.replace('"8"', '"#"'), "the key # is that of a row, or of the next rows: lower"),
        (MENU.replace("most: 3", "most: 9"), "the key 9 is that of a row, or of the next rows"),
        (MENU.replace("more: more", 'more: more, more-key: "2"'), "the key 2 is that of a row:"),
        (MENU.replace("orders-are", "short"), "no prompt of this menu plays the rows of orders:"),
        (MENU.replace("orders-are", "orders-keyless"), "the rows of orders are played without"),
        (MENU.replace("orders-are", "orders-long"), "the rows of orders have no size:"),
        (MENU.replace("number: order", "number: orders"), "the rows of orders have no orders:"),
        (MENU.replace("then: look, ", ""), "then is missing: add `then: …` (next node after"),
        (MENU.replace("none: empty, ", ""), "none is missing: add `none: …` (next node when"),
        (MENU.replace("none: empty", "none: nowhere"), "there is no node nowhere:"),
        (MENU.replace("of: orders", "of: others"), "this takes others, which nothing in these"),
        (
            MENU.replace("of: orders", "of: others"),
            "no prompt of this menu plays the rows of others",
        ),
    ],
)
def test_rows_that_cannot_be_chosen_are_found(menu: str, problem: str) -> None:
    found = loaded(menu)
    assert found.book is None
    assert problem in [each.text[: len(problem)] for each in found.problems]


def test_keys_of_rows_are_said_in_their_menu_only() -> None:
    found = loaded(then="{ end: orders-are }")
    [problem] = found.problems
    assert problem.text == (
        "the prompt orders-are says keys of the rows of orders, which have none: "
        "play it in a menu with `each: { of: orders, … }`"
    )


def test_rows_count_as_choices() -> None:
    crowd = MENU.replace("most: 3", "most: 5").replace('"8": bye', '"6": bye, "7": bye, "8": human')
    menu = crowd.replace("gave-up", "choices: 7, gave-up")
    text = flow(
        f"start: {{ do: orders, on: {{ ok: which }}, else: bye }}\nwhich: {menu}\n"
        "look: { end: bye }\nempty: { end: bye }\nhuman: { queue: support, else: bye }\n"
        "bye: { end: bye }"
    )
    found = load({"orders.yaml": text}, SLOTS, OPERATIONS, Standard()).problems
    assert [each.text[:27] for each in found if each.rule == "crowded-menu"] == [
        "its prompts name 8 choices:"
    ]


def test_every_way_of_the_menu_is_found_by_the_search() -> None:
    book = loaded(always=', "0": human').book
    assert book is not None
    found = find_paths(book)
    ways = {label for _, node, label in found.shortest if node == "which"}
    assert ways == {"row", "more", "none", "8", "*", "9", "0", "silent", "wrong", "gave-up"}
    assert not found.missed


def test_what_a_menu_takes_can_be_given_in_a_test() -> None:
    book = loaded().book
    assert book is not None
    taken = Book(book.flows, {"orders-are": SLOTS["orders-are"], "line": SLOTS["line"]}, OPERATIONS)
    assert row(taken, "orders") == {"title": "text", "order": "digits"}
