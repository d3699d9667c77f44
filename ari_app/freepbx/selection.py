"""Where an import begins: inbound routes, or an IVR."""

import re
from collections.abc import Collection, Iterator

from ari_app.freepbx.company import Company, Route
from ari_app.freepbx.contexts import Contexts
from ari_app.freepbx.destinations import destination
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.planner import Choice

_CALLER = re.compile(r"\+?[0-9]{1,20}")
_NUMBER = re.compile(r"\+?[0-9]{1,20}|\*[0-9*#]{1,19}")


def chosen(
    company: Company,
    did: str = "",
    ivr: str = "",
    number: str = "",
    *,
    year: int,
    languages: tuple[str, ...],
    direct: bool = False,
    taken: Collection[str] = (),
) -> Choice:
    """The choice of an inbound route, of an IVR, or of all routes that come to an IVR.

    ``number``: the number at which an IVR begins. Raises :class:`SourceError` for what is not
    there, naming what is.
    """
    if ivr:
        starts = {_number_of(company, ivr, number): f"ivr-{ivr},s,1"}
        routes = []
    else:
        routes = list(_routes(company, did))
        starts = {route.number: route.dest for route in routes if not route.caller}
    callers = {
        each: tuple((one.caller, one.dest) for one in routes if one.number == each and one.caller)
        for each in starts
    }
    flow = next(iter(starts)).lstrip("+*")
    callers = {
        each: numbers
        for each, found in callers.items()
        if (numbers := tuple(one for one in found if is_caller(one[0])))
    }
    return Choice(flow, starts, year, languages, callers, direct, taken)


def is_caller(number: str) -> bool:
    """Whether this number names one caller, and not a pattern or a word."""
    return bool(_CALLER.fullmatch(number))


def _number_of(company: Company, ivr: str, number: str) -> str:
    if ivr not in company.ivrs:
        known = ", ".join(f"{one.id} ({one.name})" for one in company.ivrs.values())
        raise SourceError(f"there is no IVR {ivr}: there are {known or 'none'}")
    leading = [
        one.number
        for one in company.applications.values()
        if destination(one.dest) == ("ivr", ivr) and _NUMBER.fullmatch(one.number)
    ]
    if number:
        _dialled(number, "--number")
    found = number or (leading[0] if leading else "")
    if not found:
        raise SourceError(f"nothing dials IVR {ivr} directly: give it a number with --number")
    return found


def _dialled(number: str, option: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise SourceError(
            f"{option} {number} is no number that can be called: give a flow one number, and lead "
            "a route for a pattern to it"
        )


def _routes(company: Company, did: str) -> Iterator[Route]:
    """The routes of a number, or all that come to an IVR; those of callers with the others."""
    if did:
        _dialled(did, "--did")
        found = [one for one in company.routes if one.number == did]
        if not any(not one.caller for one in found):
            known = ", ".join(dict.fromkeys(one.number or "any" for one in company.routes))
            raise SourceError(f"there is no inbound route {did}: there are {known or 'none'}")
        yield from sorted(found, key=lambda one: one.caller)
        return
    usual = {
        one.number
        for one in company.routes
        if not one.caller and _NUMBER.fullmatch(one.number) and _comes_to_menus(company, one)
    }
    if not usual:
        raise SourceError("no inbound route comes to an IVR: name one with --ivr")
    yield from sorted(
        (one for one in company.routes if one.number in usual),
        key=lambda one: (one.number, one.caller),
    )


def _comes_to_menus(company: Company, route: Route) -> bool:
    return any(place.kind == "ivr" for place in Contexts(company, [route.dest]).before)
