"""The settings of calls that campaigns make."""

from typing import Annotated

from msgspec import Meta, Struct


class CampaignSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[campaigns]; ``ring`` is in seconds, ``share`` a part of all calls that there may be."""

    channels: Annotated[int, Meta(ge=0, le=10_000)] = 10
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    ring: Annotated[int, Meta(ge=5, le=28)] = 25
    detect_machines: bool = True
