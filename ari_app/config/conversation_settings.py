"""The settings of recorded conversations."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

GIGABYTE = 10**9
"""Bytes."""
Gigabytes = Annotated[float, Meta(ge=0, le=1_000_000)]


class ConversationSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[conversations]; which queues are recorded is ``record`` of [queues.QUEUE]."""

    listen: Literal["agent", "senior", "supervisor", "admin"] = "senior"
    most: Gigabytes = 0.0
    room: Gigabytes = 2.0
