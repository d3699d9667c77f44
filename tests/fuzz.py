"""Hostile input for every door: seeded, so that a failure comes again; more of it on demand.

``FIRSTLINE_FUZZ=100`` makes a hundred times as many rounds, ``FIRSTLINE_FUZZ_SEED`` others.
``FIRSTLINE_TEST_RANDOM=1`` gives properties other examples than those of each run, and more.
"""

import json
import os
import random
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

ROUNDS = int(os.environ.get("FIRSTLINE_FUZZ", "1"))
SEED = int(os.environ.get("FIRSTLINE_FUZZ_SEED", "611"))

DEEP = bool(os.environ.get("FIRSTLINE_TEST_RANDOM"))
"""Whether tests look for what those of each run have not found."""


def examples(few: int) -> int:
    """How many examples of a property to try: few in each run, else 200."""
    return 200 if DEEP else few


FEW = examples(20)
"""Examples of a property of which one takes tens of milliseconds."""

MARKUP = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script><a href="javascript:alert(3)">'
"""What must never become an element or an attribute of a page."""

INJECTED = "X-Injected"

TEXTS = (
    "", " ", "\0", "\r\n", "\ud800", "\u202e", "я" * 300, "a" * 70_000, "..", "../../etc/passwd",
    "%2e%2e%2f", "%00", f"x\r\n{INJECTED}: 1", f"x%0d%0a{INJECTED}:1", MARKUP, "' or 1=1 --",
    "{0.__class__}", "${jndi:ldap://x}", "%s%n", "NaN", "Infinity", "-1", "9" * 400, "1e999999",
    "true", "null", "0001-01-01T00:00", "9999-12-31T23:59", "٣", "²", "*100#", "+375291234567",
)  # fmt: skip

NUMBERS = (-1, 0, 1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**20, 10**400, 1.5, 1e308, -1e308)

RAW = ("NaN", "Infinity", "-Infinity", "[" * 5000, "[" * 200_000, '{"a":' * 50_000, "01", "1e999")
"""What is no JSON, or hardly."""


def rounds(small: int) -> Iterator[random.Random]:
    """So many rounds, each with its own source of chance; as many times more as is asked for."""
    for number in range(small * ROUNDS):
        yield random.Random(f"{SEED}:{number}")


def value(chance: random.Random) -> Any:
    """Something that is no value of any field."""
    kind = chance.randrange(6)
    if kind < 3:
        return chance.choice(TEXTS)
    if kind == 3:
        return chance.choice(NUMBERS)
    return chance.choice((None, True, [], {}, [1, "a"], {"a": {"b": []}}))


def mutated(chance: random.Random, message: Mapping[str, Any]) -> str:
    """A message as JSON, with one to three fields that are wrong in some way."""
    changed = dict(message)
    for name in chance.choices([*changed, "more"], k=chance.randint(1, 3)):
        if chance.random() < 0.15:
            changed.pop(name, None)
        else:
            changed[name] = value(chance)
    text = json.dumps(changed, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.25:
        name = chance.choice([*message])
        changed[name] = "@raw@"
        text = json.dumps(changed).replace('"@raw@"', chance.choice(RAW))
    if chance.random() < 0.1:
        text = text[: chance.randrange(len(text) + 1)]
    return text


class Page(HTMLParser):
    """What of the markup of :data:`MARKUP` became part of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" or (tag == "script" and dict(attrs).get("src") is None):
            self.found.append(tag)
        for name, text in attrs:
            if name.startswith("on") or (text or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")
