"""When new menus do surely worse than the old ones: simulated canaries, often looked at."""

import random
from math import sqrt

import pytest
from msgspec import Struct

from ivr.acd.canary import AT_END, CanaryFigures, CanaryLimits, SideFigures, broken

LIMITS = CanaryLimits()
CANARIES = 100
CALLS = 2000
LOOK = 20
"""After how many calls the figures are looked at again."""


class Menus(Struct, frozen=True):
    """How calls through menus go: the parts at fault, of agents, hung up; the mean seconds."""

    fault: float = 0.005
    agents: float = 0.22
    gone: float = 0.17
    seconds: float = 50.0


class Side:
    """The calls of one side so far."""

    def __init__(self) -> None:
        self.calls = self.fault = self.agents = self.gone = 0
        self.spent = self.squares = 0.0

    def figures(self) -> SideFigures:
        calls = self.calls or 1
        mean = self.spent / calls
        spread = sqrt(max(0.0, self.squares / calls - mean**2))
        return SideFigures(self.calls, self.calls, self.fault, self.agents, self.gone, mean, spread)


def canary(seed: int, share: float, old: Menus, new: Menus, calls: int = CALLS) -> tuple[str, int]:
    """Why a canary is rolled back, "" if it is not, and after how many calls of all."""
    chance, sides = random.Random(seed), (Side(), Side())
    for count in range(1, calls + 1):
        which = chance.random() < share
        menus, side = (new if which else old), sides[which]
        way, spent = chance.random() - menus.fault, chance.expovariate(1 / menus.seconds)
        side.calls += 1
        side.fault += way < 0
        side.agents += 0 <= way < menus.agents
        side.gone += menus.agents <= way < menus.agents + menus.gone
        side.spent += spent
        side.squares += spent * spent
        if count % LOOK == 0 and (why := broken(_both(sides), LIMITS)):
            return why, count
    return broken(_both(sides), LIMITS, AT_END), calls


def _both(sides: tuple[Side, Side]) -> CanaryFigures:
    return CanaryFigures(*(side.figures() for side in sides))


@pytest.mark.parametrize(
    ("share", "menus"),
    [(0.1, Menus()), (0.1, Menus(0.01, 0.4, 0.3)), (0.5, Menus(0.02, seconds=120))],
)
def test_equal_menus_are_hardly_ever_rolled_back(share: float, menus: Menus) -> None:
    found = [canary(seed, share, menus, menus)[0] for seed in range(CANARIES)]
    assert len([why for why in found if why]) < 0.02 * CANARIES


@pytest.mark.parametrize(
    ("new", "words", "within"),
    [
        (Menus(fault=1.0), "by a fault", 500),  # 10 % of these are hardly more than `least`
        (Menus(fault=0.3), "by a fault", 700),
        (Menus(gone=0.51), "hung up before", 1200),
        (Menus(agents=0.6), "came to agents", 1200),
        (Menus(seconds=180.0), "s in the new menus", 1200),
    ],
)
def test_worse_menus_are_rolled_back_soon(new: Menus, words: str, within: int) -> None:
    for seed in range(15):
        why, calls = canary(seed, 0.1, Menus(), new)
        assert words in why
        assert calls <= within


def test_twice_as_many_who_hang_up_are_noticed() -> None:
    """17 % more are 7 points above the limit: of half of the callers, within 2000 calls."""
    found = [canary(seed, 0.5, Menus(), Menus(gone=0.34))[0] for seed in range(30)]
    assert len([why for why in found if "hung up" in why]) >= 28


def test_two_faults_may_be_a_chance_and_three_of_many_calls_too() -> None:
    old = SideFigures(300, 300, seconds=50, spread=50)
    for faults, calls in ((2, 30), (3, 90)):
        new = SideFigures(calls, calls, faults, seconds=50, spread=50)
        assert broken(CanaryFigures(old, new), LIMITS) == ""
    all_of_them = CanaryFigures(SideFigures(), SideFigures(30, 30, 30))
    assert broken(all_of_them, LIMITS) == "30 of 30 calls by the new menus ended by a fault"


def test_one_endless_call_says_nothing_of_the_mean() -> None:
    old = SideFigures(300, 300, seconds=50, spread=40)
    new = SideFigures(30, 30, seconds=170, spread=640)  # 29 of 50 s, and one of an hour
    assert broken(CanaryFigures(old, new), LIMITS, AT_END) == ""
