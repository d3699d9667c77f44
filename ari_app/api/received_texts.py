"""What the API reads and answers of a text that a subscriber sent."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr.bounds import Short


class ReceivedText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that a subscriber sent."""

    number: Short
    text: Annotated[str, Meta(max_length=1_000)]


class TakenText(Struct, frozen=True, kw_only=True):
    """What it was: a ``stop`` word that refuses campaigns, the reply to a ``survey``, or ``other``,
    of which nothing is kept. ``answer`` is the text to send back, "" for none."""

    taken: Literal["stop", "survey", "other"]
    answer: str
