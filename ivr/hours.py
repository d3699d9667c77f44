"""Opening hours."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from ivr.terms import Is


class Schedule(Struct, frozen=True, kw_only=True):
    """When something is open."""

    schedule: Annotated[str, Is.PLAN, Meta(description="the name")]
    timezone: Annotated[str, Is.ZONE]
    week: Annotated[
        Mapping[Annotated[str, Is.DAYS], Annotated[str, Is.SPANS]],
        Meta(description="days: the hours of those days; a day that is not named is closed"),
    ]
    except_: Annotated[
        Mapping[Annotated[str, Is.DATE], Annotated[str, Is.SPANS]],
        Meta(description="days that are different, of one year or of every year"),
    ] = {}
