"""Addresses of pages of another system, such as a CRM, that open for an agent with a call."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from ivr.http.templates import PLACEHOLDER, references
from ivr.problems import near

FACTS = ("agent", "call", "identity", "language", "number", "queue", "subscriber", "topic")
"""What an address may name in braces."""


def fault(url: str, plain: bool) -> str:
    """What is wrong with the template of an address; "" for nothing. ``plain`` allows http."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"url is no address ({error})"
    if parts.scheme not in ("http", "https") or not host:
        return "it needs a url, such as https://crm.example.net/find?phone={number}"
    if parts.scheme == "http" and not plain:
        return "url is not https, so numbers would travel readable for all: set plain to allow it"
    if "{" in parts.netloc or parts.username or parts.password:
        return "url must name its host without braces and passwords"
    for sort, name in references(url):
        if sort or name not in FACTS:
            return f"url names {name}, which there is not: {near(name, FACTS)}"
    rest = PLACEHOLDER.sub("", url)
    return "url has a brace that names nothing" if "{" in rest or "}" in rest else ""


def address(url: str, facts: Mapping[str, str]) -> str:
    """The address for a call, with everything that is filled in percent-encoded."""
    return PLACEHOLDER.sub(lambda found: quote(facts.get(found[2], ""), safe=""), url)


def origin(url: str) -> str:
    """The scheme, host and port of an address, as a browser compares them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
