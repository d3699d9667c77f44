"""Whether callers are served: what was looked at, and why it is not well."""

from collections.abc import Iterable

from msgspec import Struct

STORE = "store"
"""The check of the database."""


class Check(Struct, frozen=True):
    """One thing that was looked at. ``why`` says what is wrong with it and what to do.

    ``needed``: without it callers are not served as they should be.
    """

    name: str
    ok: bool
    why: str = ""
    needed: bool = True


class Readiness(Struct, frozen=True):
    """Whether callers are served, from all checks."""

    ready: bool
    checks: tuple[Check, ...]

    @classmethod
    def of(cls, checks: Iterable[Check]) -> "Readiness":
        """Ready is who lacks nothing that is needed."""
        every = tuple(checks)
        return cls(all(each.ok for each in every if each.needed), every)


def check(name: str, trouble: str, *, needed: bool = True) -> Check:
    """The check of a thing with this trouble; "" is none."""
    return Check(name, not trouble, trouble, needed)
