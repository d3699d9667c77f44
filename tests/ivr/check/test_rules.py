"""Every rule: its bad sample breaks it alone, its good sample breaks none, it is described."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

import ivr.check.samples
from ivr.check import RULES, PromptText, SiteNames, Standard
from ivr.check.samples import files
from ivr.loader import Loaded, load
from ivr.model import Operation
from ivr.problems import Place
from tests.docs.markdown import ROOT, code, tables

HERE = Path(ivr.check.samples.__path__[0])
SERMON = "When you are ready, please choose what you would like to do, and take all the time. " * 2
TEXTS = {
    "balance-is": "You have some money.",
    "code-ask": "Key your code word.",
    "code-is": "Your code word is so and so.",
    "contract-ask": "Key your contract number, then press hash.",
    "hours-are": "We are here day and night.",
    "language-ask": "For Russian, press one. To talk to a person, zero.",
    "menu-again": "To hear this again, press one.",
    "menu-all": "One, two, three, four, five, six, seven, eight, nine, or star.",
    "menu-both": "Press one or two. Or zero, for a person.",
    "menu-help": "Take your time. Press one.",
    "menu-hours": "For the opening hours, press one. For a person, zero.",
    "menu-long": "For the opening hours, press one. " + SERMON * 4,
    "menu-sermon": SERMON,
    "menu-seven": "Or press the key seven.",
    "menu-ten": "For the hours, press one. For the news, press one zero.",
    "menu-zero": "For the opening hours, press zero. For a person, one.",
    "not-understood": "There is no such choice.",
    "number-is": "Your number is so and so.",
    "order-line": "An order, press the key.",
    "orders-are": "These are your orders.",
    "our-news": "We have moved.",
    "pay-ask": "To pay, press one. To leave it, two.",
    "sorry": "Sorry, something went wrong.",
    "speech-again": "Once more, please.",
    "speech-keys": "The keys, please.",
    "text-as-of": "As of now.",
    "thanks-bye": "Thank you. Goodbye!",
    "welcome": "Hello!",
    "news-en": "There is news.",
}
SLOTS: dict[str, Mapping[str, str]] = {
    **{prompt: {} for prompt in TEXTS},
    "balance-is": {"balance": "money"},
    "code-is": {"code": "digits"},
    "number-is": {"number": "digits"},
    "order-line": {"number": "digits", "key": "digits"},
    "orders-are": {"orders": "each order-line"},
    "text-as-of": {"at": "moment"},
}
HEARD = {
    prompt: {
        language: PromptText(text, len(text) / 14)
        for language in ("en", "ru")
        if (prompt, language) != ("news-en", "ru")
    }
    for prompt, text in TEXTS.items()
}
OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("balance", {"ok": {"balance": "money"}, "unavailable": {}}, ages=True),
        Operation("news", {"ok": {}, "failed": {}}),
        Operation("note", {"ok": {}}),
        Operation(
            "orders",
            {"some": {"orders": "each"}, "none": {}},
            rows={"orders": {"number": "digits"}},
        ),
        Operation("ticket", {"some": {"department": "word"}, "none": {}}),
        Operation("pay", {"ok": {}, "refused": {}}, costs=True),
        Operation("buy", {"ok": {}}, {"charge": "money"}, costs=True, charge="charge"),
        Operation("check-contract", {"ok": {}, "wrong": {}}, inputs={"contract": "digits"}),
        Operation("check-code", {"ok": {}, "wrong": {}}, inputs={"code": "secret"}, proves="ok"),
        Operation("look-at-code", {"ok": {}, "wrong": {}}, inputs={"code": "secret"}),
    )
}
OWN = {"our-news": Place("own.yaml", 3, 1)}
SITE = SiteNames(
    ("en", "ru"),
    ("general", "money", "internet"),
    ("desk", "engineers"),
    queues=("support",),
    hosts=("shop.example.net",),
    numbers=("701", "_80X."),
)
TODAY = date(2026, 11, 29)
ZONES = frozenset(("Europe/Minsk", "UTC"))


def sample(rule: str, sort: str) -> Loaded:
    """What the check says of a sample."""
    text = (HERE / f"{rule}.{sort}.yaml").read_text(encoding="utf-8")
    own = OWN if rule == "idle-prompt" else {}
    site = structs.replace(SITE, listens=rule != "no-recogniser")
    standard = Standard(heard=HEARD, zones=ZONES, own=own, site=site, today=TODAY)
    return load(files(text), SLOTS, OPERATIONS, standard)


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_sample_breaks_the_rule_and_no_other(rule: str) -> None:
    loaded = sample(rule, "bad")
    assert {problem.rule for problem in loaded.problems} == {rule}, loaded.problems
    assert {problem.severity for problem in loaded.problems} == {RULES[rule].severity}
    assert (loaded.book is None) == (RULES[rule].severity == "error")


@pytest.mark.parametrize("rule", RULES)
def test_the_good_sample_breaks_none(rule: str) -> None:
    loaded = sample(rule, "good")
    assert loaded.problems == ()
    assert loaded.book is not None


def test_every_sample_is_of_a_rule() -> None:
    named = {path.name for path in HERE.glob("*.yaml")}
    assert named == {f"{rule}.{sort}.yaml" for rule in RULES for sort in ("bad", "good")}


def test_rules_are_many_and_named_alike() -> None:
    assert len(RULES) >= 30
    assert all(rule.replace("-", "").isalpha() and rule.islower() for rule in RULES)
    assert all(rule.protects.endswith(".") and rule.fix.endswith(".") for rule in RULES.values())


def test_every_rule_is_described() -> None:
    [table] = tables((ROOT / "docs" / "rules.md").read_text())
    assert {code(row[0])[0]: row[1:] for row in table} == {
        rule.name: [rule.severity, rule.protects, rule.fix] for rule in RULES.values()
    }
