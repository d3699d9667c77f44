"""The kinds of nodes: what may stand at a place in a flow.

Each field's type says what may stand there (:class:`~ivr.terms.Is`), and its :class:`msgspec.Meta`
says it in words and within which bounds: the loader reads both, so a key that is not described
here does not exist. A node's kind is the key that is named like it:
``{say: welcome, then: main}`` is a :class:`Say`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr.terms import (
    Is,
    Keys,
    Need,
    Outcomes,
    Prompts,
    Seconds,
    Switch,
    Target,
    Times,
    Values,
    Word,
    Words,
)


class Node(Struct, frozen=True, kw_only=True):
    """A place in a flow."""

    need: Annotated[
        Need, Meta(description="how well the caller must be known to get here; else to on-need")
    ] = "none"


class Say(Node, frozen=True, kw_only=True):
    """Tells prompts and goes on."""

    say: Words
    then: Annotated[Target, Meta(description="where the call goes on")]
    barge_in: Annotated[Switch, Meta(description="whether a key cuts the prompt short")] = True


class Listens(Node, frozen=True, kw_only=True):
    """What menu, input and confirm share: silence and wrong keys, counted apart."""

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
    takes: Annotated[
        Literal["digits", "count"],
        Meta(description="what they become: digits as they are, or a count"),
    ] = "digits"
    then: Annotated[Target, Meta(description="where the call goes with the digits")]
    least: Annotated[Times, Meta(description="the fewest digits")] = 1
    most: Annotated[Times, Meta(description="the most digits; the last one ends the input")] = 20
    stop: Annotated[Literal["#", "*", ""], Meta(description="the key that ends the input")] = "#"
    total: Annotated[Seconds, Meta(description="from the first key to the end")] = 30.0
    secret: Annotated[Switch, Meta(description="whether the digits must be written nowhere")] = (
        False
    )


class Confirm(Listens, frozen=True, kw_only=True):
    """Tells what is about to happen and goes on only with a yes."""

    confirm: Words
    yes: Annotated[Target, Meta(description="where a yes leads")]
    no: Annotated[Target, Meta(description="where a no leads")]
    yes_key: Annotated[str, Is.KEYS, Meta(description="the key that means yes")] = "1"
    no_key: Annotated[str, Is.KEYS, Meta(description="the key that means no")] = "2"


class Do(Node, frozen=True, kw_only=True):
    """Does an operation of self-service and goes where its outcome leads."""

    do: Annotated[str, Is.OPERATION]
    inputs: Annotated[
        Values, Meta(description="input of the operation: the value of the session it takes")
    ] = {}
    on: Annotated[Outcomes, Meta(description="outcome: the node it leads to")] = {}
    else_: Annotated[Target, Meta(description="where every other outcome leads")] = ""


class Branch(Node, frozen=True, kw_only=True):
    """Goes where what is known of the call leads, without a word to the caller."""

    branch: Annotated[str, Is.BRANCH_SUBJECT]
    when: Annotated[
        Mapping[Annotated[str, Is.CASE], Target],
        Meta(description="what it may be: the node that leads to; the first that fits counts"),
    ]
    else_: Annotated[Target, Meta(description="where everything else leads")]


class Set(Node, frozen=True, kw_only=True):
    """Sets values of the session and goes on, without a word to the caller."""

    set: Annotated[
        Mapping[Word, Annotated[str, Is.GIVEN]],
        Meta(description="value: a whole number, a word, or the name of another in braces"),
    ]
    then: Annotated[Target, Meta(description="where the call goes on")]


class Hours(Node, frozen=True, kw_only=True):
    """Goes where the opening hours lead at this moment."""

    hours: Annotated[str, Is.SCHEDULE]
    open: Annotated[Target, Meta(description="where the call goes while it is open")]
    closed: Annotated[Target, Meta(description="where the call goes while it is closed")]


class Announce(Node, frozen=True, kw_only=True):
    """Tells the announcements that concern the caller, and nothing when there are none."""

    announce: Words
    then: Annotated[Target, Meta(description="where the call goes when none concerns the caller")]
    told: Annotated[Target, Meta(description="where it goes after one was told; else as then")] = ""


class Queue(Node, frozen=True, kw_only=True):
    """Gives the caller to the agents of a queue and goes where the outcome leads."""

    queue: Annotated[str, Is.QUEUE]
    topic: Annotated[
        str, Is.GIVEN, Meta(description='what he calls about, for the agent; "{name}" for a value')
    ] = "general"
    priority: Annotated[int, Meta(description="higher is served first")] = 0
    on: Annotated[
        Outcomes, Meta(description="ended, timeout, full, closed, left, failed: the node")
    ] = {}
    else_: Annotated[Target, Meta(description="where every other outcome leads")]


class Dial(Node, frozen=True, kw_only=True):
    """Calls somebody for the caller, connects the two, and goes where the outcome leads."""

    dial: Annotated[str, Is.NUMBER, Meta(description="the number, as a phone here would dial it")]
    ring: Annotated[Seconds, Meta(description="how long it rings there")] = 30.0
    on: Annotated[Outcomes, Meta(description="ended, busy, no-answer, failed: the node")] = {}
    else_: Annotated[Target, Meta(description="where every other outcome leads")]


class Record(Node, frozen=True, kw_only=True):
    """Tells prompts, sounds a tone and records what the caller says."""

    record: Words
    into: Annotated[Word, Meta(description="the value that the recording becomes")]
    longest: Annotated[Seconds, Meta(description="how long the caller may speak")] = 120.0
    quiet: Annotated[Seconds, Meta(description="how long a silence ends it")] = 4.0
    stop: Annotated[Literal["#", "*"], Meta(description="the key that ends it")] = "#"
    then: Annotated[Target, Meta(description="where the call goes with the recording")]
    empty: Annotated[Target, Meta(description="where it goes when nothing was recorded")]


class Sms(Node, frozen=True, kw_only=True):
    """Sends the caller a text message and goes on; nobody waits until it arrives."""

    sms: Words
    unless_read: Annotated[
        Switch, Meta(description="not in a text session, where the caller reads it anyway")
    ] = False
    then: Annotated[Target, Meta(description="where the call goes on")]
    else_: Annotated[Target, Meta(description="where it goes when there is no number to send to")]


class Language(Node, frozen=True, kw_only=True):
    """Speaks another language from here on and remembers it for the subscriber."""

    language: Annotated[str, Is.LANGUAGE]
    then: Annotated[Target, Meta(description="where the call goes on")]


class Call(Node, frozen=True, kw_only=True):
    """Goes through another flow and comes back with its outcome and what it brings."""

    call: Annotated[str, Is.FLOW]
    with_: Annotated[Values, Meta(description="input of that flow: the value it takes")] = {}
    take: Annotated[
        Values, Meta(description="value of this flow: the output of that flow it becomes")
    ] = {}
    on: Annotated[Outcomes, Meta(description="outcome: the node it leads to")] = {}
    else_: Annotated[Target, Meta(description="where every other outcome leads")] = ""


class Return(Node, frozen=True, kw_only=True):
    """Ends a flow that another one called, with an outcome."""

    return_: Annotated[Word, Meta(description="the outcome for the flow that called this one")]


class Goto(Node, frozen=True, kw_only=True):
    """Goes on in a node of another flow."""

    goto: Annotated[str, Meta(description="the node there")]
    flow: Annotated[str, Is.FLOW]


class End(Node, frozen=True, kw_only=True):
    """Says good-bye and hangs up."""

    end: Annotated[Prompts, Meta(description="the last words; [] for none")]


KINDS: tuple[type[Node], ...] = (
    Say, Menu, Input, Confirm, Do, Branch, Set, Hours, Announce, Queue, Dial, Record, Sms,
    Language, Call, Return, Goto, End,
)  # fmt: skip


def kind(node: Node | type[Node]) -> str:
    """The word of the language for a node's kind: "say", "menu" …"""
    return (node if isinstance(node, type) else type(node)).__name__.lower()
