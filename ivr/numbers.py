"""Telephone numbers: the one form in which they are stored and compared, and how people read them.

The rules of the world's number plans come from the package `phonenumbers`; which of them is the
operator's own is a setting of the site. Numbers of the own plan are accepted by their length, so
that a range which was only just opened, or a fictional one, is a number too.
"""

import re
from difflib import get_close_matches
from functools import lru_cache

import phonenumbers as world
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

_URI = re.compile(r"tel:([^;]+)(?:;.*)?|([^;]+);phone-context=(\+[0-9]+)", re.IGNORECASE)
_FILLING = re.compile(r"[\s().‑–-]")
_SPREADSHEET = re.compile(r"(?<=[0-9]{7})\.0$")  # a number that was a number in a spreadsheet
_SHAPE = re.compile(r"\+?[0-9]{4,20}", re.ASCII)
_TYPES = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)


class NumberPlan(Struct, frozen=True):
    """The number plan of an operator: ``country`` is its ISO 3166 code, such as ``PL``.

    Make it with :meth:`of`, which checks the country.
    """

    country: str

    @classmethod
    def of(cls, country: str) -> "NumberPlan":
        """The plan of a country; ``ValueError`` for a code that no number plan is known of."""
        known = world.SUPPORTED_REGIONS
        if country.upper() not in known:
            raise ValueError(
                f"there is no country {country!r}: write its ISO 3166 code, such as PL"
            )
        return cls(country.upper())

    @property
    def code(self) -> str:
        """The country code, such as ``48``."""
        return str(world.country_code_for_region(self.country))

    @property
    def example(self) -> str:
        """A number of this plan as it is stored, to write it in an error text."""
        return f"{self.code}{_example(self.country)}"

    @property
    def zones(self) -> tuple[str, ...]:
        """Time zones of IANA in which its numbers are, as far as that is known."""
        from phonenumbers import timezone  # large, and wanted by `firstline init` alone

        one = _parsed(f"+{self.example}", None)
        found = timezone.time_zones_for_number(one) if one is not None else ()
        return tuple(zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE)

    def msisdn(self, written: str) -> str | None:
        """The MSISDN of a number: as in E.164, without the plus; None if it is none of this plan
        and not a whole international number either.

        Understood are numbers with ``+``, ``00`` or the country's own international prefix, with
        the country code alone, with the trunk prefix, and national ones; separators, ``tel:`` and
        ``;phone-context=`` may stand with them. Short numbers (611, an extension) and withheld
        ones have no MSISDN.
        """
        digits = _digits(written)
        return None if digits is None else _msisdn(self.country, digits)

    def national(self, msisdn: str) -> str:
        """The digits that every form of a number ends in: those after the code of the country."""
        return msisdn.removeprefix(self.code) if self._has(msisdn) else msisdn

    def shown(self, digits: str) -> str:
        """A number as it is read, such as ``+48 512 345 678``; any other text as it is."""
        groups = self.groups(digits)
        return digits if groups is None else _shown(self.country, digits)

    def groups(self, digits: str) -> tuple[int, ...] | None:
        """How many digits of an MSISDN of this plan are said without a pause; None for others."""
        if not self._has(digits):
            return None
        return tuple(len(group) for group in re.findall("[0-9]+", _shown(self.country, digits)))

    def _has(self, digits: str) -> bool:
        """Whether digits are an MSISDN of this plan."""
        rest = digits.removeprefix(self.code)
        return digits.isdecimal() and rest != digits and len(rest) in _lengths(self.country)


def country_named(text: str) -> str:
    """The ISO 3166 code of a country that is written as its code, or by its name in any language;
    ``ValueError`` names the nearest ones."""
    from phonenumbers.geodata.locale import (
        LOCALE_DATA,  # large, and wanted by `firstline init` alone
    )

    wanted = text.strip().casefold()
    if wanted.upper() in world.SUPPORTED_REGIONS:
        return wanted.upper()
    names = {
        name.casefold(): code
        for code, by_language in LOCALE_DATA.items()
        if code in world.SUPPORTED_REGIONS
        for name in by_language.values()
        if not name.startswith("*")  # the same as in another language
    }
    if wanted not in names:
        close = get_close_matches(wanted, names, n=1)
        remedy = f"did you mean {close[0]}?" if close else "write its ISO 3166 code, such as PL"
        raise ValueError(f"there is no country {text!r}: {remedy}")
    return names[wanted]


def _digits(written: str) -> str | None:
    """The digits of a number, and the plus before them; None for what is no number."""
    text = written.strip()
    uri = _URI.fullmatch(text)
    if uri is not None:
        text = uri[1] or f"{uri[3]}{uri[2].lstrip('0')}"
    text = _FILLING.sub("", _SPREADSHEET.sub("", text))
    if _SHAPE.fullmatch(text) is None:
        return None
    return f"+{text[2:]}" if text.startswith("00") else text


@lru_cache(maxsize=4096)
def _msisdn(country: str, digits: str) -> str | None:
    """The MSISDN; None also where that, read again, would be another number."""
    found = _read(country, digits)
    return found if found is None or _read(country, found) == found else None


def _read(country: str, digits: str) -> str | None:
    code, lengths = str(world.country_code_for_region(country)), _lengths(country)
    whole = _abroad(country).sub("", digits, count=1)
    rest = whole.removeprefix(code)
    own = whole.startswith(code) and len(rest) in lengths and not rest.startswith("0")
    if own and (whole != digits or len(whole) not in lengths):
        return whole  # as most of them are stored; the package would take 80 for a trunk prefix
    one = _parsed(f"+{digits}", None) if digits.startswith(code) else None
    if one is not None and world.is_valid_number(one):
        return _stored(one)
    one = _parsed(digits, country)
    if one is not None and _is_own(one, country):
        return _stored(one)
    if not digits.startswith("+"):
        one = _parsed(f"+{digits}", None)
        return _stored(one) if one is not None and world.is_valid_number(one) else None
    return _stored(one) if one is not None and world.is_possible_number(one) else None


def _is_own(one: PhoneNumber, country: str) -> bool:
    """Whether a number is of the country's plan, by its length."""
    if one.country_code != world.country_code_for_region(country):
        return False
    national = world.national_significant_number(one)
    usual = len(national) in _lengths(country) and not national.startswith("0")
    return usual or world.is_valid_number_for_region(one, country)


def _parsed(digits: str, country: str | None) -> PhoneNumber | None:
    try:
        return world.parse(digits, country)
    except NumberParseException:
        return None


def _stored(one: PhoneNumber) -> str:
    return str(world.format_number(one, PhoneNumberFormat.E164)).removeprefix("+")


@lru_cache(maxsize=64)
def _abroad(country: str) -> re.Pattern[str]:
    """What stands before a whole international number that is dialled in a country."""
    metadata = world.PhoneMetadata.metadata_for_region(country)
    prefix = metadata.international_prefix if metadata is not None else None
    return re.compile(rf"^(?:\+|{prefix or '00'})")


@lru_cache(maxsize=64)
def _lengths(country: str) -> frozenset[int]:
    """How many digits numbers of a country have after its code."""
    metadata = world.PhoneMetadata.metadata_for_region(country)
    kinds = (metadata.fixed_line, metadata.mobile) if metadata is not None else ()
    local = {length for kind in kinds if kind for length in kind.possible_length_local_only}
    return frozenset(n for kind in kinds if kind for n in kind.possible_length if n > 0) - local


@lru_cache(maxsize=64)
def _example(country: str) -> str:
    """The national digits of an example number."""
    found = (world.example_number_for_type(country, kind) for kind in reversed(_TYPES))
    one = next(filter(None, found))
    return str(world.national_significant_number(one))


@lru_cache(maxsize=4096)
def _shown(country: str, msisdn: str) -> str:
    """An MSISDN of the country with its groups; one of a range that is not known to be open takes
    the groups of an example."""
    one = _parsed(f"+{msisdn}", None)
    if one is not None and not world.is_valid_number(one):
        code = str(world.country_code_for_region(country))
        example = _parsed(f"+{code}{_example(country)}", None)
        if example is not None and len(_example(country)) == len(msisdn) - len(code):
            shape = world.format_number(example, PhoneNumberFormat.INTERNATIONAL)
            signs = iter(msisdn)
            return "".join(next(signs) if sign.isdecimal() else sign for sign in shape)
    if one is None:
        return f"+{msisdn}"
    return str(world.format_number(one, PhoneNumberFormat.INTERNATIONAL))
