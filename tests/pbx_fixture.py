"""A real Asterisk for tests: on free ports, in a directory of its own, ended by who began it."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from asterisk_conf.discovery import Asterisk, find
from asterisk_conf.pbx import Pbx
from asterisk_conf.ports import port_problems
from asterisk_conf.private import make_private
from asterisk_conf.site import Agent, Ports, Secret, Secrets, SipAccount, Site
from tests.deadlines import prefer

_FIRST = int(os.environ.get("FIRSTLINE_TEST_FIRST_WORKER", "0"))
WORKER = (_FIRST + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))) % 8
"""Which of the processes that test side by side this is: none takes the ports of another."""

_REPOSITORY = Path(__file__).resolve().parent.parent

DEMO = Site(
    secrets=Secrets(ari_password=Secret("ari-of-the-tests"), ami_password=Secret("ami-of-tests")),
    subscribers=(
        SipAccount("1001", Secret("one"), "375291000001", "Анна Первая", "ru"),
        SipAccount("1002", Secret("two"), "375291000002", "Barys Druhi", "en"),
    ),
    agents=(Agent("agent1", Secret("agent"), "Ольга", "701"),),
)


@cache
def asterisk() -> Asterisk:
    """The private Asterisk of all tests: ``FIRSTLINE_ASTERISK_PATH``, or made in the repository."""
    named = os.environ.get("FIRSTLINE_ASTERISK_PATH")
    found = find(Path(named)) if named else None
    return found or make_private(_REPOSITORY / ".firstline/asterisk/root", print)


def free_ports() -> Ports:
    """Ports that nobody listens on, below those that the kernel gives to clients."""
    while True:
        base = random.randrange(12000 + WORKER * 990, 12980 + WORKER * 990, 8)
        rtp = 20000 + 400 * random.randrange(WORKER % 4, 28, 4)
        single = Ports(
            sip=base,
            http=base + 1,
            ami=base + 2,
            desk=base + 3,
            monitoring=base + 4,
            agi=base + 5,
            agi_monitoring=base + 6,
            sips=base + 7,
        )
        ports = msgspec.structs.replace(single, rtp_first=rtp, rtp_last=rtp + 399)
        if not port_problems("127.0.0.1", ports):
            return ports


def make_pbx(directory: Path, **overrides: Any) -> Pbx:
    """An Asterisk in ``directory`` that is not started; ``overrides`` are fields of the site."""
    site = msgspec.structs.replace(DEMO, **{"ports": free_ports(), **overrides})
    return Pbx(asterisk(), site, directory)


def start_pbx(directory: Path, **overrides: Any) -> Pbx:
    """A started Asterisk in ``directory``; who starts it calls ``stop()``."""
    pbx = make_pbx(directory, **overrides)
    prefer(pbx.start().pid)
    return pbx


@contextmanager
def running_pbx(directory: Path, **overrides: Any) -> Iterator[Pbx]:
    """A started Asterisk that is stopped at the end."""
    pbx = start_pbx(directory, **overrides)
    try:
        yield pbx
    finally:
        pbx.stop()
