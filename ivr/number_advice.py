"""What to write in place of a text that is no telephone number."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from ivr.number_forms import bare
from ivr.numbers import NumberPlan

_QUANTITY = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}", re.ASCII)
_RUN = re.compile(r"\+?[0-9](?:[\s().\u2010-\u2015-]{0,2}[0-9])*")
_LONGEST = 40
"""Signs of the text that are repeated."""


def advice(plan: NumberPlan, written: str, area: bool = True) -> str:
    """Why ``written`` is no number of the plan, and what would be accepted in its place. Only a
    text that is mostly digits is repeated: another one may be a secret.

    That is the number which it contains, if it can be seen: without an extension or a second one
    beside it, in other digits, and if ``area``, with an area code, which takes long to find.
    """
    text = "".join(sign for sign in unicodedata.normalize("NFKC", written) if sign.isprintable())
    text = text.strip()
    if not text:
        return f"it is empty — write it as {plan.example}"
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    if 2 * sum(map(str.isdecimal, text)) < sum(map(str.isalnum, text)):
        cut = "the text"
    if _QUANTITY.fullmatch(text):
        whole = f"{Decimal(text.replace(',', '.')):f}"
        if re.search("[1-9]0{0,2}$", whole) and plan.msisdn(whole):
            return f"{cut} is written as a quantity — write it as {plan.msisdn(whole)}"
        return (
            f"{cut} is a quantity whose last digits are lost — make the column a text in the "
            f"spreadsheet, and write numbers as {plan.example}"
        )
    for form in _forms(text):
        found = plan.msisdn(form)
        if found is not None:
            return f"{cut} is no telephone number — write it as {found}"
    digits = re.sub("[^0-9]", "", bare(text, plan.code))
    longer = len(plan.usual) != 1 or len(digits) > max(plan.usual) + 1
    alone = bare(text, plan.code) == digits and not digits.startswith(plan.code)
    if longer and alone and plan.msisdn(f"+{digits}") == digits:
        return f"{cut} has no + — write +{digits} if it is a number of another country"
    local = plan.in_some_area(digits) if area else None
    if local is not None:
        return f"{cut} has no area code — write it with one, such as {local}"
    if len(plan.usual) == 1 and len(digits) > 1:
        [usual] = plan.usual
        national = digits.removeprefix(plan.code) if len(digits) > usual else digits
        what = f"{cut} has {len(digits)} digits" if digits == text else f"{cut} is no number"
        if len(national) < usual:
            return f"{what} — write all {usual} of them, as {plan.code}{national:X<{usual}}"
        return f"{what} — write it with {usual}, as {plan.example}"
    return f"{cut} is no telephone number — write it as {plan.example}"


def _forms(text: str) -> Iterator[str]:
    """The numbers that a text may contain."""
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    yield digits
    for found in _RUN.finditer(digits):
        yield found[0]
