"""Text to YAML nodes with their places, safe for any input and in bounded time.

Every scalar stays the text that is in the file.
"""

import re
from decimal import Decimal

import yaml

from ivr import slips
from ivr.problems import Place, Problem

LIMIT = 1_000_000
"""The longest file (characters): a flow of ten thousand nodes is shorter."""

DEEP = 16
"""The deepest nesting; a flow needs six levels.

The parser recurses: it crashes the process at some ten thousand levels, and is slow long before.
"""

_STRANGE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Characters that YAML does not allow, and a byte order mark that is not at the start."""


def compose(
    file: str, text: str, what: str = "a flow is a table of keys: begin with `flow: name`"
) -> yaml.MappingNode | Problem:
    """The table in ``text``, or the problem; ``what`` is the text of not-a-flow."""
    text = text.removeprefix("\ufeff")
    if len(text) > LIMIT:
        fault = f"the file is longer than {LIMIT} characters: split it into flows"
        return Problem(Place(file, 1, 1), fault, "too-long")
    strange = _STRANGE.search(text)
    if strange:
        fault = f"the character U+{ord(strange[0]):04X} is not allowed in a text: remove it"
        if "\udc80" <= strange[0] <= "\udcff":  # bytes that are not UTF-8
            fault = "the file is not in UTF-8: save it as UTF-8"
        return Problem(_at(file, text, strange.start()), fault, "no-text")
    if slip := slips.conflict(file, text):
        return slip
    try:
        found = _refused(file, text) or yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        return slips.explained(file, text, error)
    if isinstance(found, yaml.MappingNode | Problem):
        return found
    return Problem(place(file, found), what, "not-a-flow")


def place(file: str, node: yaml.Node | yaml.Event | None) -> Place:
    """The place of a node; the start of the file for None."""
    mark = node.start_mark if node is not None else None
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


NO_JSON = object()
"""What :func:`json_scalar` returns for a text."""

_CONSTANTS = {"true": True, "false": False, "null": None}


def json_scalar(text: str) -> object:
    """What a scalar without quotes is in JSON: a number, true, false or null; else a text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?", text):
        return Decimal(text) if "." in text else int(text)
    return NO_JSON


def _refused(file: str, text: str) -> Problem | None:
    """Aliases and deep nesting, which could exhaust memory or the stack; and what is not read."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            fault = "aliases (*name) are not read: write the value out"
            return Problem(place(file, event), fault, "alias")
        if tag := slips.tagged(file, event):
            return tag
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEP:
                fault = f"more than {DEEP} levels deep: write it flat"
                return Problem(place(file, event), fault, "too-deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _at(file: str, text: str, index: int) -> Place:
    before = text[:index]
    return Place(file, before.count("\n") + 1, index - before.rfind("\n"))


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
