"""How telephone numbers are written: in SIP headers, in spreadsheets, and by people."""

import re
import unicodedata

_SCHEME = re.compile(r"(?:tel|sips?):", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=(\+[0-9.()-]+)", re.IGNORECASE)
_PARAMETERS = re.compile(r"(?:;[a-z][a-z0-9-]*(?:=[^;]*)?)*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s().\u2010-\u2015\u2212-]")
_SPREADSHEET = re.compile(r"([0-9]{4,20})[.,]0+", re.ASCII)
_FRACTION = re.compile(r"[.,][0-9]\Z")
_SHAPE = re.compile(r"\+?[0-9]{2,20}", re.ASCII)
_LONGEST = 200


def bare(written: str, code: str) -> str:
    """A number without its scheme, parameters and separators; ``code`` is one's own country code.

    - ``tel:`` and ``sip:`` are taken off. The ``;phone-context=`` of another country (RFC 3966) is
      put before the number; any other context says that the number is national, or one of ours.
    - ``48512345678.0`` is how spreadsheets write a number that they took for a quantity. One with
      a fraction is none, and stays as it is.
    - Signs that cannot be seen come with numbers that are copied from an address book.
    """
    if len(written) > _LONGEST:
        return written
    text = written.strip()
    if not text.isascii():
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()
    if _SCHEME.match(text):
        text = text.partition(":")[2].partition("@")[0]
    number, sign, more = text.partition(";")
    if not _PARAMETERS.fullmatch(f"{sign}{more}"):
        return written
    number = number.removeprefix("'").strip()
    context = _CONTEXT.search(text)
    whole = _SPREADSHEET.fullmatch(number)
    if whole is not None:
        number = whole[1]
    elif _FRACTION.search(number):
        return written
    number = _SEPARATORS.sub("", number)
    abroad = _SEPARATORS.sub("", context[1]) if context is not None else f"+{code}"
    return number if abroad == f"+{code}" or number.startswith("+") else f"{abroad}{number}"


def is_number(text: str) -> bool:
    """Whether a text is 2 to 20 digits, with or without a plus before them."""
    return _SHAPE.fullmatch(text) is not None
