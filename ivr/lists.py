"""Lists of an operator that branches look into: numbers, areas, codes."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from ivr.numbers import NumberPlan
from ivr.terms import Is


class Listed(Struct, frozen=True, kw_only=True):
    """A list as its author wrote it, in a file of its own."""

    list: Annotated[str, Is.LIST_NAME, Meta(description="the name")]
    entries: Annotated[
        tuple[Annotated[str, Is.TEXT], ...],
        Meta(description="what is in it: numbers, in any form, or words"),
    ]


class Lists(Struct, frozen=True):
    """Name -> entries of all lists. Numbers are those of ``plan``, in whichever form they come."""

    entries: Mapping[str, frozenset[str]] = {}
    plan: NumberPlan | None = None

    @classmethod
    def of(cls, lists: Iterable[Listed], plan: NumberPlan | None) -> "Lists":
        """The lists, with their numbers in the form in which callers' numbers are kept."""
        bare = cls({}, plan)
        return cls({each.list: frozenset(map(bare.normal, each.entries)) for each in lists}, plan)

    def has(self, name: str, value: str) -> bool:
        """Whether a value is in a list; a list that is not there has nothing."""
        return self.normal(value) in self.entries.get(name, ())

    def normal(self, value: str) -> str:
        """A number in its one form; any other text as it is."""
        return (self.plan.msisdn(value) if self.plan else None) or value


NO_LISTS = Lists()
