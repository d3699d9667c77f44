"""Names and descriptions as people wrote them: character sets, mojibake and HTML entities."""

import html
import re

_CODECS = {
    "binary": "utf-8",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1257": "cp1257",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "latin1": "cp1252",
    "latin2": "iso8859-2",
    "latin5": "iso8859-9",
    "utf8": "utf-8",
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
}
"""Character set of MySQL -> codec of Python. Its latin1 is cp1252 (MySQL manual, 12.10.2)."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def whole(text: str, otherwise: int = 0) -> int:
    """A whole number of less than ten digits; ``otherwise`` where there is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def seconds(text: str, otherwise: int) -> int:
    """Seconds as written, within what a menu may wait; ``otherwise`` where there are none."""
    found = re.fullmatch(r"(\d+)(\.\d+)?", text)
    return min(max(whole(found[1], 120), 2), 120) if found else otherwise


def charset(name: str) -> str:
    """The codec of a character set of MySQL; utf-8 for one that is not known."""
    return _CODECS.get(name.lower(), "utf-8")


def decoded(raw: bytes, codec: str = "utf-8") -> str:
    """The text of bytes: in ``codec``, else in cp1252, where every byte has a meaning."""
    for each in (codec, "cp1252"):
        try:
            return raw.decode(each)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def said(text: str | None) -> str:
    """A name on one line: without entities and control characters, and repaired.

    What FreePBX stored over a connection of another character set is UTF-8 that was read as
    cp1252 (``Ð¾`` for о); it is read again.
    """
    text = html.unescape(text or "")
    return " ".join(_CONTROLS.sub(" ", _repaired(text)).split())


def _repaired(text: str) -> str:
    if text.isascii():
        return text
    try:
        raw = b"".join(_byte(sign) for sign in text)
        return raw.decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _byte(sign: str) -> bytes:
    """The byte of a sign of MySQL's latin1: cp1252, and itself where that has none."""
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")
