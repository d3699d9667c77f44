"""The rules of the world's number plans, from the package `phonenumbers`.

It takes long to load, and nothing that is stored needs it to be listed: it is loaded when the first
number is read.
"""

from functools import cache, lru_cache
from importlib.machinery import PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


@cache
def world() -> ModuleType:
    """The package."""
    import phonenumbers  # see the module

    return phonenumbers


@cache
def has_plan(country: str) -> bool:
    """Whether there are rules of a country, a code of ISO 3166; they are a module each."""
    package = find_spec("phonenumbers")
    data = [f"{one}/data" for one in (package and package.submodule_search_locations) or ()]
    return country.isalpha() and PathFinder.find_spec(f"region_{country}", data) is not None


def is_own(one: "PhoneNumber", country: str, usual: frozenset[int]) -> bool:
    """Whether a number is of the country's plan, by its length."""
    if one.country_code != world().country_code_for_region(country):
        return False
    national = world().national_significant_number(one)
    known = len(national) in usual and not national.startswith("0")
    return known or world().is_valid_number_for_region(one, country)


def is_whole(one: "PhoneNumber") -> bool:
    """Whether a number has a length that its country has, with its area code, and is not a code
    and zeros, as switches show withheld numbers."""
    possible = world().ValidationResult.IS_POSSIBLE
    lengthy = world().is_possible_number_with_reason(one) == possible
    return lengthy and bool(world().national_significant_number(one).strip("0"))


def parsed(digits: str, country: str | None) -> "PhoneNumber | None":
    """A number, whole or of a country; None if it cannot be one."""
    try:
        found: PhoneNumber = world().parse(digits, country)
    except world().NumberParseException:
        return None
    return found


def stored(one: "PhoneNumber") -> str:
    """A number as it is stored: as in E.164, without the plus."""
    return f"{one.country_code}{world().national_significant_number(one)}"


@lru_cache(maxsize=64)
def example(country: str) -> str:
    """The national digits of an example number."""
    types = world().PhoneNumberType
    found = (
        world().example_number_for_type(country, kind) for kind in (types.MOBILE, types.FIXED_LINE)
    )
    one = next(filter(None, found))
    return str(world().national_significant_number(one))


@lru_cache(maxsize=4096)
def shown(country: str, msisdn: str) -> str:
    """An MSISDN of the country with its groups; one of a range that is not known to be open takes
    the groups of an example."""
    one = parsed(f"+{msisdn}", None)
    if one is not None and not world().is_valid_number(one):
        code = str(world().country_code_for_region(country))
        usual = parsed(f"+{code}{example(country)}", None)
        if usual is not None and len(example(country)) == len(msisdn) - len(code):
            shape = world().format_number(usual, world().PhoneNumberFormat.INTERNATIONAL)
            signs = iter(msisdn)
            return "".join(next(signs) if sign.isdecimal() else sign for sign in shape)
    if one is None:
        return f"+{msisdn}"
    return str(world().format_number(one, world().PhoneNumberFormat.INTERNATIONAL))
