"""Options that name subscribers by area or tariff, and texts by language."""

from collections.abc import Iterable, Mapping, Sequence

import click

from ari_app.store import demo_accounts, subscribers
from ari_app.store.sqlite import Database
from ivr.problems import near
from ivr.site_languages import unspoken


def by_language(texts: tuple[str, ...], spoken: Sequence[str]) -> dict[str, str]:
    """Language -> text, of ``LANG=TEXT``, for the languages that callers are served in."""
    found = dict(text.partition("=")[::2] for text in texts)
    for code in found:
        if fault := unspoken(code, spoken):
            raise click.UsageError(f"--text {code}=…: {fault}")
    return found


def chosen(what: str, given: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of areas or tariffs that were named."""
    plain = {name.casefold(): id for name, id in known.items()}
    for name in given:
        if name.casefold() not in plain:
            raise click.ClickException(f"there is no {what} {name}: {near(name, known)}")
    return tuple(dict.fromkeys(plain[name.casefold()] for name in given))


def known(db: Database) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The areas, and the names of tariffs in all languages with their ids."""
    areas = {area: area for area in subscribers.areas(db)}
    plans = demo_accounts.tariffs(db)
    names = {name: plan.id for plan in plans for name in plan.names.values()}
    return areas, names | {plan.id: plan.id for plan in plans}
