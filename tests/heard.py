"""Whether a phone of a test heard a prompt, also on a machine so busy that phones lose frames."""

from pathlib import Path

from ari_app.phone.listen import HEARD, Match, heard
from tests.deadlines import PACE

BUSY = 1.5
"""From this slowness on frames are lost."""
LOSSY = 0.55
"""A prompt of which frames were lost is as like as this; another sentence stays below 0.5."""


def assert_heard(
    recording: Path, prompt: Path, *, first: float | None = None, after: float = 0.0
) -> Match:
    """Look for a prompt as :func:`~ari_app.phone.listen.heard` does; it must be there."""
    match = heard(recording, prompt, first=first, after=after)
    least = HEARD if PACE.slowness < BUSY else LOSSY
    assert match.score >= least, f"{prompt.stem}: {match}, {least} wanted"
    return match
