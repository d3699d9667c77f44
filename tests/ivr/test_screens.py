"""Pages of text: nothing is lost, and no page is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.key_grammar import choices
from ivr.nodes import Confirm, Menu
from ivr.screens import SMS, USSD, Choice, PageSize, fits, listed, pages, turning
from prompts import catalogue
from prompts.template import Slot
from tests import shipped
from tests.spoken import MORE

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
    hint = f"\n{key} {MORE.get(language, '>>')}"
    assert all(page.endswith(hint) for page in found[:-1])
    read = [page.removesuffix(hint) for page in found[:-1]] + [found[-1]]
    assert words("".join(read)) == words("".join(sentences))
    whole = {word for sentence in sentences for word in sentence.split() if fits(word + hint)}
    assert whole <= {word for page in read for word in page.split()}


@pytest.mark.parametrize(
    ("text", "ussd", "sms"),
    [
        ("a" * 160, True, True),
        ("a" * 161, True, False),
        ("a" * 182, True, False),
        ("a" * 183, False, False),
        ("€" * 80, True, True),
        ("€" * 91, True, False),
        ("€" * 91 + "a", False, False),
        ("Ω" * 182, True, False),
        ("ы" + "a" * 69, True, True),
        ("ы" + "a" * 70, True, False),
        ("ы" + "a" * 79, True, False),
        ("ы" + "a" * 80, False, False),
        ("😀" * 40, True, False),
        ("😀" * 40 + "a", False, False),
        ("", True, True),
    ],
)
def test_what_a_page_holds(text: str, ussd: bool, sms: bool) -> None:
    assert (fits(text, USSD), fits(text, SMS)) == (ussd, sms)


def test_pages_as_they_are_read() -> None:
    lines = ["На вашем счёте двенадцать рублей.", "Баланс один, тариф два, услуги три, язык пять."]
    assert pages(lines, "9", "be", SMS) == (
        "На вашем счёте двенадцать рублей.\n9 далей",
        "Баланс один, тариф два, услуги три, язык пять.",
    )
    lines = ["Добра, цяпер мы размаўляем па-беларуску.", "Баланс адзін, тарыф два, паслугі тры."]
    assert pages(lines, "9", "be", SMS) == (
        "Добра, цяпер мы размаўляем па-беларуску.\n9 далей",
        "Баланс адзін, тарыф два, паслугі тры.",
    )
    lines = [
        "Пакеты ёсць. Нумар 1, «Адзін гігабайт», 1,50 руб. Нумар 2, «Пяць гігабайт», 5,00 руб."
    ]
    assert pages(lines, "9", "be") == (
        "Пакеты ёсць. Нумар 1, «Адзін гігабайт», 1,50 руб.\n9 далей",
        "Нумар 2, «Пяць гігабайт», 5,00 руб.",
    )
    assert pages(["Short."], "9", "en") == ("Short.",)
    assert pages([], "9", "en") == ("",)


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ([], "9"),
        (["9 lives"], "9"),
        ([Choice("1 Balance"), Choice("0 A person")], "9"),
        ([Choice("9 Again"), Choice("1 Balance")], "0"),
        ([Choice(f"{key} Choice") for key in "0123456789*#"], "00"),
    ],
)
def test_one_key_turns_pages_unless_a_choice_has_it(lines: list[str], key: str) -> None:
    assert turning(lines) == key


@given(
    st.lists(st.text("абв ", min_size=1, max_size=60).map(lambda text: f"1 {text}".strip())),
    st.lists(st.text("абв ", min_size=1, max_size=60), max_size=2),
    st.sampled_from([USSD, SMS]),
)
def test_a_choice_is_not_cut_over_pages(
    choices: list[str], sentences: list[str], size: PageSize
) -> None:
    lines = [*sentences, *map(Choice, choices)]
    found = [line for page in pages(lines, "9", "ru", size) for line in page.split("\n")]
    assert all(choice in found for choice in choices)


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
        (
            "Orders. A lamp, 12.50 EUR, press 1. Back, star.",
            ("Orders.", "1 A lamp, 12.50 EUR", "* Back"),
        ),
        (
            "Лампа, 12,50 руб., нажмите 1. Стол, 3 шт., нажмите 2.",
            ("1 Лампа, 12,50 руб.", "2 Стол, 3 шт."),
        ),
        ("Баланс, нажмите один. На счету, 2. Ещё, три.", ("1 Баланс", "На счету, 2.", "3 Ещё")),
        ("", ()),
    ],
)
def test_choices_as_lines(sentence: str, lines: tuple[str, ...] | None) -> None:
    assert listed(sentence, set("01239#*")) == ((sentence,) if lines is None else lines)


def _text(words: catalogue.Catalogue, prompt: str, language: str, *, written: bool = False) -> str:
    """The text of a prompt, with a figure for each value."""
    parts = words.template(prompt, language, written=written)[1].parts
    return "".join("5" if isinstance(part, Slot) else str(part) for part in parts)


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_every_menu_of_ours_is_read_as_numbered_lines(language: str) -> None:
    """All its choices are lines, and nothing is left between them."""
    book, words = shipped.menus().book, shipped.texts()
    for flow in book.flows.values():
        for node in flow.nodes.values():
            if isinstance(node, Menu):
                sentences = [_text(words, each, language) for each in node.menu]
                lines = [line for each in sentences for line in listed(each, node.keys)]
                named = [line[0] for line in lines if line[1] == " "]
                own = set(node.keys) - set(flow.always) - set(node.unread)
                assert own <= set(named), (flow.flow, lines)


@pytest.mark.parametrize("language", ["ru", "be", "en"])
@pytest.mark.parametrize("size", [USSD, SMS], ids=["ussd", "sms"])
def test_every_menu_of_ours_on_pages(language: str, size: PageSize) -> None:
    """No page is too long, no choice is cut, and one key, which is no choice, turns all of them."""
    book, words = shipped.menus().book, shipped.texts()
    several = 0
    for flow in book.flows.values():
        for node in flow.nodes.values():
            if not isinstance(node, Menu | Confirm):
                continue
            prompts = node.menu if isinstance(node, Menu) else node.confirm
            texts = [_text(words, each, language, written=True) for each in prompts]
            lines = [line for each in texts for line in listed(each, choices(flow, node))]
            key = turning(lines)
            found = pages(lines, key, language, size)
            several += len(found) > 1
            hint = f"\n{key} {MORE[language]}"
            assert all(fits(each, size) and each.endswith(hint) for each in found[:-1])
            assert fits(found[-1], size)
            shown = [line for each in found for line in each.removesuffix(hint).split("\n")]
            offered = [line for line in lines if isinstance(line, Choice)]
            assert [line for line in shown if line in offered] == offered, (flow.flow, found)
            assert key == "9", "the same key turns the pages of all menus"
    assert several


def test_a_page_ends_between_lines() -> None:
    lines = [
        "1 Оставить жалобу на работу",
        "2 Узнать о ремонте на линии",
        "3 Попросить перезвонить",
    ]
    assert pages(lines, "9", "ru", SMS) == (f"{lines[0]}\n{lines[1]}\n9 дальше", lines[2])
