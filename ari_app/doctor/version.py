"""The version: whether it is old enough to lack what is used, or fixes of security."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby

import msgspec
from msgspec import Struct

from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding

OLDEST = 20

Number = tuple[int, ...]


class Advisory(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault of security. ``fixed`` are the first releases without it, one for each branch.

    It is only where one of ``modules`` runs; without any, everywhere.
    """

    id: str
    title: str
    fixed: tuple[str, ...]
    source: str
    modules: tuple[str, ...] = ()


class _Data(Struct, frozen=True, forbid_unknown_fields=True):
    advisory: tuple[Advisory, ...]


@cache
def advisories() -> tuple[Advisory, ...]:
    """Those that we know of, from ``advisories.toml``."""
    text = files("ari_app.doctor").joinpath("advisories.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Data).advisory


def number(version: str) -> Number:
    """The number in a version, such as (22, 10, 1) of ``22.10.1+dfsg``; () if there is none."""
    found = re.search(r"\d+(?:\.\d+)+", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    if facts.live is None or not (now := number(facts.live.version)):
        return
    if now[0] < OLDEST:
        yield Finding(
            "version-old",
            "critical",
            "Asterisk",
            f"Asterisk {facts.live.version} is older than {OLDEST}: ARI lacks what is needed",
            f"install Asterisk {OLDEST} or later",
        )
        return
    open_ = [one for one in advisories() if _concerns(one, now, facts.live.modules)]
    for fixed, group in groupby(open_, lambda one: one.fixed):
        listed = "; ".join(f"{one.id} ({one.title})" for one in group)
        yield Finding(
            "advisories",
            "critical",
            "Asterisk",
            f"Asterisk {facts.live.version} lacks fixes of security, unless its distribution has "
            f"them in it: {listed}",
            f"install {_release(fixed, now)} or later",
        )


def _concerns(one: Advisory, now: Number, modules: frozenset[str]) -> bool:
    if one.modules and modules.isdisjoint(one.modules):
        return False
    releases = [number(each) for each in one.fixed]
    mine = next((each for each in releases if each[0] == now[0]), None)
    return now < (mine or max(releases))


def _release(fixed: Sequence[str], now: Number) -> str:
    """The release to install: that of the branch, or the lowest of a later one."""
    later = sorted((each for each in fixed if number(each)[0] >= now[0]), key=number)
    return later[0] if later else max(fixed, key=number)
