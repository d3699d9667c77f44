"""The way through the menus, as an agent reads it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ari_app.workplace.call_path import LONGEST, CallNarrator, choice
from ari_app.workplace.calling import Taken
from ivr.engine import Step
from prompts.catalogue import shipped
from tests.operators import DEMO

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WORDS = shipped(DEMO)
MENUS = loading.menus(Path("ivr/menus"), WORDS, CATALOGUE).book
TELLER = CallNarrator(WORDS, MENUS)


@pytest.mark.parametrize(
    ("text", "key", "language", "offered"),
    [
        ("Баланс и счета, нажмите один. Ваш тариф, два.", "1", "ru", "Баланс и счета"),
        ("Баланс и счета, нажмите один. Ваш тариф, два.", "2", "ru", "Ваш тариф"),
        ("Баланс и счета, нажмите один. Ваш тариф, два.", "3", "ru", ""),
        ("Чтобы мы перезвонили, нажмите один.", "1", "ru", "Чтобы мы перезвонили"),
        ("For your balance press one, for the tariff two.", "2", "en", "for the tariff"),
        ("Press 1 for money.", "1", "en", "for money"),
        ("Наберите номер.", "375291234567", "ru", ""),
    ],
)
def test_what_a_menu_offers_for_a_key(text: str, key: str, language: str, offered: str) -> None:
    assert choice(text, key, language) == offered


def test_every_main_choice_of_the_shipped_menu_is_told_in_words() -> None:
    for key in "12345678":
        [step] = TELLER.told([Taken(Step("611", "main", "menu", key=key), AT)])
        for language in ("ru", "en"):
            assert step.what[language], key
            assert "main" not in step.what[language]


@pytest.mark.parametrize(
    ("flow", "node", "key", "said"),
    [("611", "main", "0", "person"), ("money", "choose", "0", "To a person"),
     ("money", "choose", "*", "Back"), ("money", "choose", "9", "Once more")],
)  # fmt: skip
def test_keys_that_are_the_same_everywhere_are_told_too(
    flow: str, node: str, key: str, said: str
) -> None:
    [step] = TELLER.told([Taken(Step(flow, node, "menu", key=key), AT)])
    assert said in step.what["en"]


def test_secrets_are_stars_and_failures_are_named() -> None:
    taken = [
        Taken(Step("identify", "ask", "input", key="secret"), AT),
        Taken(Step("money", "balance", "do", outcome="unavailable"), AT),
        Taken(Step("money", "balance", "do", outcome="ok"), AT),
        Taken(Step("611", "who", "branch", outcome="caller"), AT),
        Taken(Step("of-before", "gone", "menu", key="1"), AT),
    ]
    steps = list(TELLER.told(taken))
    assert [step.key for step in steps] == ["****", "", "", "1"]
    assert [step.failed for step in steps] == [False, True, False, False]
    assert [step.outcome for step in steps] == ["", "unavailable", "", ""]
    assert steps[3].what == {"": "gone"}
    assert all(len(text) <= LONGEST for step in steps for text in step.what.values())
