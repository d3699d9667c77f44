"""The protocol of AGI, the Asterisk Gateway Interface, without IO.

Asterisk connects and sends a request: lines ``agi_NAME: value`` up to an empty one. Then it obeys
one command a line and answers each with a line ``200 result=R (note) endpos=E``, or with a code of
5xx. It sends the line ``HANGUP`` by itself, once, when the caller has hung up.

Read in ``res_agi.c`` of Asterisk 22.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

LONGEST = 2000
"""The most bytes of a command: Asterisk reads 2047 a line, and drops the rest."""
MOST_LINES = 200
"""The most lines of a request: Asterisk sends about 25, and one for each argument."""

_REQUEST = re.compile(r"agi_(\w+): ?(.*)")
_REPLY = re.compile(r"(\d{3})([ -])(.*)")
_RESULT = re.compile(r"result=(-?\d*)(?: \((.*)\))?(?: endpos=(\d+))?")


class ProtocolError(Exception):
    """The other side does not speak AGI."""


class Request(Struct, frozen=True):
    """What Asterisk reports of a call when it connects."""

    script: str
    """The path of the URL that the dialplan named, such as ``611``."""
    channel: str
    """The channel's name, such as ``PJSIP/1001-00000001``."""
    id: str
    """The channel's unique id."""
    caller: str
    """The caller's number as the channel has it; "" if it is withheld."""

    @property
    def endpoint(self) -> str:
        """The channel's endpoint, such as ``PJSIP/1001``."""
        return self.channel.rpartition("-")[0] or self.channel


class Reply(Struct, frozen=True):
    """The answer to a command."""

    code: int
    result: int = 0
    """-1 for a failure or a hang-up; a digit's ASCII code where a key ended the command."""
    note: str = ""
    """What stands in brackets: the value of a variable, ``timeout``, ``hangup``."""
    end: int = 0
    """Where a file was left, in samples."""

    @property
    def key(self) -> str:
        """The key that ended the command; "" for none."""
        return chr(self.result) if self.result > 0 else ""


class HungUp(Struct, frozen=True):
    """The caller has hung up; the channel obeys hardly anything more."""


Line: TypeAlias = Reply | HungUp | None
"""What a line of the other side says; None for one that only belongs to an answer."""


def check_line(line: str, count: int) -> None:
    """Raise :class:`ProtocolError` if a request cannot have this line, the ``count``-th of it."""
    if _REQUEST.fullmatch(line) is None:
        raise ProtocolError("a line of the request is no variable of AGI")
    if count > MOST_LINES:
        raise ProtocolError("the request has too many lines")


def request(lines: Iterable[str]) -> Request:
    """The request that these lines are, each checked, without the empty one.

    Raises :class:`ProtocolError`.
    """
    found = [_REQUEST.fullmatch(line) for line in lines]
    fields = {one[1]: one[2] for one in found if one is not None}
    if "uniqueid" not in fields or "channel" not in fields:
        raise ProtocolError("the request names no channel")
    caller = fields.get("callerid", "")
    return Request(
        fields.get("network_script", "").partition("?")[0],
        fields["channel"],
        fields["uniqueid"],
        "" if caller == "unknown" else caller,
    )


def line(text: str) -> Line:
    """What a line of the other side says; raises :class:`ProtocolError`."""
    if text == "HANGUP":
        return HungUp()
    found = _REPLY.fullmatch(text)
    if found is None:
        if text.startswith(("Usage:", " ", "\t")) or not text:
            return None  # the proper usage of a command, between two lines of code 520
        raise ProtocolError("a line is no answer of AGI")
    code, more, rest = int(found[1]), found[2] == "-", found[3]
    if code < 200 or more:
        return None
    result = _RESULT.match(rest)
    if result is None:
        return Reply(code, note=rest)
    return Reply(code, int(result[1] or 0), result[2] or "", int(result[3] or 0))


def command(*words: str | int) -> bytes:
    """A command as a line: words that are no plain names are quoted.

    Raises ValueError for a control character, which would end the line, and for a line that
    Asterisk would cut.
    """
    text = " ".join(word if _PLAIN.fullmatch(word) else _quoted(word) for word in map(str, words))
    encoded = f"{text}\n".encode()
    if len(encoded) > LONGEST:
        raise ValueError("a command of AGI is too long")
    return encoded


_PLAIN = re.compile(r"[A-Za-z0-9_./()=-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _quoted(word: str) -> str:
    if _CONTROL.search(word):
        raise ValueError("a control character in a command of AGI")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
