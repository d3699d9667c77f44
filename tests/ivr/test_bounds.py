"""What comes from outside: within bounds, or refused in a sentence."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, json

from ivr import bounds
from ivr.bounds import Id, Malformed, Seconds, Short


class Thing(Struct):
    id: Id = 0
    wait: Seconds = 0.0
    name: Short = ""


_THINGS = json.Decoder(Thing)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"id":-1}',
        '{"id":18446744073709551616}',
        '{"id":9007199254740992}',
        f'{{"id":1{"0" * 400}}}',
        '{"id":1e400}',
        '{"id":NaN}',
        '{"wait":Infinity}',
        '{"wait":1e300}',
        '{"wait":-1}',
        '{"name":"\\ud800"}',
        '{"name":"' + "a" * 201 + '"}',
        b'{"name":"\xff"}',
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(text: str | bytes) -> None:
    with pytest.raises(Malformed) as refused:
        bounds.read(text, _THINGS)
    assert "\n" not in str(refused.value)
    assert 0 < len(str(refused.value)) <= 200


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_whatever_comes_is_read_or_refused(text: str | bytes) -> None:
    with contextlib.suppress(Malformed):
        bounds.read(text, _THINGS)


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1.5", "²", "٣", "1_000", "1" * 13, "9" * 5000, "NaN", "Infinity", "1e3", "0x10"],
)
def test_no_whole_number(text: str) -> None:
    with pytest.raises(Malformed):
        bounds.whole(text)


@pytest.mark.parametrize(
    "text", ["", "NaN", "sNaN", "Infinity", "-inf", "1e99999", "1e-99999", "1.00001", "1" * 13, "a"]
)
def test_no_amount(text: str) -> None:
    with pytest.raises(Malformed):
        bounds.amount(text)


def test_what_fits() -> None:
    assert bounds.whole(" 007 ") == 7
    assert bounds.amount("-2,50") == Decimal("-2.50")
    assert bounds.read('{"id":9007199254740991}', _THINGS).id == 2**53 - 1
