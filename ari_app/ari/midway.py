"""What a channel is in the middle of, as one application hands it to the next one.

It goes from process to process and is never stored: keys may be a secret. Times are of the
monotonic clock, which the processes of a machine share.
"""

from msgspec import Struct

from ari_app.ari.playback import Playback
from ari_app.ari.screens import Screening
from ivr.gather import Gathered, Pressed


class Midway(Struct, frozen=True):
    """The state of a :class:`~ari_app.ari.line.ChannelLine` between two events."""

    playback: Playback
    requested: float
    """When the last playback was requested."""
    screen: Screening
    pressed: Pressed
    gathered: Gathered | None
    """The digits of the present ask."""
    recording: str
    """The name of the recording in progress."""
    music: bool
    until: float
    """When the dead-man switch fires."""
