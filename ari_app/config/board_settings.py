"""The settings of the supervisor's board."""

from typing import Annotated

from msgspec import Meta, Struct

Percent = Annotated[int, Meta(ge=0, le=100)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class BoardSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[board]: from when on something stands out; 0 is never."""

    service_goal: Percent = 80
    enough: Annotated[int, Meta(ge=1, le=10_000)] = 10
    longest_wait: Seconds = 60
    most_waiting: Annotated[int, Meta(ge=0, le=10_000)] = 0
    longest_talk: Seconds = 600
    longest_wrap_up: Seconds = 120
    longest_pause: Seconds = 1800
    longest_not_answering: Seconds = 60
