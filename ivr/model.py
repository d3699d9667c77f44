"""Flows, operations, and the book: all flows and schedules that were loaded together.

Fields are annotated as in :mod:`ivr.nodes`; the loader, the check and the schema read that.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from msgspec import Meta, Struct

from ivr.hours.schedule import Schedule
from ivr.http.declaration import HttpOperation
from ivr.identity.keypad import normalise
from ivr.lists import NO_LISTS, Lists
from ivr.nodes import Do, Listing, Menu, Node
from ivr.terms import Is, Keys, Kinds, Need, Switch, Target, Times

UNAVAILABLE = "unavailable"
"""The outcome of an operation whose back end did not answer in time."""

OUTBOUND = "campaign:"
"""How it begins what stands for a dialled number in calls that a campaign makes."""

ACCEPTED = "accepted"
"""The outcome of a paid operation whose result is unknown yet (time-out)."""


class Flow(Struct, frozen=True, kw_only=True):
    """A call flow. ``version`` is the hash of its text, ``file`` the path it was read from."""

    flow: Annotated[str, Is.FLOW_NAME, Meta(description="the name")]
    numbers: Annotated[
        tuple[Annotated[str, Is.NUMBER], ...], Meta(description="dialled numbers of this flow")
    ] = ()
    codes: Annotated[
        Mapping[Annotated[str, Is.NUMBER], Target],
        Meta(description="dialled code, such as *100#: the node it starts at"),
    ] = {}
    words: Annotated[
        Mapping[Annotated[str, Is.REPLY], Annotated[str, Is.CODE]],
        Meta(description="word of a text session: the code of this flow that it stands for"),
    ] = {}
    outbound: Annotated[
        Switch,
        Meta(description="whether a campaign may call subscribers with this flow"),
    ] = False
    keyed_codes: Annotated[
        Switch,
        Meta(description="whether callers may key codes of any flow in the menus of this one"),
    ] = True
    ignore_closing_hash: Annotated[
        Switch,
        Meta(description="whether # right after a key of its menus and confirms is ignored"),
    ] = False
    languages: Annotated[
        tuple[Annotated[str, Is.SPOKEN_LANGUAGE], ...],
        Meta(description="languages; the first is the default", min_length=1),
    ]
    inputs: Annotated[Kinds, Meta(description="input that a calling flow must pass: its kind")] = {}
    outputs: Annotated[
        Kinds, Meta(description="value that this flow returns to the calling one: its kind")
    ] = {}
    start: Annotated[Target, Meta(description="the first node of a call")]
    patience: Annotated[
        Times, Meta(description="silences and wrong keys in the whole call before gave-up")
    ] = 12
    farewell: Annotated[
        str,
        Is.ENDING,
        Meta(description="an end node, for a caller who is silent or wrong once more after that"),
    ] = ""
    identify: Annotated[
        str,
        Is.FLOW,
        Meta(description="flow that asks a subscriber for the code word and returns"),
    ] = ""
    on_need: Annotated[
        Target, Meta(description="next node when the identity level is too low for a node")
    ] = ""
    on_backend_down: Annotated[
        Target, Meta(description="next node after unavailable where a do has no branch for it")
    ] = ""
    on_error: Annotated[
        Target, Meta(description="next node when this flow or one of its operations has a fault")
    ] = ""
    on_hangup: Annotated[
        Target, Meta(description="node that runs after the caller hung up; no prompt is played")
    ] = ""
    always: Annotated[Keys, Meta(description="keys of every menu that has not its own")] = {}
    nodes: Mapping[str, Node]
    version: str = ""
    file: str = ""

    @property
    def entries(self) -> Mapping[str, str]:
        """Dialled number or code -> the node at which its calls start. Calls of campaigns, which
        no one dials, start at :func:`outbound`."""
        ours = {outbound(self.flow): self.start} if self.outbound else {}
        return {**dict.fromkeys(self.numbers, self.start), **self.codes, **ours}


def outbound(flow: str) -> str:
    """What stands for the dialled number where a campaign calls with a flow; no one can dial it."""
    return f"{OUTBOUND}{flow}"


class Operation(Struct, frozen=True):
    """The signature of a self-service operation, against which flows are checked.

    ``outcomes``: outcome -> the values it returns -> their kind (``money``, ``count``, ``name``,
    ``day``, ``each`` …). ``deadline`` in seconds: after it the outcome is ``unavailable``, or
    ``accepted`` if the operation costs. ``costs``: the caller pays, so a flow must confirm it
    before. ``charge``: the input that is the charge, which a text must have named before; "" for
    none. ``daily`` and ``monthly``: the most runs per subscriber; 0 for no limit; ``refusals``: the
    most that are refused in a day. ``proves``: the outcome that proves the caller's identity; ""
    for none. ``level``: the identity level that it proves. ``other``: it proves the identity of
    another subscriber than that of the line; from then on the call is about that one. ``ages``: its
    values are of the moment, so a text with them is to be ``valid`` for a while. ``about``:
    what it does, in a sentence. ``waiting``: the prompt played before it because it may take
    seconds; "" for none. ``billing``: it asks the billing system, so a site without one cannot run
    it. ``choices``: value -> all words that it may be, where they are known. ``rows``: list -> the
    values of its rows -> their kind. ``optional``: the inputs that a flow may leave out. ``http``:
    it is one of the operator's own, done as declared there.
    """

    name: str
    outcomes: Mapping[str, Mapping[str, str]]
    inputs: Mapping[str, str] = {}
    need: Need = "none"
    deadline: float = 3.0
    costs: bool = False
    charge: str = ""
    daily: int = 0
    monthly: int = 0
    refusals: int = 0
    proves: str = ""
    level: Need = "code-word"
    other: bool = False
    about: str = ""
    waiting: str = ""
    billing: bool = False
    ages: bool = False
    choices: Mapping[str, tuple[str, ...]] = {}
    rows: Mapping[str, Mapping[str, str]] = {}
    optional: frozenset[str] = frozenset()
    http: HttpOperation | None = None


def row_kinds(operations: Mapping[str, Operation], name: str) -> Mapping[str, str]:
    """The values of the rows of a list, by its name, with their kinds; none if unknown."""
    found = (operation.rows.get(name, {}) for operation in operations.values())
    return {value: kind for row in found for value, kind in row.items()}


def needed(node: Node, operations: Mapping[str, Operation]) -> Need:
    """The identity level that a node requires: its own, or that of its operation.

    An operation with ``need: caller`` answers unknown callers itself, with ``unknown``.
    """
    operation = operations.get(node.do) if isinstance(node, Do) else None
    return "code-word" if operation and operation.need == "code-word" else node.need


class Book(Struct, frozen=True, dict=True):
    """All flows that were checked together, and what they may use.

    A call keeps the book it started with, also after a reload.
    """

    flows: Mapping[str, Flow]
    slots: Mapping[str, Mapping[str, str]]
    """Prompt -> its placeholders -> their kind."""
    operations: Mapping[str, Operation] = {}
    schedules: Mapping[str, Schedule] = {}
    lists: Lists = NO_LISTS

    @property
    def outbound(self) -> frozenset[str]:
        """The flows that campaigns may call with."""
        return frozenset(one.flow for one in self.flows.values() if one.outbound)

    def answering(self, dialled: str) -> Flow | None:
        """The flow that a dialled number or code starts, without replies dialled with it."""
        code, _ = self.parted(dialled)
        return self.dialled.get(code)

    def parted(self, dialled: str) -> tuple[str, tuple[str, ...]]:
        """Split a dialled string into the number or code and the replies dialled with it.

        ``*111*2*1#`` is the code ``*111#`` with the replies ``2`` and ``1``, unless it is a code
        itself.
        """
        known = self.dialled
        words = dialled.removeprefix("*").removesuffix("#").split("*")
        if dialled not in known and dialled == f"*{'*'.join(words)}#":
            for many in range(len(words) - 1, 0, -1):
                code = f"*{'*'.join(words[:many])}#"
                if code in known:
                    return code, tuple(words[many:])
        return dialled, ()

    @cached_property
    def dialled(self) -> Mapping[str, Flow]:
        """All numbers and codes that start a flow, and the flow."""
        found: dict[str, Flow] = {}
        for flow in self.flows.values():
            for number in flow.entries:
                found.setdefault(number, flow)
        return found

    @cached_property
    def listings(self) -> Mapping[str, tuple[Listing, ...]]:
        """List -> the menus over its rows."""
        found: dict[str, tuple[Listing, ...]] = {}
        for flow in self.flows.values():
            for node in flow.nodes.values():
                if isinstance(node, Menu) and node.each is not None:
                    found[node.each.of] = (*found.get(node.each.of, ()), node.each)
        return found

    @cached_property
    def row_slots(self) -> Mapping[str, Mapping[str, str]]:
        """List that prompts play -> the placeholders of its rows, with their kinds."""
        found: dict[str, dict[str, str]] = {}
        for slots in self.slots.values():
            for name, kind in slots.items():
                if kind.startswith("each "):
                    row = self.slots.get(kind.removeprefix("each "), {})
                    found.setdefault(name, {}).update(row)
        return found

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Word of a text session, normalised -> the code that it stands for."""
        return {
            normalise(word): code
            for flow in self.flows.values()
            for word, code in flow.words.items()
        }

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes that can be keyed during a call: those that start with ``*``."""
        codes = (code for flow in self.flows.values() for code in flow.codes)
        return frozenset(code for code in codes if code.startswith("*"))
