"""From the release of a key to the first sound of the next prompt.

A call of :mod:`tests.bench.handset` hears the first prompt, presses key 1 for 100 ms as RFC 4733
says, at a random moment of the 20 ms in which packets come, and notes the time just before it
sends the packet with the end bit: on that Asterisk reports the key. The packets that follow go on
with the first prompt, until one comes that does not: the first of the second prompt. Its time is
the one that the kernel stamped on it when it arrived, so that it does not matter when our process
is let run. Then the same with key 2, from the second prompt to the third.

What the prompts sound like, packet by packet, is learnt from one call before.
"""

import random
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from tests.bench.handset import Handset, Tape, dialled
from tests.bench.rig import Rig

_LEARNT = 150  # packets: 3 s
_HEARD = 40  # packets heard before a key: 0.8 s


class Delays(Struct, frozen=True):
    """From key to sound, in milliseconds."""

    median: float
    p99: float
    measured: int


def learn(rig: Rig, number: str) -> tuple[Tape, Tape]:
    """The beginnings of the first two prompts."""
    with dialled(rig, number) as phone:
        first = phone.ear.tape(_LEARNT)
    with dialled(rig, number) as phone:
        at = phone.ear.follow(first, _HEARD)
        phone.press(1)
        phone.ear.turn(first, at)
        return first, [b"", *phone.ear.tape(_LEARNT)]


def delays(rig: Rig, number: str, tapes: tuple[Tape, Tape], calls: int, parallel: int) -> Delays:
    """Measure in ``calls`` calls, ``at_once`` at a time."""
    with ThreadPoolExecutor(parallel) as pool:
        pairs = list(pool.map(lambda _: _measured(rig, number, tapes), range(calls)))
    found = [delay for pair in pairs for delay in pair]
    return Delays(statistics.median(found), percentile(found, 99), len(found))


def _measured(rig: Rig, number: str, tapes: tuple[Tape, Tape]) -> tuple[float, float]:
    first, second = tapes
    with dialled(rig, number) as phone:
        return key_to_sound(phone, 1, first, 0), key_to_sound(phone, 2, second, 1)


def key_to_sound(phone: Handset, key: int, tape: Tape, at: int) -> float:
    at = phone.ear.follow(tape, _HEARD, at)
    time.sleep(random.uniform(0, 0.02))
    released = phone.press(key)
    return (phone.ear.turn(tape, at) - released) / 1e6


def percentile(values: Sequence[float], percent: int) -> float:
    """The least value that is not below ``percent`` of all (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
