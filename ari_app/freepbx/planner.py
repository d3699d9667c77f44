"""The nodes that are made so far, and what all kinds of destinations need to make theirs."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from ari_app.freepbx.company import Company
from ari_app.freepbx.contexts import Contexts
from ari_app.freepbx.destinations import Destination, destination
from ari_app.freepbx.draft import DraftNode, Finding, Outcome, Plain, Schedule
from ari_app.freepbx.sounds import Prompts

GOODBYE: Final = "goodbye"
MENU: Final = "menu"
"""The value of a call that names its last IVR, where a return depends on it."""

ANSWERED: Final = "60s"
"""How long extensions are rung: what FreePBX does after its own time belongs to it."""

NAMES: Final = {
    "ivr": "IVR",
    "announcement": "Announcement",
    "condition": "Time Condition",
    "queue": "Queue",
    "group": "Ring Group",
    "extension": "Extension",
    "voicemail": "Voicemail",
    "misc": "Misc Destination",
    "application": "Misc Application",
    "switch": "Call Flow Control",
    "language": "Language",
    "priority": "Queue Priority",
    "caller-id": "Set CallerID",
    "conference": "Conference",
    "blast": "Voicemail Blast",
    "paging": "Paging Group",
    "custom": "Custom Destination",
    "route": "Inbound Route",
}
"""How FreePBX calls what a destination is of."""


class Choice(Struct, frozen=True):
    """What is imported, and how.

    ``starts``: dialled number -> its destination. ``callers``: dialled number -> pairs of a
    caller's number and its destination. ``languages``: that of the sounds, and those that may be
    switched to. ``direct``: whether keys of extensions are written out; ``taken``: names of
    prompts that are no own ones.
    """

    flow: str
    starts: Mapping[str, str]
    year: int
    languages: tuple[str, ...]
    callers: Mapping[str, tuple[tuple[str, str], ...]] = {}
    direct: bool = False
    taken: Collection[str] = ()


class Planner:
    """The nodes of a choice, made one after the other as calls come to them."""

    def __init__(self, company: Company, choice: Choice, kinds: Mapping[str, "Kind"]) -> None:
        self.company, self.choice, self._kinds = company, choice, kinds
        special = [dest for each in choice.callers.values() for _, dest in each]
        self.direct = tuple(company.extensions) if choice.direct else ()
        self.contexts = Contexts(company, [*choice.starts.values(), *special], self.direct)
        self.prompts = Prompts(company.texts, choice.taken)
        self.nodes: dict[str, DraftNode] = {}
        self.schedules: dict[str, Schedule] = {}
        self.languages = [choice.languages[0]]
        self.findings: dict[Destination, Finding] = {}
        self._named: dict[Destination, str] = {}
        self._waiting: list[Callable[[], None]] = []

    def node(self, text: str) -> str:
        """The node of a destination, as FreePBX writes it; it is made later."""
        place = destination(text)
        if place not in self._named:
            self._named[place] = ""  # what is passed through may come back to where it began
            self._named[place] = self._kinds.get(place.kind, self._kinds[""])(self, place)
        return self._named[place] or self.missing(place, "it leads to itself")

    def later(self, place: Destination, made: Callable[["Planner", str, str], None]) -> str:
        """The name of a node that is made when those before it are."""
        name = f"{place.kind}-{place.key}"
        self._waiting.append(lambda: made(self, name, place.key))
        self.nodes[name] = DraftNode({}, [])  # keeps its place among the others
        return name

    def finish(self) -> None:
        """Make all nodes that are waiting, and those that they lead to."""
        while self._waiting:
            self._waiting.pop(0)()

    def put(self, name: str, body: dict[str, Plain], *notes: str) -> None:
        """A node, with what is said beside it."""
        self.nodes[name] = DraftNode(body, [each for each in notes if each])

    def found(
        self, place: Destination, node: str, why: Iterable[str] = (), outcome: Outcome | None = None
    ) -> None:
        """What became of an object: changed, if there is something to say of it."""
        changes = tuple(why)
        one = self.company.find(place.kind, place.key) or self.company.extensions.get(place.key)
        self.findings[place] = Finding(
            f"{NAMES.get(place.kind, 'Destination')} {place.key}",
            one.name if one else "",
            outcome or ("changed" if changes else "imported"),
            (node,) if node else (),
            "; ".join(changes),
        )

    def missing(self, place: Destination, why: str) -> str:
        """A node in place of what cannot be imported."""
        node = f"not-imported-{sum(each.startswith('not-imported') for each in self.nodes) + 1}"
        said = f"{NAMES.get(place.kind, 'Destination')} {place.key}"
        note = f"NOT IMPORTED: {said}: {why}."
        self.put(node, {"end": ["operator-left", "thanks-bye"]}, note)
        self.found(place, node, (why,), "not imported")
        return node

    def goodbye(self) -> str:
        """The end of a call."""
        self.nodes.setdefault(GOODBYE, DraftNode({"end": "thanks-bye"}, []))
        return GOODBYE

    def dial(
        self, name: str, number: str, after: str = "", ring: str = ANSWERED, note: str = ""
    ) -> str:
        """A node that dials, and goes on after it in any case."""
        after = after or self.goodbye()
        self.put(name, {"dial": number, "ring": ring, "on": {"ended": after}, "else": after}, note)
        return name

    def back(self, name: str, menus: Iterable[str], value: str, otherwise: str) -> str:
        """A node that leads to the menu before, of those that may be; ``otherwise`` if none is.
        ``value``: the value of the call that says which it is."""
        leads = {
            f"ivr-{each}": self._again(each, value) if each else otherwise for each in sorted(menus)
        }
        cases: dict[str, str] = {key: to for key, to in leads.items() if to != otherwise}
        if len(set(leads.values())) <= 1:
            return next(iter(leads.values()), otherwise)
        if "" not in menus:  # always one of them
            otherwise = cases.popitem()[1]
        self.put(name, {"branch": value, "when": cases, "else": otherwise})
        return name

    def _again(self, number: str, value: str) -> str:
        """The menu of an IVR that was entered before: what was before it then is so still, and it
        is the last one now, unless the call has come to no other since."""
        entered = self.node(f"ivr-{number},s,1")
        if not self.contexts.tracked:
            return entered
        menu = f"{entered}-menu"
        if value == MENU:
            return menu
        again = f"{entered}-again"
        if again not in self.nodes:
            self.put(again, {"set": {MENU: entered}, "then": menu})
        return again


Kind: TypeAlias = Callable[[Planner, Destination], str]
"""What names the node of a kind of destination, and makes it."""
