"""One-time codes by time (TOTP, RFC 6238 over HOTP, RFC 4226), as authenticator apps show them."""

import base64
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

from ivr.secret import Secret

STEP = 30
"""Seconds for which a code is shown."""
DIGITS = 6
_AROUND = (0, -1, 1)
"""Steps whose codes count, from the present one: clocks differ, and typing takes time."""


def new_key() -> Secret:
    """A new key of 160 bits, in base32."""
    return Secret(base64.b32encode(secrets.token_bytes(20)).decode())


def code(key: Secret, step: int, digits: int = DIGITS) -> str:
    """The code of a step since 1970."""
    secret = base64.b32decode(key.reveal())
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0xF)
    return f"{(number & 0x7FFFFFFF) % 10**digits:0{digits}}"


def matching_step(key: Secret, typed: str, at: datetime) -> int | None:
    """The step whose code was typed, around a moment; None if it is no such code.

    A step must be used once: who overhears a code has it for a minute.
    """
    given = "".join(typed.split()).encode(errors="replace")
    now = int(at.timestamp()) // STEP
    steps = (now + each for each in _AROUND if now + each >= 0)
    right = [step for step in steps if hmac.compare_digest(code(key, step).encode(), given)]
    return right[0] if right else None


def address(key: Secret, issuer: str, name: str) -> str:
    """What an app reads as a QR code: ``otpauth://totp/…``."""
    label = f"{quote(issuer, safe='')}:{quote(name, safe='')}"
    return f"otpauth://totp/{label}?secret={key.reveal()}&issuer={quote(issuer, safe='')}"
