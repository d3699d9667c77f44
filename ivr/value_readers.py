"""Values from the text of a test of flows or of a command line."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from ivr.speech import languages
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Recording,
    Spoken,
    Text,
    Value,
    Word,
)

READERS: Mapping[str, Callable[[str], Value]] = {
    "money": lambda text: Money(Decimal(text)),
    "count": lambda text: Count(int(text)),
    "date": lambda text: Day(date.fromisoformat(text)),
    "near": lambda text: Day(date.fromisoformat(text)),
    "day": lambda text: Day(date.fromisoformat(text)),
    "moment": lambda text: Moment(datetime.fromisoformat(text)),
    "when": lambda text: Moment(datetime.fromisoformat(text)),
    "deadline": lambda text: Moment(datetime.fromisoformat(text)),
    "digits": Digits,
    "name": lambda text: Name({"": text}),
    "spoken": lambda text: Spoken(dict.fromkeys(languages.known(), text)),
    "text": Text,
    "word": Word,
    "recording": lambda text: Recording("/rehearsed", float(text)),
}
"""Kind of value -> the function that parses its text; raises ValueError or ArithmeticError.

Every kind but lists; a recording is written as its seconds.
"""
