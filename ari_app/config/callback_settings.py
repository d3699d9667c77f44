"""The settings of calls back."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr.acd.callbacks import Policy
from ivr.hours.day import day_hours


class CallbackSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[callbacks]; times are in seconds, ``keep`` in hours;
    ``hours`` such as "09:00-20:00"."""

    automatic: bool = True
    attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    pause: Annotated[int, Meta(ge=1, le=86_400)] = 600
    ring: Annotated[int, Meta(ge=5, le=120)] = 30
    stand_ins: Annotated[int, Meta(ge=1, le=1_000)] = 20
    abandoned: Literal["list", "call", "no"] = "list"
    keep: Annotated[int, Meta(ge=1, le=720)] = 24
    hours: str = ""

    def __post_init__(self) -> None:
        day_hours(self.hours)

    def policy(self, zone: str) -> Policy:
        """How often and when those are called who asked for it; ``zone`` is the site's."""
        return Policy(
            attempts=self.attempts,
            pause=timedelta(seconds=self.pause),
            stand_ins=self.stand_ins,
            keep=timedelta(hours=self.keep),
            hours=day_hours(self.hours),
            zone=zone,
        )
