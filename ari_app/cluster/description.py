"""`cluster.toml`: the machines of an installation that has more than one."""

import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from ari_app.config.database_settings import DatabaseSettings
from ari_app.database_url import parsed

Port = Annotated[int, Meta(ge=1, le=65535)]
Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,19}$")]

POD = "{pod}"
"""In the URL of the database: the name of the pod."""


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


class Proxy(Machine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Kamailio, to which trunks send their calls: UDP and TCP at ``port``."""

    port: Port = 5060


class Cluster(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All machines by name. ``settings`` is the directory, from that of this file, with the
    firstline.toml that the pods share; ``program`` runs Firstline on each of them."""

    database: DatabaseSettings
    pods: Annotated[dict[Name, Pod], Meta(min_length=1)]
    proxies: Annotated[dict[Name, Proxy], Meta(min_length=1)]
    settings: str = "."
    program: str = "/opt/firstline/firstline"

    @property
    def machines(self) -> Mapping[str, Machine]:
        """Pods and proxies."""
        return {**self.pods, **self.proxies}

    def database_of(self, pod: str) -> str:
        """The URL of a pod's database."""
        return self.database.url.replace(POD, pod.replace("-", "_"))


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
    for name in sorted(cluster.pods.keys() & cluster.proxies.keys()):
        yield f"{name} is a pod and a proxy: give one of them another name"
    if all(pod.drained for pod in cluster.pods.values()):
        yield "all pods are drained, so no one would get calls: take `drained` from one"
    for kind, machines in (("pods", cluster.pods), ("proxies", cluster.proxies)):
        taken: dict[str, str] = {}
        for name, machine in machines.items():
            other = taken.setdefault(machine.address, name)
            if other != name:
                yield (
                    f"the {kind} {other} and {name} are both at {machine.address}, where the "
                    "files of one would overwrite those of the other: give one another address"
                )
    yield from _database_faults(cluster)


def _database_faults(cluster: Cluster) -> Iterator[str]:
    if not cluster.database.url:
        yield '[database] needs a url, such as "postgresql://firstline@db.example/firstline_{pod}"'
        return
    name = parsed(cluster.database.url).get("dbname", POD)
    if len(cluster.pods) > 1 and POD not in name:
        yield (
            "[database] url: each pod has a database of its own, so its name must have {pod} in "
            "it, as postgresql://firstline@db.example/firstline_{pod}"
        )
