"""The sections by which staffing is planned."""

from typing import Annotated

from msgspec import Meta, Struct

from ivr.hours.week import exception_days
from ivr.staffing.shifts import Shift, fault


class StaffingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[staffing]"""

    shrinkage: Annotated[float, Meta(ge=0, lt=0.9)] = 0.3
    occupancy: Annotated[float, Meta(gt=0.1, le=1)] = 0.85
    patience: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    holidays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in self.holidays:
            exception_days(each)


class ShiftSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[shifts.NAME]"""

    hours: str = "09:00-18:00"
    days: str = "mon-fri"
    agents: Annotated[int, Meta(ge=0, le=10_000)] = 0
    queue: str = ""

    def __post_init__(self) -> None:
        if text := fault(self.shift):
            raise ValueError(text)

    @property
    def shift(self) -> Shift:
        """The shift."""
        return Shift(self.hours, self.days, self.agents)
