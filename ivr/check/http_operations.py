"""Rules for ``http`` operations: what they send, where to, and what they make of the answer."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.check.context import CheckContext, Finding, Read
from ivr.http import answers
from ivr.http.declaration import HttpOperation
from ivr.http.request import may_reach
from ivr.http.signature import reserved
from ivr.http.templates import FACTS, PLACEHOLDER, Reference, references, templates
from ivr.problems import Place, near
from ivr.terms import Is

SENT_KINDS = ("count", "day", "digits", "moment", "money", "secret", "text", "word")
"""The kinds of values that can be sent."""

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_CURRENCY = re.compile("[A-Z]{3}")
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|xx)")
_LOCAL = ("127.0.0.1", "localhost", "::1")


def _operations(context: CheckContext) -> Iterator[tuple[Read, HttpOperation, Place]]:
    """The operations that were read, with the place of their names."""
    for each, mention in context.mentions(Is.OPERATION_NAME):
        if each.operation is not None:
            yield each, each.operation, mention.place


def names(context: CheckContext) -> Iterator[Finding]:
    """Operations with the name of another, or of one of ours."""
    first: dict[str, Place] = {}
    for _, mention in context.mentions(Is.OPERATION_NAME):
        known = context.operations.get(mention.name)
        place = first.setdefault(mention.name, mention.place)
        if known is not None and known.http is None:
            yield mention.place, f"{mention.name} is an operation of Firstline: rename this one"
        elif place is not mention.place:
            yield mention.place, f"operation {mention.name} is in {place} already: keep one of them"


def addresses(context: CheckContext) -> Iterator[Finding]:
    """Addresses that are none, or whose host is not written out."""
    for _, mention in context.mentions(Is.URL):
        if text := _address(mention.name):
            yield mention.place, text


def _address(url: str) -> str:
    example = "write one such as https://shop.example.net/orders/{order}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"this is no address ({error}): {example}"
    if parts.scheme not in ("http", "https") or not host:
        return f"this is no address: {example}"
    if "{" in parts.netloc:
        return "the host comes from a value: write it out, so that no caller chooses it"
    if parts.username or parts.password:
        return 'a password has no place in an address: use a header with "{secret:…}"'
    return "" if not re.search(r"\s", url) else f"there is a space in the address: {example}"


def expressions(context: CheckContext) -> Iterator[Finding]:
    """Expressions that JMESPath does not understand, statuses, currencies and headers."""
    for _, mention in context.mentions(Is.JMESPATH, Is.CURRENCY):
        if mention.what is Is.CURRENCY and _CURRENCY.fullmatch(mention.name):
            continue
        if text := answers.fault(mention.name):
            yield mention.place, f"{mention.name!r} is no expression of JMESPath: {text}"
    for _, mention in context.mentions(Is.STATUS):
        if not _STATUS.fullmatch(mention.name):
            yield mention.place, f"{mention.name!r} is no status: write one such as 404 or 2xx"
    for _, mention in context.mentions(Is.HEADER):
        if not _HEADER.fullmatch(mention.name):
            yield mention.place, f"{mention.name!r} is no name of a header: use letters and hyphens"


def placeholders(context: CheckContext) -> Iterator[Finding]:
    """What templates name and is not there, or cannot be sent."""
    for each, mention in context.mentions(Is.URL, Is.TEMPLATE):
        http = each.operation
        for what in references(mention.name) if http else ():
            if text := _unknown(http, what, mention.what is Is.URL):
                yield mention.place, text


def _unknown(http: HttpOperation | None, what: Reference, address: bool) -> str:
    assert http is not None
    if what.sort == "secret":
        return "a secret in an address would stand in logs: use a header" if address else ""
    if what.sort:
        name = f"{what.sort}:{what.name}"
        return "" if name in FACTS else f"there is no {{{name}}}: {near(name, FACTS)}"
    kind = http.inputs.get(what.name)
    if kind is None:
        return f"there is no input {what.name}: {near(what.name, http.inputs)}"
    if kind not in SENT_KINDS:
        return f"the input {what.name} is {kind}, which cannot be sent"
    if kind == "secret" and address:
        return f"the secret {what.name} in an address would stand in logs: use the body"
    return ""


def half_placeholders(context: CheckContext) -> Iterator[Finding]:
    """Braces that are filled in with nothing."""
    for _, mention in context.mentions(Is.URL, Is.TEMPLATE):
        rest = PLACEHOLDER.sub("", mention.name)
        if "{" in rest or "}" in rest:
            text = "a brace is sent as it stands: write {name} for an input"
            yield mention.place, text


def unsafe(context: CheckContext) -> Iterator[Finding]:
    """Requests that change something and are sent again without a key, or cost without one."""
    for _, http, place in _operations(context):
        if http.method == "GET" or http.idempotency_key:
            continue
        key = "name the header of our key as `idempotency-key`"
        if http.attempts > 1:
            text = f"a {http.method} that is sent again may be done twice"
            yield place, f"{text}: {key}, or set attempts to 1"
        elif http.costs:
            yield place, f"what costs must be done once: {key}"


def charges(context: CheckContext) -> Iterator[Finding]:
    """Operations that cost and do not say by which input, and the reverse."""
    for _, http, place in _operations(context):
        if http.costs and http.inputs.get(http.charge) not in ("money", "count"):
            text = "it costs, but no input of money or count is its `charge`"
            yield place, f"{text}: name the one that callers agree to"
        elif http.charge and not http.costs:
            yield place, "it has a `charge`, but no `costs: yes`: add it, or remove the charge"


def outcomes(context: CheckContext) -> Iterator[Finding]:
    """Answers that have the name of an outcome of our own, or that never fit."""
    for _, http, place in _operations(context):
        if not http.answers:
            yield place, "it has no answers: write `answers: { ok: {} }`"
        for name in reserved(http) & http.answers.keys():
            yield place, f"the outcome {name} is there by itself: call this answer otherwise"
        yield from _never(http, place)
        if http.form and http.body is not None:
            yield place, "it has a form and a body: keep one of them"
        if http.method == "GET" and (http.form or http.body is not None):
            yield place, "a GET has no body: use `query`, or another method"
        if http.method != "GET" and (http.cache or http.old):
            yield place, f"a {http.method} changes something, so its answers are not kept"


def _never(http: HttpOperation, place: Place) -> Iterator[Finding]:
    """Answers after one that takes all of their statuses."""
    taken: set[str] = set()
    for name, answer in http.answers.items():
        left = [each for each in answer.status if not {each, f"{each[0]}xx"} & taken]
        if not left:
            yield place, f"the answer {name} never fits: one before it takes all of its statuses"
        if not answer.when:
            taken |= set(answer.status)


def idle_inputs(context: CheckContext) -> Iterator[Finding]:
    """Inputs that are not sent."""
    for _, http, place in _operations(context):
        sent = {what.name for each in templates(http) for what in references(each) if not what.sort}
        for name in http.inputs:
            if name not in sent and name != http.charge:
                yield place, f"the input {name} is not sent: send it, or remove it"


def open_requests(context: CheckContext) -> Iterator[Finding]:
    """Requests that are sent readable for all on the way."""
    for each, mention in context.mentions(Is.URL):
        parts = urlsplit(mention.name) if not _address(mention.name) else None
        if parts and parts.scheme == "http" and parts.hostname not in _LOCAL and each.operation:
            yield mention.place, "the request is readable for all on the way: use https"


def foreign_hosts(context: CheckContext) -> Iterator[Finding]:
    """Hosts that the settings do not list."""
    hosts = context.standard.site.hosts
    for _, mention in context.mentions(Is.URL):
        host = "" if _address(mention.name) else urlsplit(mention.name).hostname or ""
        if host and not may_reach(host, hosts):
            text = f"{host} is none of the `hosts` of [operations]"
            yield mention.place, f"{text}: add it there, or correct the address"


def loose_secrets(context: CheckContext) -> Iterator[Finding]:
    """Headers that look like passwords in the file."""
    for _, http, place in _operations(context):
        for name, text in http.headers.items():
            sorts = {what.sort for what in references(text)}
            if name.lower() in _SECRET_HEADERS and "secret" not in sorts:
                example = '"{secret:shop}"'
                text = (
                    f"the header {name} has no secret: write {example} and keep it in secrets.toml"
                )
                yield place, text


_SECRET_HEADERS = ("authorization", "x-api-key", "api-key", "x-auth-token", "cookie")
