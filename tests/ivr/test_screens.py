"""Pages of text: nothing is lost, and no page is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.digits import Verdict, judge
from ivr.nodes import Menu
from ivr.screens import MORE, fits, listed, pages, turning
from ivr.values import Phrase
from ivr.wants import Grammar
from prompts import catalogue, plan
from tests.ivr.conversation import shipped
from tests.operators import DEMO

SIGNS = st.sampled_from("abz ,.\nдляў€{[«😀")
SENTENCES = st.lists(st.one_of(st.text(SIGNS, max_size=200), st.text(max_size=40)), max_size=6)


def words(text: str) -> str:
    return "".join(text.split())


@given(SENTENCES, st.sampled_from(["0", "#", "00", "+"]), st.sampled_from([*MORE, "xx"]))
def test_nothing_is_lost_and_no_page_is_too_long(
    sentences: list[str], key: str, language: str
) -> None:
    found = pages(sentences, key, language)
    assert all(map(fits, found))
    hint = f"\n{key} {MORE.get(language, 'more')}"
    assert all(page.endswith(hint) for page in found[:-1])
    read = [page.removesuffix(hint) for page in found[:-1]] + [found[-1]]
    assert words("".join(read)) == words("".join(sentences))
    whole = {word for sentence in sentences for word in sentence.split() if fits(word + hint)}
    assert whole <= {word for page in read for word in page.split()}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("€" * 80, True),
        ("€" * 80 + "a", False),
        ("Ω" * 160, True),
        ("ы" + "a" * 69, True),
        ("ы" + "a" * 70, False),
        ("😀" * 35, True),
        ("😀" * 35 + "a", False),
        ("", True),
    ],
)
def test_what_a_page_holds(text: str, holds: bool) -> None:
    assert fits(text) is holds


def test_pages_as_they_are_read() -> None:
    sentences = [
        "На вашем счёте двенадцать рублей.",
        "Баланс один, тариф два, услуги три, язык пять.",
    ]
    assert pages(sentences, "#", "be") == (
        "На вашем счёте двенадцать рублей.\nБаланс один, тариф два,\n# далей",
        "услуги три, язык пять.",
    )
    sentences = [
        "Добра, цяпер мы размаўляем па-беларуску.",
        "Баланс адзін, тарыф два, паслугі тры.",
    ]
    assert pages(sentences, "#", "be") == (
        "Добра, цяпер мы размаўляем па-беларуску.\nБаланс адзін,\n# далей",
        "тарыф два, паслугі тры.",
    )
    assert pages(["Short."], "0", "en") == ("Short.",)
    assert pages([], "0", "en") == ("",)


@pytest.mark.parametrize(
    ("grammar", "key"),
    [
        (None, "0"),
        (Grammar(frozenset("12")), "0"),
        (Grammar(frozenset("012")), "#"),
        (Grammar(frozenset("012#*")), "00"),
        (Grammar(frozenset({"1", "02", "#"})), "00"),
        (Grammar(most=20, stop="#"), "#"),
        (Grammar(frozenset("*#"), most=20), "+"),
    ],
)
def test_the_key_that_turns_the_page_is_no_answer(grammar: Grammar | None, key: str) -> None:
    assert turning(grammar) == key
    assert grammar is None or judge(grammar, key) is Verdict.WRONG


@pytest.mark.parametrize(
    ("sentence", "lines"),
    [
        ("Balance, press one. Tariff, two.", ("1 Balance", "2 Tariff")),
        (
            "Выберите язык. Для русского языка нажмите один, для английского три.",
            ("Выберите язык.", "1 Для русского языка", "3 Для английского"),
        ),
        (
            "Баланс, счета і ўсё, націсніце нуль. Меню, рашотка.",
            ("0 Баланс, счета і ўсё", "# Меню"),
        ),
        ("Press one to hear it, nine to go on.", ("Press one to hear it, nine to go on.",)),
        ("Try later, or press zero.", ("Try later, or press zero.",)),
        ("And if you press zero, a person will answer.", None),
        ("Вам звонили, два. Осталось один.", None),
        ("Другой тариф, нажмите восемь. Скажите, да.", None),
        ("Welcome. Balance, press one. Bye, all.", ("Welcome.", "1 Balance", "Bye, all.")),
        ("", ()),
    ],
)
def test_choices_as_lines(sentence: str, lines: tuple[str, ...] | None) -> None:
    assert listed(sentence, set("01239#")) == ((sentence,) if lines is None else lines)


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_every_menu_of_ours_is_read_as_numbered_lines(language: str) -> None:
    """All its choices are lines, and nothing is left between them."""
    book, words = shipped(), catalogue.shipped(DEMO)
    for flow in book.flows.values():
        for node in flow.nodes.values():
            if isinstance(node, Menu):
                sentences = [plan.phrase_text(words, Phrase(each), language) for each in node.menu]
                lines = [line for each in sentences for line in listed(each, node.keys)]
                named = [line[0] for line in lines if line[1] == " "]
                own = set(node.keys) - set(flow.always)
                assert own <= set(named), (flow.flow, lines)


def test_a_page_ends_between_lines() -> None:
    lines = [
        "1 Оставить жалобу на работу",
        "2 Узнать о ремонте на линии",
        "3 Попросить перезвонить",
    ]
    assert pages(lines, "0", "ru") == (f"{lines[0]}\n{lines[1]}\n0 дальше", lines[2])
