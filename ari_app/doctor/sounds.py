"""Sounds that Asterisk cannot play: a .wav is 8000 Hz, mono, 16 bits, a .wav16 is 16,000 Hz."""

from collections.abc import Iterator

from ari_app.doctor.facts import Facts, Sound
from ari_app.doctor.findings import Finding

_PCM, _EXTENSIBLE = 1, 0xFFFE
SHOWN = 20
"""Files that are listed one by one."""


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    wrong = [one for one in facts.sounds if _fault(one)]
    for one in wrong[:SHOWN]:
        more = f" (and {len(wrong) - SHOWN} more)" if len(wrong) > SHOWN and one is wrong[0] else ""
        yield Finding(
            "sound-format",
            "warning",
            one.path,
            f"it is {_fault(one)}, which Asterisk does not play from this file{more}",
            f"sox {one.path} -r {_rate(one)} -c 1 -b 16 new.wav && mv new.wav {one.path}",
        )


def _rate(one: Sound) -> int:
    return 16000 if one.path.endswith(".wav16") else 8000


def _fault(one: Sound) -> str:
    """What is wrong with a file; "" if nothing is."""
    if one.format not in (_PCM, _EXTENSIBLE):
        return f"of the format {one.format}"
    if (one.rate, one.channels, one.bits) != (_rate(one), 1, 16):
        return f"{one.rate} Hz, {one.channels} channels, {one.bits} bits"
    return ""
