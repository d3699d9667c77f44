"""The settings of the site that the desk shows values by."""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from ari_app.desk.board.board_port import BoardLimits
from ari_app.desk.web.accounts import Role
from ivr.http.screen_pop import origin
from ivr.numbers import NumberPlan
from ivr.tickets import Labels, TicketPolicy
from ivr.values import OWN


class ScreenPop(Struct, frozen=True):
    """A page of another system: the template of its address, and whether it opens in a window of
    its own or in the card."""

    url: str
    opens: Literal["window", "card"]


class DeskSite(Struct, frozen=True, kw_only=True):
    """The site of a desk.

    ``zone`` is the time zone of the desk and of subscribers; ``wrapups`` are the queues' wrap-up
    times, in seconds; ``numbers`` is the plan by which numbers are shown; ``tickets`` has the
    departments and topics; ``languages`` are those of the site; ``currency`` is the ISO 4217
    code of money that names none; ``billing``: whether there is a billing system to ask.
    ``queues`` are the labels of queues.
    ``screen_pops``: queue -> the page that opens with its calls; ``*`` is for all others.
    ``acts_after_call``: for how many seconds after a call its agent may still act for the
    caller. ``missed_calls``: how many rings in a row an agent may miss, ``away_after``: for how
    many seconds the desk may be closed, before no calls come; 0 is any. ``listen``: who may listen
    to recorded conversations. ``board``: when its figures stand out. ``knowledge``: whether there
    is a knowledge base now. ``is_open``: whether a queue is open now, by its hours.
    ``prefers_agents``: whether callers wait for the agent who is chosen for them. ``leads``:
    whether the desk is at this worker now.
    """

    zone: str
    wrapups: Mapping[str, int]
    numbers: NumberPlan
    tickets: TicketPolicy
    languages: tuple[str, ...] = ()
    currency: str = OWN
    billing: bool = True
    queues: Mapping[str, Labels] = {}
    screen_pops: Mapping[str, ScreenPop] = {}
    acts_after_call: int = 120
    missed_calls: int = 3
    away_after: int = 60
    listen: Role = "senior"
    board: BoardLimits = BoardLimits()
    knowledge: Callable[[], bool] = lambda: False
    is_open: Callable[[str], bool] = lambda _: True
    prefers_agents: bool = False
    leads: Callable[[], bool] = lambda: True

    def screen_pop(self, queue: str) -> ScreenPop | None:
        """The page that opens with the calls of a queue."""
        found = self.screen_pops.get(queue, self.screen_pops.get("*"))
        return found if found and found.url else None

    @property
    def framed(self) -> tuple[str, ...]:
        """The origins of the pages that open in cards."""
        return tuple(
            origin(one.url) for one in self.screen_pops.values() if one.url and one.opens == "card"
        )
