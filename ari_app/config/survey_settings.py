"""The settings of surveys."""

from typing import Annotated

from msgspec import Meta, Struct

from ivr.hours.day import day_hours


class SurveySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[survey]; what is asked stands in the menus. ``text``: whether callers who hung up first
    are asked by text, in ``text_hours`` such as "09:00-20:00"; ``replies``: for how many hours a
    reply counts."""

    share: Annotated[float, Meta(ge=0, le=1)] = 1.0
    every: Annotated[int, Meta(ge=0, le=3650)] = 30
    text: bool = False
    text_hours: str = "09:00-20:00"
    replies: Annotated[int, Meta(ge=1, le=720)] = 24

    def __post_init__(self) -> None:
        day_hours(self.text_hours)
