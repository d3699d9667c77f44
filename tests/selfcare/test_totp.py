"""One-time codes by time, by the test vectors of RFC 6238, appendix B."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from ari_app.selfcare import totp
from ivr.secret import Secret

KEY = Secret(base64.b32encode(b"12345678901234567890").decode())


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code(KEY, seconds // totp.STEP, 8) == code
    at = datetime.fromtimestamp(seconds, UTC)
    for away in (-30, 0, 30):
        typed = f"{code[2:5]} {code[5:]}"
        assert totp.matching_step(KEY, typed, at + timedelta(seconds=away)) == seconds // totp.STEP
    assert totp.matching_step(KEY, code[2:], at + timedelta(seconds=61)) is None


@pytest.mark.parametrize("typed", ["", "0", "28708", "2870820", "٢٨٧٠٨٢", "\ud800", "287082\0"])
def test_anything_else_is_no_code(typed: str) -> None:
    assert totp.matching_step(KEY, typed, datetime.fromtimestamp(59, UTC)) is None


def test_keys_are_new_and_their_address_is_for_apps() -> None:
    first, second = totp.new_key(), totp.new_key()
    assert first.reveal() != second.reveal()
    assert len(first.reveal()) == 32
    assert totp.address(Secret("ABC"), "Demo & Co", "anna") == (
        "otpauth://totp/Demo%20%26%20Co:anna?secret=ABC&issuer=Demo%20%26%20Co"
    )
