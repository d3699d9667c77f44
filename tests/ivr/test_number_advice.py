"""What is said of a text that is no telephone number: the text, and what would be accepted."""

import re

import pytest

from ivr.number_advice import advice
from ivr.numbers import NumberPlan


@pytest.mark.parametrize(
    ("country", "written", "expected"),
    [
        ("BY", "2000516", "2000516 has no area code — write it with one, such as 375152000516"),
        ("US", "5551234", "5551234 has no area code — write it with one, such as 12015551234"),
        ("PL", "51234562", "51234562 has 8 digits — write all 9 of them, as 4851234562X"),
        ("PL", "485123456288", "485123456288 has 12 digits — write it with 9, as 48512345678"),
        ("PL", "5123456288", "5123456288 has 10 digits — write it with 9, as 48512345678"),
        (
            "PL",
            "512345630 ext. 5",
            "512345630 ext. 5 is no telephone number — write it as 48512345630",
        ),
        (
            "PL",
            "512345631/512345632",
            "/512345632 is no telephone number — write it as 48512345631",
        ),
        ("PL", "٥١٢٣٤٥٦٥٥", "٥١٢٣٤٥٦٥٥ is no telephone number — write it as 48512345655"),
        ("BY", "3.75290000501E+11", "written as a quantity — write it as 375290000501"),
        ("BY", "3.75291E+11", "3.75291E+11 is a quantity whose last digits are lost — make the"),
        ("BY", "3,75291e+11", "3,75291e+11 is a quantity whose last digits are lost — make the"),
        ("DE", "12345", "12345 is no telephone number — write it as 4915123456789"),
        ("PL", "ann\x1b\na", "the text is no telephone number — write it as 48512345678"),
        ("PL", "hunter2", "the text is no telephone number — write it as 48512345678"),
        ("PL", "1x" * 45, f"{'1x' * 20}… is no number — write it with 9, as 48512345678"),
        ("PL", " ", "it is empty — write it as 48512345678"),
    ],
)
def test_the_text_is_shown_with_what_would_be_accepted(
    country: str, written: str, expected: str
) -> None:
    plan = NumberPlan.of(country)
    said = advice(plan, written)
    assert expected in said
    [example] = re.findall(r"[0-9X]{9,}$", said)
    assert "X" in example or plan.msisdn(example) == example
