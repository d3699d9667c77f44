"""The vocabulary of the menu language: what a string may name, and its bounds.

The loader, the check and the schema read these annotations.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

BACK = "back"
REPEAT = "repeat"
SAID = "said "
"""How the edges of a ``listen`` begin, before the node to which its phrases lead."""
ACTIONS = (BACK, REPEAT)
"""What a key can do besides going to a node."""

QUEUE_OUTCOMES = ("ended", "timeout", "full", "closed", "left", "failed")
DIAL_OUTCOMES = ("ended", "busy", "no-answer", "failed")

Need = Literal["none", "caller", "code-word"]
"""Identity level: none, known by the number (caller), proven by the code word."""

NEEDS: Mapping[Need, int] = {"none": 0, "caller": 1, "code-word": 2}
"""Identity level -> its rank."""

BRANCH_SUBJECTS = ("caller", "line", "identity", "language", "dialled", "number")
"""Facts of the call that a branch may compare, besides values."""

KINDS_OF_VALUES = (
    "count", "day", "digits", "each", "moment", "money", "name", "recording", "secret", "spoken",
    "text", "word",
)  # fmt: skip
"""The kinds of values that a call carries; ``each`` is a list, ``word`` is branched on only."""


_TIME = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)(ms|s|m|h)")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
"""Unit of a time -> its seconds."""


def seconds(text: str) -> float | None:
    """A time such as ``500ms``, ``1.5s`` or ``1h`` in seconds; None if it is written otherwise."""
    found = _TIME.fullmatch(text)
    return float(found[1]) * UNITS[found[2]] if found else None


class Is(Enum):
    """What a string in a flow names."""

    PROMPT = "a prompt of the catalogue"
    NODE = "a node of this flow"
    KEY_ACTION = "a node of this flow, or back, or repeat"
    ENDING = "an end of this flow"
    KEYS = "keys of a telephone: 0-9 * #"
    OPERATION = "an operation of self-service"
    OUTCOME = "an outcome"
    VALUE = "a value of the session"
    BRANCH_SUBJECT = "caller, line, identity, language, dialled, number, or a value of the session"
    KIND = "a kind of value: " + ", ".join(KINDS_OF_VALUES)
    GIVEN = 'a whole number, a word, or "{name}" for the value of that name'
    CASE = "a word, a comparison such as < 5 or >= 100, or in and the name of a list"
    FLOW = "another flow"
    SCHEDULE = "a schedule of opening hours"
    LANGUAGE = "a language of this flow"
    SPOKEN_LANGUAGE = "a language with a voice"
    FLOW_NAME = "a name that no other flow has"
    SCHEDULE_NAME = "a name that no other schedule has"
    LIST_NAME = "a name that no other list has"
    NUMBER = "a number or code that is dialled"
    PHRASE = "words that a caller says"
    CODE = "a code of this flow"
    REPLY = "a word that a subscriber writes"
    QUEUE = "a queue of Asterisk"
    TEXT = "a text"
    WORD = "a word"
    ZONE = "a time zone of IANA such as Europe/Minsk"
    DAYS = "days of the week: mon, mon-fri, sat"
    DATE = 'a day, "2026-12-31", or "12-31" for every year, or a range, "12-31 to 01-02"'
    OPERATION_NAME = "a name that no other operation has"
    URL = "an address such as https://shop.example.net/orders/{order}"
    TEMPLATE = 'a text; "{order}" in it is an input, "{secret:shop}" a secret'
    BODY = "the JSON that is sent: a table whose texts are filled in"
    HEADER = "the name of a header, such as Idempotency-Key"
    JMESPATH = "an expression of JMESPath, such as order.state"
    STATUS = "a status of HTTP, such as 404 or 2xx"
    CURRENCY = "a code of ISO 4217, or an expression of JMESPath"
    SPANS = 'hours such as "09:00-13:00, 14:00-18:00", or open, or closed'


Prompt: TypeAlias = Annotated[str, Is.PROMPT]
Target: TypeAlias = Annotated[str, Is.NODE]
Keys: TypeAlias = Mapping[Annotated[str, Is.KEYS], Annotated[str, Is.KEY_ACTION]]
Phrases: TypeAlias = Mapping[Annotated[str, Is.LANGUAGE], tuple[Annotated[str, Is.PHRASE], ...]]
"""Language -> what callers say in it."""
Outcomes: TypeAlias = Mapping[Annotated[str, Is.OUTCOME], Target]
Word: TypeAlias = Annotated[str, Is.WORD]
Seconds: TypeAlias = Annotated[float, Meta(description="a time: 5s, 1.5s, 2m", ge=0.5, le=120)]
LongTime: TypeAlias = Annotated[float, Meta(description="a time: 30m, 1h, 12h", ge=60, le=172_800)]
HoldTime: TypeAlias = Annotated[float, Meta(description="a time: 30s, 3m, 15m", ge=10, le=900)]
Pause: TypeAlias = Annotated[float, Meta(description="a time: 500ms, 1s, 0s", ge=0, le=5)]
Times: TypeAlias = Annotated[int, Meta(description="a number from 1", ge=1, le=100)]
Switch: TypeAlias = Annotated[bool, Meta(description="yes or no")]

Prompts: TypeAlias = Annotated[
    tuple[Prompt, ...], Meta(description="a prompt, or several played one after the other")
]
Words: TypeAlias = Annotated[Prompts, Meta(min_length=1)]
Values: TypeAlias = Mapping[Word, Annotated[str, Is.VALUE]]
Kinds: TypeAlias = Mapping[Word, Annotated[str, Is.KIND]]
