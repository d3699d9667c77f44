"""The calls that ring in a browser, so that they are refused when the browser is gone.

A browser that is killed answers nothing, and Asterisk would go on ringing it (the queue for as
long as it rings a phone). The one who forwards its messages answers in its place.
"""

import re
from collections.abc import Iterator

MOST = 20
"""Calls that are remembered."""

_KEPT = re.compile(r"(via|v|from|f|to|t|call-id|i|cseq)\s*:", re.IGNORECASE)
_CALL = re.compile(r"^(?:call-id|i)\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_TO = re.compile(r"(to|t)\s*:", re.IGNORECASE)
_OF_INVITE = re.compile(r"^cseq\s*:\s*\d+\s+INVITE\s*$", re.IGNORECASE | re.MULTILINE)
_FINAL = re.compile(r"SIP/2\.0 [2-6]")


class RingingCalls:
    """The calls that Asterisk offered to a browser, and that neither side ended or answered."""

    def __init__(self) -> None:
        self._offers: dict[str, list[str]] = {}
        """Call-ID: the headers that an answer repeats."""

    def from_asterisk(self, text: str) -> None:
        """Asterisk sent a message."""
        head = text.partition("\r\n\r\n")[0]
        if head.startswith("INVITE "):
            kept = [line for line in head.split("\r\n")[1:] if _KEPT.match(line)]
            begins = not any(_TO.match(line) and ";tag=" in line for line in kept)
            if begins and len(self._offers) < MOST:
                self._offers[_call(head)] = kept
        elif head.startswith("CANCEL "):
            self._offers.pop(_call(head), None)

    def from_browser(self, text: str) -> None:
        """The browser sent a message."""
        head = text.partition("\r\n\r\n")[0]
        if _FINAL.match(head) and _OF_INVITE.search(head.replace("\r", "")):
            self._offers.pop(_call(head), None)

    def refusals(self) -> Iterator[str]:
        """What is answered in place of a browser that is gone: 480 (RFC 3261, 21.4.18)."""
        for kept in self._offers.values():
            lines = [f"{line};tag=gone" if _TO.match(line) else line for line in kept]
            head = ["SIP/2.0 480 Temporarily Unavailable", *lines, "Content-Length: 0"]
            yield "\r\n".join(head) + "\r\n\r\n"
        self._offers.clear()


def _call(head: str) -> str:
    found = _CALL.search(head)
    return found[1] if found else ""
