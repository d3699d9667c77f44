"""The texts that we ship."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import prompts
from ivr.values import Count, Day, Digits, Moment, Money, Name, Phrase, Rows, Spoken, Text, Values
from prompts.catalogue import Catalogue, load
from prompts.plan import phrase_text
from prompts.text_reader import WRITTEN
from tests.operators import DEMO

TARIFF = Name({"ru": "Домашний", "be": "Хатні", "en": "Home"})
FEE = Money(Decimal("21.01"), "BYN")
OUTAGE = Spoken({"ru": "Авария.", "be": "Аварыя.", "en": "An outage."})
UNTIL = Moment(datetime(2026, 11, 3, 14, 30))
DAY = Day(date(2026, 11, 3))
VALUES: Values = {
    "balance": Money(Decimal("12.50"), "BYN"),
    "tariff": TARIFF,
    "fee": FEE,
    "until": UNTIL,
    "announcement": OUTAGE,
    "minutes": Count(301),
    "gigabytes": Count(22),
    "bill": FEE,
    "difference": FEE,
    "reasons": Rows(({"reason": TARIFF, "amount": FEE},)),
    "tariffs": Rows(
        ({"tariff": TARIFF, "fee": FEE, "minutes": Count(301), "gigabytes": Count(22)},)
    ),
    "complaint": Digits("1024"),
    "payments": Rows(({"day": DAY, "amount": FEE},)),
}
KINDS: Values = {
    "money": FEE,
    "count": Count(22),
    "day": DAY,
    "date": DAY,
    "near": DAY,
    "moment": UNTIL,
    "when": UNTIL,
    "deadline": UNTIL,
    "digits": Digits("375291234567"),
    "name": TARIFF,
    "spoken": OUTAGE,
    "text": Text("!"),
}


TYPED = ("apn-settings", "ussd-no-agent", "ussd-unknown", "survey-text", "survey-text-wrong")
"""Read, never heard: they have names and numbers as they are typed."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(Path(prompts.__file__).parent, DEMO)


def values(catalogue: Catalogue, prompt: str) -> Values:
    """The values of a prompt, each of its kind; two rows of a list."""
    kinds = {name: kind.split() for name, kind in catalogue.slots(prompt).items()}
    return {
        name: Rows((values(catalogue, unit[0]),) * 2) if kind == "each" else KINDS[kind]
        for name, (kind, *unit) in kinds.items()
    }


def test_every_prompt_is_translated(catalogue: Catalogue) -> None:
    assert catalogue.languages == ("ru", "be", "en")
    assert catalogue.missing() == ()


@pytest.mark.parametrize(("language", "foreign"), [("ru", "[a-zіў]"), ("be", "[a-zищъ]")])
def test_texts_are_in_one_alphabet_without_digits(
    catalogue: Catalogue, language: str, foreign: str
) -> None:
    for prompt in catalogue.texts[language].keys() - set(TYPED):
        text = phrase_text(catalogue, Phrase(prompt, values(catalogue, prompt)), language)
        digits = "" if prompt.endswith(WRITTEN) else r"|\d"
        assert not re.search(rf"{foreign}{digits}|[{{}}]", text, re.IGNORECASE), prompt


def test_english_has_no_cyrillic(catalogue: Catalogue) -> None:
    for prompt in catalogue.texts["en"]:
        text = phrase_text(catalogue, Phrase(prompt, values(catalogue, prompt)), "en")
        assert text.isascii(), prompt


@pytest.mark.parametrize(
    ("prompt", "language", "text"),
    [
        ("balance-is", "ru", "На вашем счёте двенадцать рублей пятьдесят копеек."),
        ("balance-is", "be", "На вашым рахунку дванаццаць рублёў пяцьдзясят капеек."),
        ("balance-is", "en", "You have twelve rubles and fifty kopecks on your account."),
        (
            "tariff-is",
            "ru",
            "Ваш тариф «Домашний». Абонентская плата двадцать один рубль одна копейка в месяц. "
            "В тариф входит триста одна минута и двадцать два гигабайта интернета.",
        ),
        (
            "payments-are",
            "be",
            "Вашы апошнія плацяжы: трэцяга лістапада, дваццаць адзін рубель адна капейка.",
        ),
        (
            "bill-higher",
            "ru",
            "Ваш последний счёт двадцать один рубль одна копейка, это на двадцать один рубль "
            "одну копейку больше предыдущего. Домашний, двадцать один рубль одна копейка.",
        ),
        (
            "tariffs-are",
            "be",
            "Раскажам пра нашы тарыфы. «Хатні», дваццаць адзін рубель адна капейка за месяц: "
            "трыста адна хвіліна і дваццаць два гігабайты інтэрнэту.",
        ),
        (
            "complaint-taken",
            "en",
            "Thank you for telling us. Your complaint has the number one zero, two four. "
            "We will look into it and answer you within fifteen days.",
        ),
        (
            "announcement",
            "ru",
            "Авария. По плану всё заработает третьего ноября до четырнадцати тридцати.",
        ),
        (
            "announcement",
            "be",
            "Аварыя. Паводле плана ўсё запрацуе трэцяга лістапада да чатырнаццаці трыццаці.",
        ),
        ("language-be", "ru", "Для беларускай мовы націсніце два."),
    ],
)
def test_sentences(catalogue: Catalogue, prompt: str, language: str, text: str) -> None:
    assert phrase_text(catalogue, Phrase(prompt, VALUES), language) == text
