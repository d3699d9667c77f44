"""What is read from menus: flows, schedules, and the book of all that were read together.

Their fields are annotated as :mod:`ivr.nodes` says, for the loader, the check and the schema.
"""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from ivr.hours.schedule import Schedule
from ivr.nodes import Do, Node
from ivr.terms import Is, Keys, Kinds, Need, Switch, Target, Times

UNAVAILABLE = "unavailable"
"""The outcome of an operation whose back end did not answer."""

ACCEPTED = "accepted"
"""The outcome of an operation that costs, when it is not known yet what becomes of it."""


class Flow(Struct, frozen=True, kw_only=True):
    """A call flow; ``version`` is the hash of its text, ``file`` where it was read."""

    flow: Annotated[str, Is.FLOW_NAME, Meta(description="the name")]
    numbers: Annotated[
        tuple[Annotated[str, Is.NUMBER], ...], Meta(description="which dialled numbers begin here")
    ] = ()
    codes: Annotated[
        Mapping[Annotated[str, Is.NUMBER], Target],
        Meta(description="dialled code, such as *100#: the node where it begins"),
    ] = {}
    keyed_codes: Annotated[
        Switch,
        Meta(description="whether codes of any flow may be keyed in menus of this one"),
    ] = True
    languages: Annotated[
        tuple[Annotated[str, Is.SPOKEN_LANGUAGE], ...],
        Meta(description="the first one is the default", min_length=1),
    ]
    inputs: Annotated[
        Kinds, Meta(description="what a flow that calls this one must give: its kind")
    ] = {}
    outputs: Annotated[
        Kinds, Meta(description="what this flow brings to the one that calls it")
    ] = {}
    start: Annotated[Target, Meta(description="the node where a call begins")]
    patience: Annotated[
        Times, Meta(description="silences and wrong keys in a whole call before gave-up")
    ] = 12
    farewell: Annotated[
        str,
        Is.ENDING,
        Meta(description="an end for whoever is silent or wrong once more after that"),
    ] = ""
    identify: Annotated[
        str,
        Is.FLOW,
        Meta(description="which asks a subscriber for his code word; the call then comes back"),
    ] = ""
    on_need: Annotated[
        Target, Meta(description="where a caller goes who is not known well enough for a node")
    ] = ""
    on_backend_down: Annotated[
        Target, Meta(description="where unavailable leads from a do that does not say so itself")
    ] = ""
    on_error: Annotated[
        Target, Meta(description="where a caller goes when this flow or a deed of it is at fault")
    ] = ""
    on_hangup: Annotated[
        Target, Meta(description="what is still done when the caller is gone; nobody hears a word")
    ] = ""
    always: Annotated[Keys, Meta(description="keys of every menu that has not its own")] = {}
    nodes: Mapping[str, Node]
    version: str = ""
    file: str = ""

    @property
    def entries(self) -> Mapping[str, str]:
        """Where calls begin here: dialled number or code -> node."""
        return {**dict.fromkeys(self.numbers, self.start), **self.codes}


class Operation(Struct, frozen=True):
    """The signature of an operation of self-service, against which flows are checked.

    ``outcomes``: outcome -> the values it brings -> their kind (``money``, ``count``, ``name``,
    ``day``, ``each`` …). ``deadline`` is in seconds; when it passes the outcome is ``unavailable``,
    or ``accepted`` if it costs. ``costs``: the caller pays for it, so that a flow must ask for a
    yes before. ``daily`` and ``monthly``: how often a subscriber may have it done, 0 for as often
    as he likes. ``proves``: the outcome by which he is known to be who he says, "" if none is.
    ``about``: what it does, in a sentence. ``waiting``: the prompt that is told before it, because
    it may take a while; "" for none.
    """

    name: str
    outcomes: Mapping[str, Mapping[str, str]]
    inputs: Mapping[str, str] = {}
    need: Need = "none"
    deadline: float = 3.0
    costs: bool = False
    daily: int = 0
    monthly: int = 0
    proves: str = ""
    about: str = ""
    waiting: str = ""


def needed(node: Node, operations: Mapping[str, Operation]) -> Need:
    """How well a caller must be known to get into a node: as it says, or as its operation does.

    An operation for callers whom we know answers the others by itself, with ``unknown``.
    """
    operation = operations.get(node.do) if isinstance(node, Do) else None
    return "code-word" if operation and operation.need == "code-word" else node.need


class Book(Struct, frozen=True):
    """All flows that were checked together, and what they may use. A call keeps its book."""

    flows: Mapping[str, Flow]
    slots: Mapping[str, Mapping[str, str]]
    """Prompt -> its placeholders -> their kind."""
    operations: Mapping[str, Operation] = {}
    schedules: Mapping[str, Schedule] = {}

    def answering(self, dialled: str) -> Flow | None:
        """The flow that a dialled number or code begins, whatever was dialled with it."""
        code, _ = self.parted(dialled)
        return next((flow for flow in self.flows.values() if code in flow.entries), None)

    def parted(self, dialled: str) -> tuple[str, tuple[str, ...]]:
        """A number or code, and the replies that were dialled with it: ``*111*2*1#`` is ``*111#``
        with ``2`` and then ``1``, if it is no code of its own."""
        known = self.dialled
        words = dialled.removeprefix("*").removesuffix("#").split("*")
        if dialled not in known and dialled == f"*{'*'.join(words)}#":
            for many in range(len(words) - 1, 0, -1):
                code = f"*{'*'.join(words[:many])}#"
                if code in known:
                    return code, tuple(words[many:])
        return dialled, ()

    @property
    def dialled(self) -> tuple[str, ...]:
        """All numbers and codes that begin something."""
        return tuple(number for flow in self.flows.values() for number in flow.entries)

    @property
    def codes(self) -> frozenset[str]:
        """The codes that can be keyed in a call: those that begin like no number."""
        codes = (code for flow in self.flows.values() for code in flow.codes)
        return frozenset(code for code in codes if code.startswith("*"))
