"""`cluster.toml`: the machines of an installation that has more than one."""

import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from itertools import combinations
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from ari_app.config.database_settings import DatabaseSettings

Port = Annotated[int, Meta(ge=1, le=65535)]
Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,19}$")]


class ClusterError(Exception):
    """The description of the cluster is wrong; the text says what to correct."""


class Machine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A machine, at an IPv4 address that the others reach."""

    address: str

    def __post_init__(self) -> None:
        try:
            IPv4Address(self.address)
        except ValueError as error:
            raise ValueError(
                f"address: {self.address!r} is no IPv4 address: write one such as 192.0.2.11"
            ) from error


class Pod(Machine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Asterisk and its application. ``port_offset`` is added to all ports of its settings, as
    where other programs have them. One that is ``drained`` gets no new calls."""

    port_offset: Annotated[int, Meta(ge=0, le=50_000)] = 0
    drained: bool = False


class QueueNode(Machine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Asterisk and its application, with the queues and the phones of agents. ``port_offset`` is
    as that of a pod."""

    port_offset: Annotated[int, Meta(ge=0, le=50_000)] = 0


class Proxy(Machine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Kamailio, to which trunks send their calls: UDP and TCP at ``port``."""

    port: Port = 5060


class Cluster(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All machines by name. ``queues`` are the queue nodes, in the order in which they are tried:
    without any, callers wait in the queues of their pods. ``settings`` is the directory, from that
    of this file, with the firstline.toml that all share; ``program`` runs Firstline on each."""

    database: DatabaseSettings
    pods: Annotated[dict[Name, Pod], Meta(min_length=1)]
    proxies: Annotated[dict[Name, Proxy], Meta(min_length=1)]
    queues: dict[Name, QueueNode] = {}
    settings: str = "."
    program: str = "/opt/firstline/firstline"

    @property
    def machines(self) -> Mapping[str, Machine]:
        """Pods, queue nodes and proxies."""
        return {**self.asterisks, **self.proxies}

    @property
    def asterisks(self) -> Mapping[str, Pod | QueueNode]:
        """Those that have an Asterisk and an application: pods and queue nodes."""
        return {**self.pods, **self.queues}


def read(file: Path) -> Cluster:
    """The cluster that a file describes. Raises :class:`ClusterError`."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        cluster = msgspec.convert(table, Cluster)
    except OSError as error:
        raise ClusterError(
            f"{file} cannot be read ({error.strerror}): docs/scale.md shows how to write one"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ClusterError(f"{file}: {error}: docs/scale.md describes it") from error
    for fault in _faults(cluster):
        raise ClusterError(f"{file}: {fault}")
    return cluster


def _faults(cluster: Cluster) -> Iterator[str]:
    kinds: tuple[tuple[str, Mapping[str, Machine]], ...] = (
        ("pods", cluster.pods),
        ("queue nodes", cluster.queues),
        ("proxies", cluster.proxies),
    )
    for (kind, some), (other, more) in combinations(kinds, 2):
        for name in sorted(some.keys() & more.keys()):
            yield f"{name} is among {kind} and {other}: give one of them another name"
    if all(pod.drained for pod in cluster.pods.values()):
        yield "all pods are drained, so no one would get calls: take `drained` from one"
    for kind, machines in (("machines with an Asterisk", cluster.asterisks), kinds[-1]):
        taken: dict[str, str] = {}
        for name, machine in machines.items():
            other = taken.setdefault(machine.address, name)
            if other != name:
                yield (
                    f"the {kind} {other} and {name} are both at {machine.address}, where the "
                    "files of one would overwrite those of the other: give one another address"
                )
    workers: dict[str, str] = {}
    for name in cluster.asterisks:
        other = workers.setdefault(worker(name), name)
        if other != name:
            yield f"{other} and {name} differ by hyphens alone: give one another name"
    url = cluster.database.url
    if not url or "{" in url:
        yield (
            "[database] needs the url of the one database of all, such as "
            '"postgresql://firstline@db.example/firstline"'
        )


def worker(machine: str) -> str:
    """The name of the worker of a machine, which has no hyphens."""
    return machine.replace("-", "")
