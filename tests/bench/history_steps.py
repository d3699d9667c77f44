"""The steps of calls through the shipped menus, for a generated history: as such calls leave them.

A step is written as flow, node, kind and outcome, or ``=KEY>OUTCOME`` where a key was pressed.
"""

from collections.abc import Iterator, Mapping

HEAD = """611 begin set, 611 billing do ok, 611 situation do usual, 611 ticket do none,
611 welcome say, 611 speak say, 611 news announce none, 611 home branch yes, 611 whose branch known,
611 likely branch nothing"""
MONEY = """611 main menu =1>money, 611 money call money, money balance do ok,
money how-much branch 12.50, money balance-last set"""
TARIFF = "611 main menu =2>tariff, 611 tariff call tariff, tariff mine do ok"
SERVICES = "611 main menu =3>services, 611 services call services, services mine do ok"
MORE = "611 main menu =7>more, 611 more call more, more which branch yes, more whose branch known"

_TO_QUEUE: Mapping[str, str] = {
    "money": f"{MONEY}, money choose menu =0>human, 611 about-money set",
    "tariff": f"{TARIFF}, tariff choose menu =0>human, 611 about-tariff set",
    "services": f"{SERVICES}, services choose menu =0>human, 611 about-services set",
    "internet": f"{MORE}, more choose menu =8>rest, 611 about-internet set",
    "complaint": f"{MORE}, more choose menu =3>complaint, 611 about-complaint set",
    "management": f"{MORE}, more choose menu =4>management, 611 about-management set",
}
_OTHERWISE = "611 main menu =0>operator"

CONTAINED = (
    f"{MONEY}, money choose menu gone",
    f"{MONEY}, money choose menu =1>bill, money bill do same, money bill-same say,"
    " money choose menu gone",
    f"{TARIFF}, tariff choose menu =1>tariffs, tariff choose menu gone",
    f"{SERVICES}, services choose menu =1>have, services choose menu gone",
    f"{MORE}, more choose menu =1>hours, more hours say, more choose menu gone",
    "611 main menu gone",
    "611 main menu silent, 611 main menu wrong, 611 main menu gone",
)
"""Ways of calls that needed no agent, or gave up in the menus."""

Row = tuple[str, str, str, str, str, str]
"""Flow, node, kind, key, outcome, and the edge by which the node was left."""


def steps(text: str) -> Iterator[Row]:
    """The steps of a text."""
    for each in text.split(","):
        flow, node, kind, *rest = each.split()
        what = rest[0] if rest else ""
        key, pressed, outcome = what.rpartition(">")
        key = key.removeprefix("=")
        way = key if pressed else "" if what == "gone" else what or "then"
        yield flow, node, kind, key, outcome if pressed else what, way


def to_queue(topic: str, queue: str) -> str:
    """The way of a call to its queue."""
    way = _TO_QUEUE.get(topic, _OTHERWISE)
    asked = f"611 operator call agent, agent which branch, agent {queue} say"
    return f"{HEAD}, {way}, {asked}, agent {queue}-queue queue"


def contained(way: str) -> str:
    """A way that led to no queue, from the beginning."""
    return f"{HEAD}, {way}"
