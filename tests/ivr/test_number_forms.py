"""Every way in which a number is written is one subscriber; what is no number stays none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import numbers
from ivr.numbers import NumberPlan
from tests.fuzz import examples
from tests.operators import BELARUS

ONE = "375990000033"
"""A subscriber of the demo operator."""

WRITTEN = (
    "990000033",
    "0990000033",
    "8 0 99 000-00-33",
    "80990000033",
    "8-10-375-99-000-00-33",
    "810375990000033",
    "375990000033",
    "+375990000033",
    "00375990000033",
    "+375 (99) 000-00-33",
    "+375-99-000-00-33",
    "375.99.000.00.33",
    "\u00a0+375\u00a099\u202f000\u201100\u201133 ",
    "\u202a+375 99 000 00 33\u202c",
    "'375990000033",
    "375990000033.0",
    "375990000033.00",
    "375990000033,0",
    "990000033.0",
    "tel:+375990000033",
    "tel:+375-99-000-00-33;npdi",
    "TEL:990000033;phone-context=+375",
    "990000033;phone-context=+375",
    "990000033;phone-context=operator.example",
    "0990000033;phone-context=+375",
    "0000033;phone-context=+37599",
    "sip:+375990000033@carrier.example;user=phone",
    "sip:990000033;phone-context=+375@carrier.example",
)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_has_one_form(written: str) -> None:
    assert BELARUS.msisdn(written) == ONE
    assert BELARUS.caller(written) == ONE


@pytest.mark.parametrize(
    ("country", "msisdn", "forms"),
    [
        ("KZ", "77012345678", ("87012345678", "7012345678", "+7 (701) 234-56-78", "0077012345678")),
        ("UA", "380501234567", ("0501234567", "501234567", "+38 050 123-45-67", "380501234567.0")),
        ("HU", "36201234567", ("06201234567", "06-20 1234567", "201234567")),
        ("HU", "3612345678", ("0612345678", "+36 1 234 5678", "12345678")),
        ("PL", "48512345678", ("512 345 678", "512-345-678", "0048512345678", "48512345678,0")),
        ("DE", "4930123456", ("030 123456", "+49 (30) 123456", "0049 30 123456")),
        ("DE", "4915123456789", ("0151 23456789", "4915123456789", "tel:+49-151-23456789")),
        ("GB", "447400123456", ("07400 123456", "+44 7400 123456", "7400123456")),
        ("US", "12015550123", ("(201) 555-0123", "1-201-555-0123", "201.555.0123", "2015550123")),
    ],
)  # fmt: skip
def test_each_country_has_its_own_ways(country: str, msisdn: str, forms: tuple[str, ...]) -> None:
    plan = NumberPlan.of(country)
    assert {form: plan.msisdn(form) for form in (msisdn, *forms)} == dict.fromkeys(
        (msisdn, *forms), msisdn
    )


@pytest.mark.parametrize("country", ["BY", "KZ", "UA", "HU", "PL", "DE", "GB", "US"])
@pytest.mark.parametrize("written", ["", "0", "00", "00000000", "611", "anonymous", "9" * 60])
def test_a_short_number_or_a_withheld_one_is_no_subscriber(country: str, written: str) -> None:
    plan = NumberPlan.of(country)
    assert plan.msisdn(written) is None
    assert plan.caller(written) == ("611" if written == "611" else "")


@pytest.mark.parametrize("written", ["375000000000", "+48000000000", "1000000000"])
def test_a_country_code_and_zeros_are_a_withheld_number(written: str) -> None:
    assert BELARUS.caller(written) == ""
    assert BELARUS.caller("+48800000000") == "48800000000"


@pytest.mark.parametrize(
    "written",
    [
        "2000516",
        "3.75290000501E+11",
        "375290000501.5",
        "3752900005010",
        "37529000050",
        "375290000501 375290000502",
        "375290000501;375290000502x",
        "tel:",
        "990000033@",
    ],
)
def test_what_is_no_number_of_the_plan_never_becomes_another(written: str) -> None:
    assert BELARUS.msisdn(written) is None


def test_a_site_may_have_private_numbers_an_area_and_prefixes() -> None:
    plan = NumberPlan.of("BY", "17", ("4XXX", "[67]ZX"), ("9", "*67"), (7,))
    assert {plan.msisdn(each) for each in ("4021", "4021.0", "tel:4021", "4 021")} == {"4021"}
    assert (plan.msisdn("710"), plan.msisdn("701"), plan.msisdn("401")) == ("710", None, None)
    assert (plan.shown("4021"), plan.groups("4021")) == ("4021", None)
    assert plan.msisdn("*67 80 29 000-05-03") == "375290000503"
    assert plan.msisdn("980290000503") == "375290000503", "9 is what one dials for a line"
    assert plan.msisdn("990000033") == ONE, "a number of the plan goes before a prefix"
    local = NumberPlan.of("BY", "17")
    assert (local.msisdn("2000516"), local.msisdn("290000503")) == ("375172000516", "375290000503")
    assert NumberPlan.of("DE", "30").msisdn("123456") == "4930123456"
    assert NumberPlan.of("PL", lengths=(11,)).msisdn("12345678901") == "4812345678901"


def test_a_foreign_number_is_not_taken_for_a_private_one() -> None:
    plan = NumberPlan.of("BY", private=("48XXXXXXXXX",))
    assert plan.msisdn("48501234567") == "48501234567"
    assert plan.msisdn("+48501234567") is None


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"area_code": "017-"}, "1 to 5 digits"),
        ({"private": ("4XX.",)}, "write one such as 4XXX"),
        ({"prefixes": ("abc",)}, "1 to 8 digits"),
        ({"lengths": (20,)}, "write 4 to 14"),
    ],
)
def test_a_plan_that_is_wrong_says_what_to_write(given: dict[str, str], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        NumberPlan.of("BY", **given)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=examples(60))
@given(
    st.sampled_from(["BY", "KZ", "UA", "HU", "PL", "DE", "GB", "US"]),
    st.sampled_from(["", "code", "+", "00", "0", "8", "06", "1"]),
    st.sampled_from([2, 4, 6]),
    st.from_regex("[0-9]{9}", fullmatch=True),
)
def test_the_quick_way_says_what_the_package_says(
    country: str, prefix: str, kept: int, more: str
) -> None:
    """Bulk imports skip the package where its own patterns are enough."""
    plan = NumberPlan.of(country)
    national = plan.example.removeprefix(plan.code)
    digits = f"{plan.code if prefix == 'code' else prefix}{national[:kept]}{more}"
    digits = digits[: len(plan.code) + len(national)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "_is_valid", lambda *_: False)
        numbers._msisdn.cache_clear()
        slowly = plan.msisdn(digits)
    numbers._msisdn.cache_clear()
    assert plan.msisdn(digits) == slowly
