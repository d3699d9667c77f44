"""The path through the menus, as an agent reads it."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ari_app.workplace.call_path import LONGEST, CallNarrator, choice
from ari_app.workplace.live_calls import TimedStep
from ivr import nodes
from ivr.acd.contact_reason import SaidWords
from ivr.engine import Step
from ivr.events import Answered
from ivr.values import Count, Digits, Name, Values
from tests import shipped
from tests.ivr import calls

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WORDS = shipped.texts()
MENUS = shipped.menus().book
PLAYING = """
start:
  do: balance
  on: { ok: play }
  else: bye
play: { say: balance-is, then: choose }
choose: { menu: menu, keys: { "1": bye }, gave-up: bye }
bye: { end: bye }
"""
NARRATOR = CallNarrator(WORDS, MENUS)


@pytest.mark.parametrize(
    ("text", "key", "offered"),
    [
        ("Баланс и счета, нажмите один. Ваш тариф, два.", "1", "Баланс и счета"),
        ("Баланс и счета, нажмите один. Ваш тариф, два.", "2", "Ваш тариф"),
        ("Баланс и счета, нажмите один. Ваш тариф, два.", "3", ""),
        ("Чтобы мы перезвонили, нажмите один.", "1", "Чтобы мы перезвонили"),
        ("For your balance press one, for the tariff two.", "2", "for the tariff"),
        ("Press 1 for money.", "1", "for money"),
        ("Наберите номер.", "375291234567", ""),
    ],
)
def test_what_a_menu_offers_for_a_key(text: str, key: str, offered: str) -> None:
    assert choice(text, key) == offered


def test_every_main_choice_of_the_shipped_menu_has_a_name() -> None:
    for key in "12345678":
        [step] = NARRATOR.narrate([TimedStep(Step("611", "main", "menu", key=key), AT)])
        for language in ("ru", "en"):
            assert step.what[language], key
            assert "main" not in step.what[language]


def test_what_was_said_stands_in_place_of_the_key() -> None:
    filled: Values = {"said": Name({"": "баланс"}), "sure": Count(82)}
    spoken = Step("611", "main", "menu", key="1", way="1", filled=filled)
    listened = Step("611", "main", "listen", key="said pay", way="said pay", filled=filled)
    steps = (spoken, listened, replace(listened, filled={}))
    menu, listen, erased = NARRATOR.narrate([TimedStep(one, AT) for one in steps])
    assert (menu.key, menu.said) == ("", SaidWords("баланс", 82))
    assert menu.what["ru"].startswith("Баланс")
    assert (listen.key, listen.said) == ("", SaidWords("баланс", 82))
    assert (erased.key, erased.said) == ("", None)


@pytest.mark.parametrize(
    ("flow", "node", "key", "name"),
    [("611", "main", "0", "person"), ("money", "choose", "0", "To a person"),
     ("money", "choose", "*", "Back"), ("money", "choose", "9", "Once more")],
)  # fmt: skip
def test_common_keys_have_names(flow: str, node: str, key: str, name: str) -> None:
    [step] = NARRATOR.narrate([TimedStep(Step(flow, node, "menu", key=key), AT)])
    assert name in step.what["en"]


def test_what_is_said_is_named_by_its_words_and_not_by_its_node() -> None:
    for flow in MENUS.flows.values():
        for name, node in flow.nodes.items():
            kind = {nodes.Say: "say", nodes.End: "end"}.get(type(node), "")
            if kind and getattr(node, kind):
                for step in NARRATOR.narrate([TimedStep(Step(flow.flow, name, kind), AT)]):
                    assert step.what["ru"], f"{flow.flow}: {name}"


def test_offers_of_other_languages_are_no_step() -> None:
    assert list(NARRATOR.narrate([TimedStep(Step("611", "speak", "say"), AT)])) == []


def test_what_only_menus_ask_is_no_step() -> None:
    for outcome in ("ok", "none"):
        taken = TimedStep(Step("611", "billing", "do", outcome=outcome), AT)
        assert list(NARRATOR.narrate([taken])) == []


def test_secrets_are_masked_and_failures_named() -> None:
    steps_taken = [
        TimedStep(Step("identify", "ask", "input", key="secret"), AT),
        TimedStep(Step("money", "balance", "do", outcome="unavailable"), AT),
        TimedStep(Step("money", "balance", "do", outcome="ok"), AT),
        TimedStep(Step("611", "who", "branch", outcome="caller"), AT),
        TimedStep(Step("of-before", "gone", "menu", key="1"), AT),
    ]
    steps = list(NARRATOR.narrate(steps_taken))
    assert [step.key for step in steps] == ["****", "", "", "1"]
    assert [step.failed for step in steps] == [False, True, False, False]
    assert [step.outcome for step in steps] == ["", "unavailable", "", ""]
    assert steps[3].what == {"": "gone"}
    assert all(len(text) <= LONGEST for step in steps for text in step.what.values())


def test_amounts_that_were_played_are_shown_in_the_language_of_the_agent() -> None:
    """What was said, as the last words and as part of a question."""
    run = calls.Call(calls.book(calls.flow(PLAYING)))
    run.take(Answered("ok", calls.BALANCE), *calls.keyed("1"))
    said = [step for step in run.steps if "balance-is" in step.prompt.split()]
    assert [step.kind for step in said] == ["say", "menu"]
    shown, _ = NARRATOR.narrate(TimedStep(replace(step, prompt="balance-is"), AT) for step in said)
    assert shown.what["ru"] == "На вашем счёте 12,50 руб."
    assert shown.what["en"] == "You have 12.50 BYN on your account."


def test_what_is_not_kept_stays_blank() -> None:
    """Steps of before, and digits, which may be a number or a secret."""
    digits = {"balance": Digits("4711", hidden=True)}
    for step in (
        Step("", "", "say", "balance-is"),
        Step("", "", "say", "balance-is", filled=digits),
    ):
        [shown] = NARRATOR.narrate([TimedStep(step, AT)])
        assert shown.what["ru"] == "На вашем счёте …."


def test_nodes_stand_in_the_order_in_which_calls_come_to_them() -> None:
    places = NARRATOR.places("611")
    assert places["begin"] == 0
    assert places["welcome"] < places["news"] < places["main"] < places["tariff"]
    assert NARRATOR.places("gone") == {}
