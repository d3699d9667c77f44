"""Pages of text: nothing is lost, and no page is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.digits import Verdict, judge
from ivr.screens import MORE, fits, pages, turning
from ivr.wants import Grammar

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
    told = [page.removesuffix(hint) for page in found[:-1]] + [found[-1]]
    assert words("".join(told)) == words("".join(sentences))
    whole = {word for sentence in sentences for word in sentence.split() if fits(word + hint)}
    assert whole <= {word for page in told for word in page.split()}


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
    told = ["На вашем счёте двенадцать рублей.", "Баланс один, тариф два, услуги три, язык пять."]
    assert pages(told, "#", "be") == (
        "На вашем счёте двенадцать рублей.\nБаланс один, тариф два,\n# далей",
        "услуги три, язык пять.",
    )
    told = ["Добра, цяпер мы размаўляем па-беларуску.", "Баланс адзін, тарыф два, паслугі тры."]
    assert pages(told, "#", "be") == (
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
