"""The kinds of nodes of a flow.

Each field's type says what it names (:class:`~ivr.terms.Is`); its :class:`msgspec.Meta` describes
it and gives its bounds. The loader, the check and the schema read both, so a key that is not
described here does not exist. A node's kind is the key named like it:
``{say: welcome, then: main}`` is a :class:`Say`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr.terms import (
    HoldTime,
    Is,
    Keys,
    LongTime,
    Need,
    Outcomes,
    Pause,
    Phrases,
    Prompts,
    Seconds,
    Switch,
    Target,
    Times,
    Values,
    Word,
    Words,
)

CHOICES = 5
"""The most choices that a caller can listen to and still remember the first."""


class Node(Struct, frozen=True, kw_only=True):
    """A node of a flow."""

    need: Annotated[
        Need, Meta(description="identity level that the caller needs here; below it: on-need")
    ] = "none"


class Say(Node, frozen=True, kw_only=True):
    """Plays prompts and goes on."""

    say: Words
    then: Annotated[Target, Meta(description="next node")]
    barge_in: Annotated[Switch, Meta(description="whether a key cuts the prompt short")] = True
    other_languages: Annotated[
        Switch, Meta(description="whether prompts in the language of the call are left out")
    ] = False


class Listens(Node, frozen=True, kw_only=True):
    """What menu, input and confirm share: timers, and silence and wrong keys counted apart."""

    wait: Annotated[Seconds, Meta(description="from the end of the prompt to the first key")] = 5.0
    between: Annotated[Seconds, Meta(description="from one key to the next")] = 3.0
    attempts: Annotated[Times, Meta(description="silences, or wrong keys, before gave-up")] = 3
    silent: Annotated[Prompts, Meta(description="played instead after the 1st, 2nd … silence")] = ()
    wrong: Annotated[Prompts, Meta(description="played first after the 1st, 2nd … wrong key")] = ()
    gave_up: Annotated[Target, Meta(description="next node when all attempts are used")]
    barge_in: Annotated[Switch, Meta(description="whether a key cuts the prompt short")] = True
    type_ahead: Annotated[
        Literal["keep", "flush"], Meta(description="whether keys pressed before the prompt count")
    ] = "keep"
    spoken: Annotated[
        Switch, Meta(description="whether the answer may also be said, where the site listens")
    ] = False
    pause: Annotated[
        Pause | None,
        Meta(description="silence between other words and the prompts; default: that of the site"),
    ] = None


class Listing(Struct, frozen=True, kw_only=True):
    """The rows of a list as choices of a menu, each with a key: 1, 2, 3 …"""

    of: Annotated[str, Is.VALUE, Meta(description="the list, which a prompt of the menu plays")]
    take: Annotated[
        Values, Meta(description="value of this flow: the one of the chosen row stored in it")
    ] = {}
    then: Annotated[Target, Meta(description="next node after the key of a row")]
    none: Annotated[Target, Meta(description="next node when the list has no rows")]
    most: Annotated[int, Meta(description="how many rows are played at once", ge=1, le=9)] = CHOICES
    more: Annotated[Prompts, Meta(description="played after them where there are more rows")] = ()
    more_key: Annotated[str, Is.KEYS, Meta(description="the key for the next rows")] = "#"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that rows may have."""
        return tuple(map(str, range(1, self.most + 1)))


class Menu(Listens, frozen=True, kw_only=True):
    """Plays prompts and goes where the pressed key leads."""

    menu: Words
    keys: Annotated[Keys, Meta(description="key: the node it leads to, or back, or repeat")]
    phrases: Annotated[
        Mapping[Annotated[str, Is.KEYS], Phrases], Meta(description="key: what callers say for it")
    ] = {}
    each: Annotated[
        Listing | None, Meta(description="a list whose rows are choices, too, each with a key")
    ] = None
    unanswered: Annotated[
        Target, Meta(description="next node instead of gave-up when there were only silences")
    ] = ""
    unread: Annotated[
        tuple[Annotated[str, Is.KEYS], ...],
        Meta(description="keys that work here although the prompts do not name them"),
    ] = ()
    choices: Annotated[
        Times, Meta(description="how many choices its prompts may name before the check warns")
    ] = CHOICES


class Input(Listens, frozen=True, kw_only=True):
    """Plays prompts and stores the keyed digits as a value of the session."""

    input: Words
    into: Annotated[Word, Meta(description="the value that the digits become")]
    takes: Annotated[
        Literal["digits", "count"],
        Meta(description="what they become: digits as they are, or a count"),
    ] = "digits"
    then: Annotated[Target, Meta(description="next node")]
    least: Annotated[Times, Meta(description="the fewest digits")] = 1
    most: Annotated[Times, Meta(description="the most digits; the last one ends the input")] = 20
    stop: Annotated[Literal["#", "*", ""], Meta(description="the key that ends the input")] = "#"
    total: Annotated[Seconds, Meta(description="from the first key to the end")] = 30.0
    secret: Annotated[Switch, Meta(description="whether the digits are never logged or stored")] = (
        False
    )


class Confirm(Listens, frozen=True, kw_only=True):
    """Plays what is about to happen and asks for yes or no."""

    confirm: Words
    yes: Annotated[Target, Meta(description="next node after yes")]
    no: Annotated[Target, Meta(description="next node after no")]
    yes_key: Annotated[str, Is.KEYS, Meta(description="the key that means yes")] = "1"
    no_key: Annotated[str, Is.KEYS, Meta(description="the key that means no")] = "2"


class Listen(Listens, frozen=True, kw_only=True):
    """Plays prompts and goes where what the caller says leads; its keys work as well."""

    listen: Words
    phrases: Annotated[
        Mapping[Target, Phrases], Meta(description="next node: what callers say, by language")
    ]
    keys: Annotated[Keys, Meta(description="key: the node it leads to, or back, or repeat")] = {}


class Hold(Node, frozen=True, kw_only=True):
    """Plays prompts, then music until the caller presses a key."""

    hold: Words
    wait: Annotated[HoldTime, Meta(description="from the end of the prompts to going on by itself")]
    then: Annotated[Target, Meta(description="next node after any key that always has not")]


class Do(Node, frozen=True, kw_only=True):
    """Runs a self-service operation and goes where its outcome leads."""

    do: Annotated[str, Is.OPERATION]
    inputs: Annotated[
        Values, Meta(description="input of the operation: the value of the session it takes")
    ] = {}
    on: Annotated[Outcomes, Meta(description="outcome: the node it leads to")] = {}
    else_: Annotated[Target, Meta(description="next node after every other outcome")] = ""


class Branch(Node, frozen=True, kw_only=True):
    """Branches on a value or a fact of the call; plays nothing."""

    branch: Annotated[str, Is.BRANCH_SUBJECT]
    when: Annotated[
        Mapping[Annotated[str, Is.CASE], Target],
        Meta(description="case: its node; the first case that matches is taken"),
    ]
    else_: Annotated[Target, Meta(description="next node in every other case")]


class Set(Node, frozen=True, kw_only=True):
    """Sets values of the session and goes on; plays nothing."""

    set: Annotated[
        Mapping[Word, Annotated[str, Is.GIVEN]],
        Meta(description="value: a whole number, a word, or the name of another in braces"),
    ]
    then: Annotated[Target, Meta(description="next node")]


class Hours(Node, frozen=True, kw_only=True):
    """Branches on the opening hours at this moment, or at another one."""

    hours: Annotated[str, Is.SCHEDULE]
    at: Annotated[
        str, Is.WORD, Meta(description="a value that is the moment in question; default: now")
    ] = ""
    open: Annotated[Target, Meta(description="next node while open")]
    closed: Annotated[Target, Meta(description="next node while closed")]


class Announce(Node, frozen=True, kw_only=True):
    """Plays the announcements that concern the caller; nothing if there are none."""

    announce: Words
    again: Annotated[
        Prompts, Meta(description="played instead to a caller who heard them within a day")
    ] = ()
    then: Annotated[Target, Meta(description="next node when no announcement concerns the caller")]
    told: Annotated[Target, Meta(description="next node after one was played; default: then")] = ""


class Queue(Node, frozen=True, kw_only=True):
    """Puts the caller into a queue of agents and goes where the outcome leads."""

    queue: Annotated[str, Is.QUEUE]
    topic: Annotated[
        str, Is.GIVEN, Meta(description='reason for the call, for the agent; "{name}" for a value')
    ] = "general"
    priority: Annotated[int, Meta(description="higher is served first")] = 0
    on: Annotated[
        Outcomes, Meta(description="ended, timeout, full, closed, left, failed: the node")
    ] = {}
    else_: Annotated[Target, Meta(description="next node after every other outcome")]


class Dial(Node, frozen=True, kw_only=True):
    """Dials a number, bridges it with the caller, and goes where the outcome leads."""

    dial: Annotated[str, Is.NUMBER, Meta(description="the number, as a phone here would dial it")]
    ring: Annotated[Seconds, Meta(description="how long to let it ring")] = 30.0
    on: Annotated[Outcomes, Meta(description="ended, busy, no-answer, failed: the node")] = {}
    else_: Annotated[Target, Meta(description="next node after every other outcome")]


class Record(Node, frozen=True, kw_only=True):
    """Plays prompts and a tone, then records what the caller says."""

    record: Words
    into: Annotated[Word, Meta(description="the value that the recording becomes")]
    longest: Annotated[Seconds, Meta(description="the longest recording")] = 120.0
    quiet: Annotated[Seconds, Meta(description="silence that ends the recording")] = 4.0
    stop: Annotated[Literal["#", "*"], Meta(description="the key that ends the recording")] = "#"
    then: Annotated[Target, Meta(description="next node")]
    empty: Annotated[Target, Meta(description="next node when nothing was recorded")]


class Sms(Node, frozen=True, kw_only=True):
    """Sends the caller a text message and goes on without waiting for its delivery."""

    sms: Words
    unless_read: Annotated[
        Switch, Meta(description="skip it in a text session, where the caller reads it anyway")
    ] = False
    valid: Annotated[
        LongTime,
        Meta(description="what it says ages: begin it with the time, give it up after this long"),
    ] = 0.0
    then: Annotated[Target, Meta(description="next node")]
    else_: Annotated[Target, Meta(description="next node when the caller has no number to send to")]


class Language(Node, frozen=True, kw_only=True):
    """Switches the language of the call and stores it for the subscriber."""

    language: Annotated[str, Is.LANGUAGE]
    then: Annotated[Target, Meta(description="next node")]


class Call(Node, frozen=True, kw_only=True):
    """Calls another flow, which returns with an outcome and values."""

    call: Annotated[str, Is.FLOW]
    with_: Annotated[Values, Meta(description="input of that flow: the value passed to it")] = {}
    take: Annotated[
        Values, Meta(description="value of this flow: the output of that flow stored in it")
    ] = {}
    on: Annotated[Outcomes, Meta(description="outcome: the node it leads to")] = {}
    else_: Annotated[Target, Meta(description="next node after every other outcome")] = ""


class Return(Node, frozen=True, kw_only=True):
    """Returns from a flow that another one called, with an outcome."""

    return_: Annotated[Word, Meta(description="the outcome for the calling flow")]


class Goto(Node, frozen=True, kw_only=True):
    """Goes to a node of another flow."""

    goto: Annotated[str, Meta(description="the node there")]
    flow: Annotated[str, Is.FLOW]


class End(Node, frozen=True, kw_only=True):
    """Plays good-bye prompts and hangs up."""

    end: Annotated[Prompts, Meta(description="the last prompts; [] for none")]


AWAITS_KEY = (Listens, Hold)
"""Nodes that a key of the caller answers."""

KINDS: tuple[type[Node], ...] = (
    Say, Menu, Listen, Input, Confirm, Hold, Do, Branch, Set, Hours, Announce, Queue, Dial, Record,
    Sms, Language, Call, Return, Goto, End,
)  # fmt: skip


def kind(node: Node | type[Node]) -> str:
    """The key that names a node's kind in YAML: "say", "menu" …"""
    return (node if isinstance(node, type) else type(node)).__name__.lower()
