"""The settings of new menus for a share of the calls."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from ivr.acd.canary import CanaryLimits

_Points: TypeAlias = Annotated[int, Meta(ge=0, le=100)]


class CanarySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[canary]: see :class:`ivr.acd.canary.CanaryLimits`."""

    least: Annotated[int, Meta(ge=1, le=100_000)] = 30
    faults: _Points = 2
    agents: _Points = 10
    hung_up: _Points = 10
    seconds: Annotated[int, Meta(ge=0, le=3600)] = 30

    @property
    def limits(self) -> CanaryLimits:
        """By how much the new menus may be worse."""
        return CanaryLimits(
            least=self.least,
            faults=self.faults,
            agents=self.agents,
            hung_up=self.hung_up,
            seconds=self.seconds,
        )
