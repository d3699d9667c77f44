"""Which operations of self-service subscribers find in the cabinet, and under which heading."""

from collections.abc import Mapping, Sequence

from ari_app.pages.operations import GIVEN
from ivr.model import Operation

GROUPS: Mapping[str, Sequence[str]] = {
    "money": (
        *("balance", "charges", "charges-text", "payments", "bill", "top-up", "promise-payment"),
    ),
    "tariff": ("tariff", "allowance", "tariff-change", "tariffs", "packet", "packets"),
    "services": ("services", "service-on", "service-off", "service-offers", "roaming"),
    "presents": ("points", "redeem", "rewards", "offers", "buy", "gift", "sell"),
    "number": ("pause", "resume", "sim-block", "sim-unblock", "puk", "apn-settings"),
    "help": (
        *("call-back", "call-back-at", "ticket", "no-network", "no-network-at"),
        *("tell-when-mended", "refuse-campaigns"),
    ),
    "secrets": ("change-code-word", "set-code-word", "set-pin"),
}
"""Heading -> operations. Those of the operator's own come under a heading of their own."""

OWN = "own"
"""The heading of the operator's own operations."""

ELSEWHERE: Mapping[str, str] = {
    "area": "menus speak it",
    "billing": "what needs it is not offered without it",
    "call-back-time": "a browser gives a moment as it is",
    "code-word": "a page asks for it where an operation needs it",
    "code-word-of": "a subscriber signs in with the number",
    "complaint": "it takes a recording; complaints are written here",
    "help-page": "the pages of lessons",
    "lesson": "the pages of lessons",
    "one-time-code": "the sign-in",
    "one-time-code-of": "the sign-in",
    "promise-terms": "the quote says the same",
    "situation": "menus branch on it",
    "survey": "it is about a call",
    "survey-answer": "it is about a call",
}
"""The operations that have no page of their own, and why."""


def for_subscribers(catalogue: Mapping[str, Operation]) -> Mapping[str, Sequence[Operation]]:
    """The operations of a catalogue that have a page, by their heading."""
    found = {
        heading: [catalogue[name] for name in names if name in catalogue]
        for heading, names in GROUPS.items()
    }
    found[OWN] = [one for one in catalogue.values() if _own(one)]
    return {heading: some for heading, some in found.items() if some}


def named(catalogue: Mapping[str, Operation], name: str) -> Operation | None:
    """An operation that has a page; None if there is no such one."""
    every = (one for some in for_subscribers(catalogue).values() for one in some)
    return next((one for one in every if one.name == name), None)


def _own(operation: Operation) -> bool:
    """Whether one of the operator's own is for subscribers: its file says so, and what it costs is
    asked in menus alone, as it has no quote."""
    http = operation.http
    if http is None or not http.cabinet or http.costs:
        return False
    return set(operation.inputs.values()) <= GIVEN
