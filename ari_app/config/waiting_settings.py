"""The settings of who comes first in queues."""

from typing import Annotated

from msgspec import Meta, Struct

Priority = Annotated[int, Meta(ge=0, le=99)]


class WaitingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[waiting]"""

    late_ticket: Priority = 5
    repeated: Priority = 3
    contacts: Annotated[int, Meta(ge=1, le=100)] = 3
    keep_place: Annotated[int, Meta(ge=0, le=86_400)] = 600
    preferred_agent: Annotated[int, Meta(ge=0, le=600)] = 0
    preferred_days: Annotated[int, Meta(ge=1, le=3650)] = 30
