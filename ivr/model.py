"""What a flow is made of. The one description of the language of menus.

Each field's type says what may stand there (:class:`Is`), and its :class:`msgspec.Meta` says it in
words and within which bounds: the loader reads both, so a key that is not described here does not
exist. A node's kind is the key that is named like it: ``{say: welcome, then: main}`` is a
:class:`Say`.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

BACK = "back"
REPEAT = "repeat"
ACTIONS = (BACK, REPEAT)
"""What a key can do besides leading to a node."""

Need = Literal["none", "caller", "code-word"]
"""How well the caller must be known."""


class Is(Enum):
    """What a string in a flow names."""

    PROMPT = "a prompt of the catalogue"
    NODE = "a node of this flow"
    DEED = "a node of this flow, or back, or repeat"
    ENDING = "an end of this flow"
    KEYS = "keys of a telephone: 0-9 * #"
    OPERATION = "an operation of self-service"
    OUTCOME = "an outcome"
    VALUE = "a value of the session"
    FLOW = "another flow"
    LANGUAGE = "a language of this flow"
    TONGUE = "a language that is spoken here"
    TITLE = "a name that no other flow has"
    NUMBER = "a number that is dialled"
    QUEUE = "a queue of the exchange"
    WORD = "a word"


Prompt: TypeAlias = Annotated[str, Is.PROMPT]
Target: TypeAlias = Annotated[str, Is.NODE]
Keys: TypeAlias = Mapping[Annotated[str, Is.KEYS], Annotated[str, Is.DEED]]
Outcomes: TypeAlias = Mapping[Annotated[str, Is.OUTCOME], Target]
Word: TypeAlias = Annotated[str, Is.WORD]
Seconds: TypeAlias = Annotated[float, Meta(description="a time: 5s, 1.5s, 2m", ge=0.5, le=120)]
Times: TypeAlias = Annotated[int, Meta(description="a number from 1", ge=1, le=100)]
Switch: TypeAlias = Annotated[bool, Meta(description="yes or no")]

Prompts: TypeAlias = Annotated[
    tuple[Prompt, ...], Meta(description="a prompt, or several told one after the other")
]
Words: TypeAlias = Annotated[Prompts, Meta(min_length=1)]


class Node(Struct, frozen=True, kw_only=True):
    """A place in a flow."""


class Say(Node, frozen=True, kw_only=True):
    """Tells prompts and goes on."""

    say: Words
    then: Annotated[Target, Meta(description="where the call goes on")]
    barge_in: Annotated[Switch, Meta(description="whether a key cuts the prompt short")] = True


class Listens(Node, frozen=True, kw_only=True):
    """What menu and input share: what becomes of silence and of wrong keys, counted apart."""

    wait: Annotated[Seconds, Meta(description="from the end of the prompt to the first key")] = 5.0
    between: Annotated[Seconds, Meta(description="from one key to the next")] = 3.0
    attempts: Annotated[Times, Meta(description="silences, or wrong keys, before gave-up")] = 3
    silent: Annotated[Prompts, Meta(description="told instead, after the 1st, 2nd … silence")] = ()
    wrong: Annotated[Prompts, Meta(description="told first, after the 1st, 2nd … wrong key")] = ()
    gave_up: Annotated[Target, Meta(description="where the call goes when attempts are spent")]
    barge_in: Annotated[Switch, Meta(description="whether a key cuts the prompt short")] = True
    type_ahead: Annotated[
        Literal["keep", "flush"], Meta(description="what becomes of keys pressed before the prompt")
    ] = "keep"


class Menu(Listens, frozen=True, kw_only=True):
    """Tells prompts and goes where the pressed key leads."""

    menu: Words
    keys: Annotated[Keys, Meta(description="key: the node it leads to, or back, or repeat")]


class Input(Listens, frozen=True, kw_only=True):
    """Tells prompts and takes digits into a value of the session."""

    input: Words
    into: Annotated[Word, Meta(description="the value that the digits become")]
    then: Annotated[Target, Meta(description="where the call goes with the digits")]
    least: Annotated[Times, Meta(description="the fewest digits")] = 1
    most: Annotated[Times, Meta(description="the most digits; the last one ends the input")] = 20
    stop: Annotated[Literal["#", "*", ""], Meta(description="the key that ends the input")] = "#"
    total: Annotated[Seconds, Meta(description="from the first key to the end")] = 30.0
    secret: Annotated[Switch, Meta(description="whether the digits must be written nowhere")] = (
        False
    )


class Do(Node, frozen=True, kw_only=True):
    """Does an operation of self-service and goes where its outcome leads."""

    do: Annotated[str, Is.OPERATION]
    inputs: Annotated[
        Mapping[str, Annotated[str, Is.VALUE]],
        Meta(description="input of the operation: the value of the session it takes"),
    ] = {}
    on: Annotated[Outcomes, Meta(description="outcome: the node it leads to")] = {}
    else_: Annotated[Target, Meta(description="where every other outcome leads")] = ""


class Branch(Node, frozen=True, kw_only=True):
    """Goes where what is known of the call leads, without a word to the caller."""

    branch: Annotated[
        Literal["caller", "language", "dialled"],
        Meta(description="caller (known, unknown), language, or dialled (the number)"),
    ]
    when: Annotated[
        Mapping[Word, Target], Meta(description="what it may be: the node that leads to")
    ]
    else_: Annotated[Target, Meta(description="where everything else leads")]


class Queue(Node, frozen=True, kw_only=True):
    """Gives the caller to the agents of a queue and goes where the outcome leads."""

    queue: Annotated[str, Is.QUEUE]
    topic: Annotated[Word, Meta(description="what he calls about, for the agent")] = "general"
    priority: Annotated[int, Meta(description="higher is served first")] = 0
    on: Annotated[
        Outcomes, Meta(description="ended, timeout, full, closed, left, failed: the node")
    ] = {}
    else_: Annotated[Target, Meta(description="where every other outcome leads")]


class Language(Node, frozen=True, kw_only=True):
    """Speaks another language from here on and remembers it for the subscriber."""

    language: Annotated[str, Is.LANGUAGE]
    then: Annotated[Target, Meta(description="where the call goes on")]


class Goto(Node, frozen=True, kw_only=True):
    """Goes on in a node of another flow."""

    goto: Annotated[str, Meta(description="the node there")]
    flow: Annotated[str, Is.FLOW]


class End(Node, frozen=True, kw_only=True):
    """Says good-bye and hangs up."""

    end: Annotated[Prompts, Meta(description="the last words; [] for none")]


KINDS: tuple[type[Node], ...] = (Say, Menu, Input, Do, Branch, Queue, Language, Goto, End)
QUEUE_OUTCOMES = ("ended", "timeout", "full", "closed", "left", "failed")


def kind(node: Node | type[Node]) -> str:
    """The word of the language for a node's kind: "say", "menu" …"""
    return (node if isinstance(node, type) else type(node)).__name__.lower()


class Flow(Struct, frozen=True, kw_only=True):
    """A call flow; ``version`` is the hash of its text, ``file`` where it was read."""

    flow: Annotated[str, Is.TITLE, Meta(description="the name")]
    numbers: Annotated[
        tuple[Annotated[str, Is.NUMBER], ...], Meta(description="which dialled numbers begin here")
    ] = ()
    languages: Annotated[
        tuple[Annotated[str, Is.TONGUE], ...],
        Meta(description="the first one is the default", min_length=1),
    ]
    start: Annotated[Target, Meta(description="the node where a call begins")]
    patience: Annotated[
        Times, Meta(description="silences and wrong keys in a whole call before gave-up")
    ] = 12
    farewell: Annotated[
        str,
        Is.ENDING,
        Meta(description="an end for whoever is silent or wrong once more after that"),
    ] = ""
    always: Annotated[Keys, Meta(description="keys of every menu that has not its own")] = {}
    nodes: Mapping[str, Node]
    version: str = ""
    file: str = ""


class Operation(Struct, frozen=True):
    """The signature of an operation of self-service, against which flows are checked.

    ``outcomes``: outcome -> the values it brings -> their kind (``money``, ``count``, ``name``,
    ``day``, ``each`` …). ``deadline`` is in seconds; when it passes the outcome is ``unavailable``.
    """

    name: str
    outcomes: Mapping[str, Mapping[str, str]]
    inputs: Mapping[str, str] = {}
    need: Need = "none"
    deadline: float = 3.0


class Book(Struct, frozen=True):
    """All flows that were checked together, and what they may use. A call keeps its book."""

    flows: Mapping[str, Flow]
    slots: Mapping[str, Mapping[str, str]]
    """Prompt -> its placeholders -> their kind."""

    def answering(self, dialled: str) -> Flow | None:
        """The flow that a dialled number begins."""
        return next((flow for flow in self.flows.values() if dialled in flow.numbers), None)
