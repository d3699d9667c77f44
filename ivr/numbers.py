"""Telephone numbers: the one form in which they are stored and compared, and how people read them.

The rules of the world's number plans come from the package `phonenumbers`; which of them is the
operator's own, and what it does not know, are settings of the site. Numbers of the own plan are
accepted by their length, so that a range which was only just opened, or a fictional one, is a
number too; not in a country such as Germany, where a length says nothing.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr import world_numbers
from ivr.number_forms import bare, is_number
from ivr.world_numbers import example, has_plan, is_own, is_whole, parsed, stored, world

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_PATTERN = re.compile(r"(?:[0-9XZN]|\[[0-9]+(?:-[0-9])?\]){2,15}", re.ASCII)
_SIGNS = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}
_AREAS = range(1, 1000)
_NO_ONES = re.compile("[0-9]{1,5}0{8,}", re.ASCII)
_LONGEST_LOCAL = 8
"""Digits of the longest number that is dialled without its area code."""
_VARIED = 3
"""By how many digits numbers of a country may differ, if their length is to say anything."""


class NumberPlan(Struct, frozen=True):
    """The number plan of an operator: ``country`` is its ISO 3166 code, such as ``PL``.

    ``area_code``: where numbers are of which only the local digits are given. ``private``: numbers
    of one's own besides the country's, as patterns of Asterisk (``4XXX``). ``prefixes``: what may
    stand before a number and is no part of it. ``lengths``: how many national digits numbers have
    that the package does not know of. Make it with :meth:`of`, which checks all of them.
    """

    country: str
    area_code: str = ""
    private: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        country: str,
        area_code: str = "",
        private: tuple[str, ...] = (),
        prefixes: tuple[str, ...] = (),
        lengths: tuple[int, ...] = (),
    ) -> "NumberPlan":
        """The plan of a country; ``ValueError`` for a code that no number plan is known of, and
        for what is wrong with the rest."""
        if not has_plan(country.upper()):
            raise ValueError(
                f"there is no country {country!r}: write its ISO 3166 code, such as PL"
            )
        if area_code and not re.fullmatch("[0-9]{1,5}", area_code, re.ASCII):
            raise ValueError(f"the area code {area_code!r} must be 1 to 5 digits, without the 0")
        for pattern in private:
            if not _PATTERN.fullmatch(pattern):
                raise ValueError(
                    f"the private numbers {pattern!r} are no pattern: write one such as 4XXX "
                    "(X is 0 to 9, Z 1 to 9, N 2 to 9, [3-5] one of these; 15 digits at most)"
                )
        for prefix in prefixes:
            if not re.fullmatch(r"[0-9*#+]{1,8}", prefix, re.ASCII):
                raise ValueError(f"the prefix {prefix!r} must be 1 to 8 digits or signs of * # +")
        for length in lengths:
            if not 4 <= length <= 14:
                raise ValueError(f"no number has {length} national digits: write 4 to 14")
        return cls(country.upper(), area_code, private, prefixes, lengths)

    @property
    def code(self) -> str:
        """The country code, such as ``48``."""
        return _rules(self).code

    @property
    def example(self) -> str:
        """A number of this plan as it is stored, to write it in an error text."""
        return f"{self.code}{example(self.country)}"

    @property
    def usual(self) -> frozenset[int]:
        """How many national digits numbers have; empty in a country where that varies widely."""
        return _rules(self).usual

    @property
    def zones(self) -> tuple[str, ...]:
        """Time zones of IANA in which its numbers are, as far as that is known."""
        from phonenumbers import timezone  # large, and wanted by `firstline init` alone

        one = parsed(f"+{self.example}", None)
        found = timezone.time_zones_for_number(one) if one is not None else ()
        return tuple(zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE)

    def msisdn(self, written: str) -> str | None:
        """The one form of a number: as in E.164, without the plus, or a private number as it is.

        None if it is none of this plan and not a whole international number either. Understood
        are numbers with ``+``, ``00`` or the country's own international prefix, with the country
        code alone, with the trunk prefix, national ones, and local ones of the area code, in all
        ways of writing of :func:`~ivr.number_forms.bare`. Short numbers (611, an extension) that
        are not private ones, and withheld ones, have no MSISDN.

        A number of another country that is longer than the national ones is one by its length, if
        it is written with ``+`` or ``00``; digits alone, which may be a slip of the pen, and
        shorter ones are numbers only in a range that the package knows. One of the own country
        with digits too many or too few is a slip of the pen in every form.
        What is stored, or comes from the network, is read by :meth:`whole`.
        """
        found = (_msisdn(self, form) for form in _forms(self, bare(written, self.code)))
        return next(filter(None, found), None)

    def whole(self, number: str) -> str | None:
        """The MSISDN of a number of the network or of the store, where no one mistypes: digits
        alone may be those of any country."""
        known = self.msisdn(number)
        digits = bare(number, self.code)
        if known is not None or not digits.isdecimal():
            return known
        return digits if self.msisdn(f"+{digits}") == digits else None

    def in_some_area(self, digits: str) -> str | None:
        """The MSISDN of local digits in some area of the country; None if they are not local."""
        fixed = world().PhoneNumberType.FIXED_LINE
        local = world().ValidationResult.IS_POSSIBLE_LOCAL_ONLY
        one = parsed(digits, self.country)
        if one is None or world().is_possible_number_for_type_with_reason(one, fixed) != local:
            return None
        found = (parsed(f"+{self.code}{area}{digits}", None) for area in _AREAS)
        kinds = (fixed, world().PhoneNumberType.FIXED_LINE_OR_MOBILE)
        whole = (stored(each) for each in found if each and world().number_type(each) in kinds)
        return next((each for each in whole if self.msisdn(each) == each), None)

    def caller(self, written: str) -> str:
        """What is kept of a caller's number: its MSISDN; another network's or a short one as its
        digits; "" if it is withheld, which switches also show as a name, as ``0``, or as a country
        code and zeros."""
        known = self.whole(written)
        if known is not None:
            return known
        digits = bare(written, self.code).removeprefix("+")
        withheld = not digits.strip("0") or _NO_ONES.fullmatch(digits)
        return digits if is_number(digits) and len(digits) <= 15 and not withheld else ""

    def gets_texts(self, msisdn: str) -> bool:
        """Whether a mobile phone may have a number: a whole one, and not known as a fixed line."""
        one = parsed(f"+{msisdn}", None) if self.whole(msisdn) == msisdn else None
        return one is not None and world().number_type(one) != world().PhoneNumberType.FIXED_LINE

    def national(self, msisdn: str) -> str:
        """The digits that every form of a number ends in: those after the code of the country."""
        return msisdn.removeprefix(self.code) if self._has(msisdn) else msisdn

    def shown(self, digits: str) -> str:
        """A number as it is read, such as ``+48 512 345 678``; any other text as it is."""
        groups = self.groups(digits)
        return digits if groups is None else world_numbers.shown(self.country, digits)

    def groups(self, digits: str) -> tuple[int, ...] | None:
        """How many digits of an MSISDN of this plan are said without a pause; None for others."""
        if not self._has(digits):
            return None
        return tuple(
            len(group) for group in re.findall("[0-9]+", world_numbers.shown(self.country, digits))
        )

    def _has(self, digits: str) -> bool:
        """Whether digits are an MSISDN of this plan's country."""
        rules = _rules(self)
        rest = digits.removeprefix(rules.code)
        return digits.isdecimal() and rest != digits and len(rest) in rules.lengths


class _Rules(Struct, frozen=True):
    """What is looked at for each number of a plan, made once.

    ``lengths``: how many national digits its numbers may have. ``by_length``: with how many a whole
    number, and ``usual``: with how many any is accepted also where the package knows no such range;
    in a country where that could be any number of digits, only as many as the plan says.
    ``abroad``: what stands before a whole international number, ``trunk`` before a national one.
    ``valid``: the package's patterns of national digits, with their lengths; the first must match,
    and one of the others.
    """

    code: str
    lengths: frozenset[int]
    by_length: frozenset[int]
    usual: frozenset[int]
    abroad: re.Pattern[str]
    trunk: re.Pattern[str]
    valid: tuple[tuple[re.Pattern[str], frozenset[int]], ...]
    private: re.Pattern[str]


@lru_cache(maxsize=64)
def _rules(plan: NumberPlan) -> _Rules:
    metadata = world().PhoneMetadata.metadata_for_region(plan.country)
    assert metadata is not None, "the country is a known one"
    kinds = [kind for kind in (metadata.fixed_line, metadata.mobile) if kind is not None]
    local = {length for kind in kinds for length in kind.possible_length_local_only}
    lengths = {length for kind in kinds for length in kind.possible_length if length > 0} - local
    usual = {len(kind.example_number) for kind in kinds if kind.example_number}
    varied = max(lengths) - min(lengths) > _VARIED
    patterns = [
        (re.compile(one.national_number_pattern), frozenset(one.possible_length))
        for one in (metadata.general_desc, *kinds)
        if one is not None and one.national_number_pattern
    ]
    trunk = metadata.national_prefix_for_parsing or ""
    simple = trunk and not re.compile(trunk).groups  # others change the digits, too
    own = "|".join("".join(_SIGNS.get(sign, sign) for sign in each) for each in plan.private)
    return _Rules(
        str(metadata.country_code),
        frozenset(lengths | set(plan.lengths)),
        frozenset((set() if varied else lengths) | set(plan.lengths)),
        frozenset((set() if varied else usual) | set(plan.lengths)),
        re.compile(rf"^(?:\+|{metadata.international_prefix or '00'})"),
        re.compile(rf"^(?:{trunk})" if simple else "(?!)"),
        tuple(patterns),
        re.compile(own or "(?!)"),
    )


def _forms(plan: NumberPlan, text: str) -> Iterator[str]:
    """A bare number, and without each prefix of the site."""
    for form in (text, *(text[len(each) :] for each in plan.prefixes if text.startswith(each))):
        if is_number(form):
            yield form


@lru_cache(maxsize=4096)
def _msisdn(plan: NumberPlan, form: str) -> str | None:
    """The MSISDN; None also where that, read again from the store, would be another number."""
    found = _understood(plan, form)
    if found is None or found == form:
        return found
    again = next(filter(None, (_understood(plan, each) for each in _forms(plan, found))), None)
    return found if (again or _understood(plan, f"+{found}")) == found else None


def _understood(plan: NumberPlan, form: str) -> str | None:
    digits = f"+{form[2:]}" if form.startswith("00") else form
    private = _rules(plan).private
    if private.fullmatch(digits):
        return digits
    found = _read(plan, digits)
    return None if found is None or private.fullmatch(found) else found


def _read(plan: NumberPlan, digits: str) -> str | None:
    rules, country = _rules(plan), plan.country
    whole = rules.abroad.sub("", digits, count=1)
    rest = whole.removeprefix(rules.code)
    known = len(rest) in rules.by_length or _is_valid(rules, rest)
    own = whole.startswith(rules.code) and known and not rest.startswith("0")
    if own and (whole != digits or len(whole) not in rules.lengths):
        return whole  # as most of them are stored; the package would take 80 for a trunk prefix
    if digits.startswith(rules.code):
        if _is_valid(rules, digits.removeprefix(rules.code)):
            return digits
        one = parsed(f"+{digits}", None)
        if one is not None and world().is_valid_number(one):
            return stored(one)
    one = _local(plan, digits)
    if one is None and (national := _national(rules, digits)):
        return f"{rules.code}{national}"
    one = one or parsed(digits, country)
    if one is not None and is_own(one, country, rules.usual):
        return stored(one)
    if not digits.startswith("+"):
        alone = parsed(f"+{digits}", None)
        if alone is not None and world().is_valid_number(alone):
            return stored(alone)
    if one is None or not rules.abroad.match(digits) or not is_whole(one):
        return None
    found = stored(one)
    by_length = len(found) > max(rules.lengths) and not found.startswith(rules.code)
    return found if by_length or world().is_valid_number(one) else None


# The package says the same as the next two, ten times as slowly: a million numbers are imported.


def _national(rules: _Rules, digits: str) -> str | None:
    """The national digits of a fixed or mobile number that is dialled within the country."""
    if rules.abroad.match(digits):
        return None
    forms = (rules.trunk.sub("", digits, count=1), digits)
    return next((each for each in forms if _is_valid(rules, each)), None)


def _is_valid(rules: _Rules, national: str) -> bool:
    """Whether national digits are a fixed or mobile number by the package's patterns."""
    (every, _), *kinds = rules.valid
    return every.fullmatch(national) is not None and any(
        len(national) in lengths and pattern.fullmatch(national) for pattern, lengths in kinds
    )


def _local(plan: NumberPlan, digits: str) -> "PhoneNumber | None":
    """The number that local digits are in the plan's area; None if they are none."""
    rules, national = _rules(plan), f"{plan.area_code}{digits}"
    if not plan.area_code or len(digits) > _LONGEST_LOCAL or digits[0] in "+0":
        return None
    return parsed(f"+{rules.code}{national}", None) if _is_valid(rules, national) else None
