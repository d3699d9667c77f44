"""The settings of how long things are kept."""

from typing import Annotated

from msgspec import Meta, Struct

from ivr.identity.lockout import OF_NUMBER, OF_SUBSCRIBER

Days = Annotated[int, Meta(ge=0, le=36_500)]


class RetentionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[retention], in days; 0 is for ever."""

    calls: Days = 730
    texts: Days = 90
    tries: Days = 365
    recordings: Days = 180
    conversations: Days = 90
    hearings: Days = 180
    cards: Days = 730
    acts: Days = 730
    views: Days = 365
    stays: Days = 730
    states: Days = 365
    work: Days = 730
    scores: Days = 730
    campaigns: Days = 365
    events: Days = 30

    def __post_init__(self) -> None:
        """Attempts that still count against a lockout must be kept."""
        least = max(OF_SUBSCRIBER.memory, OF_NUMBER.memory).days
        if 0 < self.tries < least:
            raise ValueError(f"tries count for {least} days: keep them as long, or 0 for ever")
