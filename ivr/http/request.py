"""An ``http`` operation as the request that is sent."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct, json

from ivr.http.declaration import HttpOperation, Method
from ivr.http.templates import Given, TemplateError, fill, fill_tree

_ENCODER = json.Encoder(decimal_format="number")
_CONTROL = re.compile("[\x00-\x1f\x7f]")

MASK = "***"
"""What stands for a secret where a request is shown."""


def may_reach(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of those: a name, or ``*.example.net`` for all below; any if none."""
    name = host.lower()
    return not hosts or any(
        name == each.lower() or (each.startswith("*.") and name.endswith(each[1:].lower()))
        for each in hosts
    )


class Request(Struct, frozen=True):
    """A request; ``url`` is percent-encoded."""

    method: Method
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def __repr__(self) -> str:
        """Without what may be secret, or a number: for the log."""
        parts = urlsplit(self.url)
        return f"{self.method} {parts.scheme}://{parts.netloc}"


def request(operation: HttpOperation, given: Given) -> Request:
    """Fill in a request; raises :class:`TemplateError` for a value that cannot stand there."""
    url = fill(operation.url, given, _segment)
    if operation.query:
        sign = "&" if "?" in url else "?"
        url += sign + urlencode({name: fill(text, given) for name, text in operation.query.items()})
    headers = {"Accept": "application/json"}
    body = b""
    if operation.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(
            {name: fill(text, given) for name, text in operation.form.items()}
        ).encode()
    elif operation.body is not None:
        headers["Content-Type"] = "application/json"
        body = _ENCODER.encode(fill_tree(operation.body, given))
    for name, text in operation.headers.items():
        headers[name] = _header(name, fill(text, given))
    if operation.idempotency_key:
        headers[operation.idempotency_key] = given.facts["call:key"]
    return Request(operation.method, url, headers, body)


def _segment(value: str) -> str:
    """A value within an address, of which it must be one part."""
    if not value.strip("."):
        raise TemplateError("a value of the address is empty, or dots alone")
    return quote(value, safe="")


def _header(name: str, value: str) -> str:
    if _CONTROL.search(value):
        raise TemplateError(f"the header {name} would have a control character")
    return value
