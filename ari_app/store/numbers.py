"""Telephone numbers as people and switches write them, and the one form the store knows."""

import re

COUNTRY = "375"
"""Where a number without a country belongs: Belarus, whose national numbers have nine digits."""

_FILLING = re.compile(r"[\s().‑–-]")
_FORMS = re.compile(r"(?P<prefix>\+|00|810|80(?=[1-9][0-9]{8}$))?(?P<digits>[1-9][0-9]{6,14})")


def normalise(number: str) -> str | None:
    """The MSISDN of a number, as in E.164 without the plus; None if it is no such number.

    Understood: ``+375 29 123-45-67``, ``375291234567``, ``00375291234567``, ``810375291234567``
    and, within the country, ``8 029 123-45-67`` (trunk prefix 8, then 0 and the national number).
    Short numbers (611, an agent's extension) and withheld ones have no MSISDN.
    """
    written = _FORMS.fullmatch(_FILLING.sub("", number))
    if written is None:
        return None
    return (COUNTRY if written["prefix"] == "80" else "") + written["digits"]
