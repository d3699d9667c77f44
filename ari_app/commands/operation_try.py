"""`firstline operations try`: one of the operator's own operations, for real."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import InvalidOperation
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click
from msgspec import json

from ari_app.commands.runner import run
from ari_app.commands.store_access import exists, offset, read
from ari_app.config.state import State
from ari_app.menus import loading
from ari_app.selfcare.http.operations import Trial
from ari_app.selfcare.operation_request import OperationRequest
from ari_app.selfcare.operations import CATALOGUE
from ari_app.selfcare.request_port import Asker
from ari_app.store import subscribers
from ari_app.store.subscribers import Subscriber
from ivr.conditions import plain
from ivr.http.request import MASK, Request
from ivr.model import Operation
from ivr.problems import near
from ivr.secret import Secret
from ivr.terms import Need
from ivr.value_readers import READERS
from ivr.values import Moment, Rows, Sealed, Value, Values

SHOWN = 4000
"""The most characters of an answer that are shown."""


@click.command("try")
@click.argument("name")
@click.option("--input", "given", multiple=True, metavar="NAME=VALUE", help="An input.")
@click.option("--number", default="", help="The number of the caller.")
@click.option(
    "--subscriber", type=int,
    help="The id of the subscriber whom the call is about  [default: who has the number].",
)  # fmt: skip
@click.option(
    "--lang", default="", help="The language of the caller  [default: theirs, or the site's]."
)
@click.option(
    "--identity", type=click.Choice(get_args(Need)), default="code-word", show_default=True,
    help="How the caller is identified.",
)  # fmt: skip
@click.option("--key", default="", help="The idempotency key  [default: a new one].")
@click.pass_obj
def try_(state: State, /, name: str, given: tuple[str, ...], key: str, **caller: Any) -> None:
    """Send the request of your own operation NAME, and show its outcome.

    It is really sent. Secrets are masked. Exit code 1 if the outcome is unavailable.
    """
    config = state.config()
    own = loading.own_operations(loading.directory(config))
    if name in CATALOGUE:
        raise click.ClickException(f"{name} is an operation of Firstline, which sends no request")
    if name not in own:
        raise click.ClickException(f"there is no operation {name}: {near(name, own)}")
    zone = ZoneInfo(config.site.timezone)
    now = datetime.now(zone)
    number = config.numbers.caller(caller["number"])
    one = _subscriber(state, number, caller["subscriber"])
    if own[name].need != "none" and one is None:
        raise click.UsageError(f"{name} needs a caller who is known: give --number or --subscriber")
    language = caller["lang"] or (one.language if one else config.site.languages[0])
    asker = Asker("try", number, one.id if one else None, language, caller["identity"])
    key = key or f"try:{now:%Y%m%dT%H%M%S}"
    asked = OperationRequest(own[name], _inputs(own[name], given), asker, key)

    from ari_app.main.http_operations import opened_http_operations

    async def trying() -> Trial:
        async with opened_http_operations(config, state, lambda: datetime.now(zone)) as http:
            return await http.attempt(asked)

    found = run(trying())
    for line in _lines(found):
        click.echo(line)
    if found.fault:
        raise click.exceptions.Exit(1)


def _subscriber(state: State, number: str, id: int | None) -> Subscriber | None:
    """The subscriber with an id, else who has a number, as in a call; None if there is no such."""
    if not exists(state):
        return None
    if id is not None:
        return read(state, subscribers.by_id, id)
    return read(state, subscribers.by_number, number) if number else None


def _inputs(operation: Operation, given: tuple[str, ...]) -> Values:
    found: dict[str, Value] = {}
    for each in given:
        name, sign, text = each.partition("=")
        kind = operation.inputs.get(name)
        if not sign or kind is None:
            known = near(name, operation.inputs)
            raise click.BadParameter(f"{operation.name} has no input {name}: {known}")
        try:
            found[name] = Sealed(Secret(text)) if kind == "secret" else READERS[kind](text)
        except (ValueError, InvalidOperation) as error:
            raise click.BadParameter(f"{name} is {kind}, and {text!r} is none") from error
    if missing := operation.inputs.keys() - found.keys():
        raise click.BadParameter(
            f"give --input {min(missing)}=… ({operation.inputs[min(missing)]})"
        )
    return found


def _lines(found: Trial) -> Iterator[str]:
    if found.request is not None:
        yield from _request(found.request)
    if found.reply is not None:
        size, seconds = len(found.reply.body), found.reply.seconds
        yield f"< {found.reply.status}, {size} bytes in {seconds:.3f} s"
        yield from (f"< {line}" for line in _body(found.reply.body).splitlines())
    if found.fault:
        yield f"unavailable: {found.fault}"
    if found.answer is not None:
        yield f"outcome: {found.answer.outcome}"
        yield from _values(found.answer.values, "  ")


def _request(shown: Request) -> Iterator[str]:
    yield f"> {shown.method} {shown.url}"
    yield from (f"> {name}: {value}" for name, value in shown.headers.items())
    if shown.body:
        yield f"> {shown.body.decode()}"


def _body(body: bytes) -> str:
    try:
        text = json.format(body, indent=2).decode()
    except (ValueError, UnicodeDecodeError):
        text = body.decode(errors="replace")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} … (of {len(text)} characters)"


def _values(values: Mapping[str, Value], indent: str) -> Iterator[str]:
    for name, value in values.items():
        kind = type(value).__name__.lower()
        if isinstance(value, Rows):
            yield f"{indent}{name} = {len(value.rows)} rows"
            for row in value.rows:
                yield f"{indent}  -"
                yield from _values(row, f"{indent}    ")
        else:
            yield f"{indent}{name} = {_written(value)} ({kind})"


def _written(value: Value) -> str:
    texts = getattr(value, "texts", None)
    if texts is not None:
        return " / ".join(f"{language}: {text}" for language, text in texts.items() if language)
    if isinstance(value, Moment):
        return f"{plain(value)} {offset(value.at)}"
    currency = getattr(value, "currency", "")
    return f"{plain(value)} {currency}".strip() or MASK
