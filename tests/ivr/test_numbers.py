"""Telephone numbers of any country: what is understood, and how it is shown and said."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.numbers import NumberPlan
from ivr.speech.phrases import digits
from tests.operators import BELARUS


@settings(deadline=None)
@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True))
def test_every_form_of_a_national_number_is_one_msisdn(digits: str) -> None:
    spaced = f"({digits[:2]}) {digits[2:5]}-{digits[5:7]}-{digits[7:]}"
    for prefix in ("375", "+375", "+375 ", "00375", "810375", "8 10 375 ", "80", "8 0"):
        assert BELARUS.msisdn(prefix + digits) == f"375{digits}"
        assert BELARUS.msisdn(prefix + spaced) == f"375{digits}"


@pytest.mark.parametrize(
    ("written", "msisdn"),
    [
        ("+79161234567", "79161234567"),
        ("0048221234567", "48221234567"),
        ("+800 1234 5678", "80012345678"),
        ("611", None),
        ("701", None),
        ("", None),
        ("anonymous", None),
        ("+375", None),
        ("٣٧٥٢٩١٢٣٤٥٦٧", None),
        ("3" * 16, None),
        ("375291234567'; --", None),
        ("990000033", "375990000033"),
        ("0990000033", "375990000033"),
        ("990000033;phone-context=+375", "375990000033"),
        ("tel:+375990000033", "375990000033"),
        ("tel:0990000033;ext=1", "375990000033"),
        ("375990000033.0", "375990000033"),
        ("79161234567", "79161234567"),
        ("12345678", None),
        ("+37599", None),
        ("+999 12345678", None),
    ],
)
def test_number_is_understood_or_is_none(written: str, msisdn: str | None) -> None:
    assert BELARUS.msisdn(written) == msisdn


@pytest.mark.parametrize(
    ("country", "forms", "msisdn", "shown"),
    [
        (
            "KZ",
            ("+7 701 234 56 78", "77012345678", "87012345678", "7012345678", "8 10 7 7012345678"),
            "77012345678",
            "+7 701 234 5678",
        ),
        ("PL", ("+48501234567", "48501234567", "501 234 567"), "48501234567", "+48 501 234 567"),
        ("DE", ("+49 1512 3456789", "015123456789", "4915123456789"), "4915123456789", None),
        ("US", ("+1 201-555-0123", "(201) 555-0123"), "12015550123", "+1 201-555-0123"),
        ("BY", ("80291234567", "+375291234567"), "375291234567", "+375 29 123-45-67"),
        ("BY", ("990000033",), "375990000033", "+375 99 000-00-33"),
    ],
)
def test_each_country_has_its_own_forms(
    country: str, forms: tuple[str, ...], msisdn: str, shown: str | None
) -> None:
    plan = NumberPlan.of(country)
    assert {plan.msisdn(form) for form in forms} == {msisdn}
    assert plan.msisdn(msisdn) == msisdn
    assert plan.msisdn(plan.shown(msisdn)) == msisdn
    assert shown in (None, plan.shown(msisdn))


@pytest.mark.parametrize("country", ["BY", "KZ", "PL", "DE", "GB", "US", "IT", "UA", "HU", "RU"])
def test_an_example_is_a_number_of_its_plan(country: str) -> None:
    plan = NumberPlan.of(country.lower())
    assert plan.msisdn(plan.example) == plan.example
    assert plan.example.startswith(plan.code)
    assert plan.msisdn(plan.national(plan.example)) == plan.example


@pytest.mark.parametrize("country", ["PL", "KZ", "PT"])
def test_a_number_of_another_country_is_itself_in_international_form(country: str) -> None:
    plan, number = NumberPlan.of(country), "375290000503"  # in a range that was not open in 2026
    for form in ("+375290000503", "00375290000503", "tel:+375-29-000-05-03", "+375 (29) 0000503"):
        assert plan.msisdn(form) == plan.caller(form) == number
    assert plan.msisdn(number) is None  # a slip of the pen, where people write
    assert plan.whole(number) == plan.caller(number) == number
    assert plan.msisdn("+375000000000") is None


@pytest.mark.parametrize(
    ("country", "written"),
    [
        ("PL", "+48 512 345 6789"),
        ("PL", "0048 600 123 45"),
        ("BY", "+37529491911"),
        ("CZ", "+4206011234567"),
    ],
)
def test_an_own_number_with_a_digit_too_many_or_too_few_is_none(country: str, written: str) -> None:
    plan = NumberPlan.of(country)
    assert plan.msisdn(written) is plan.whole(written) is None


def test_where_lengths_vary_widely_a_length_says_nothing() -> None:
    plan = NumberPlan.of("DE")
    assert (plan.msisdn("+49900123"), plan.msisdn("+49 30 123456")) == (None, "4930123456")
    assert NumberPlan.of("DE", lengths=(6,)).msisdn("+49900123") == "49900123"


def test_what_stands_before_a_number_abroad_is_that_of_the_country() -> None:
    assert NumberPlan.of("KZ").msisdn("8 10 48 512 345 678") == "48512345678"
    assert NumberPlan.of("US").msisdn("011 48 512 345 678") == "48512345678"


def test_a_country_without_a_plan_is_refused() -> None:
    for country in ("", "XX", "Poland"):
        with pytest.raises(ValueError, match="ISO 3166"):
            NumberPlan.of(country)


@given(st.text(max_size=30))
def test_whatever_is_written_has_an_msisdn_that_stays_or_none(text: str) -> None:
    for plan in (BELARUS, NumberPlan.of("KZ"), NumberPlan.of("DE")):
        found = plan.msisdn(text)
        assert found is None or plan.whole(found) == plan.caller(found) == found


@given(st.from_regex(r"\+?[0-9]{4,17}", fullmatch=True))
@example("+9156380326")  # without the prefix, it is one of the own country
@example("+27000867784")  # its trunk prefixes are taken off one by one
def test_digits_have_an_msisdn_that_stays_or_none(text: str) -> None:
    poland = (NumberPlan.of("PL", prefixes=prefixes) for prefixes in ((), ("9",)))
    for plan in (BELARUS, NumberPlan.of("KZ"), *poland):
        found = plan.msisdn(text)
        assert found is None or plan.whole(found) == plan.caller(found) == found


def test_numbers_of_others_are_shown_as_they_are() -> None:
    for text in ("48501234567", "611", "", "anonymous"):
        assert BELARUS.shown(text) == text
        assert BELARUS.groups(text) is None


def test_numbers_are_said_in_the_groups_of_their_country() -> None:
    polish = NumberPlan.of("PL")
    assert digits("48501234567", "en", polish) == (
        "four eight, five zero one, two three four, five six seven"
    )
    assert digits("375291234567", "en", BELARUS).count(",") == 4
