"""A process of the application: its place among workers, which share a database, that of its
machine among others, and its log."""

from math import ceil
from typing import Annotated, Literal

from msgspec import Meta, Struct

from asterisk_conf.queue_nodes import FORM, PODS

Name = Annotated[str, Meta(pattern="^[a-z0-9]{1,20}$")]


class WorkerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[worker]; ``lease`` is in seconds."""

    name: Annotated[str, Meta(pattern="^[a-z0-9]{0,20}$")] = ""
    names: tuple[Name, ...] = ()
    pod: Annotated[str, Meta(pattern="^[a-z0-9-]{0,20}$")] = ""
    lease: Annotated[float, Meta(ge=2, le=60)] = 3.0

    def __post_init__(self) -> None:
        """All who share the calls of an Asterisk are named, this one with them."""
        if self.names and self.name not in self.names:
            raise ValueError("names: the name of this worker must be one of them")

    def application(self, family: str) -> str:
        """The name in ARI of this worker, of a family of applications."""
        return f"{family}-{self.name}" if self.name else family

    def applications(self, family: str) -> tuple[str, ...]:
        """Those of all who share the calls of the Asterisk; none if there are no workers."""
        names = self.names or ((self.name,) if self.name else ())
        return tuple(f"{family}-{name}" for name in names)

    def dead_man(self, seconds: int) -> int:
        """After how many seconds the dialplan takes a caller back: another worker comes before."""
        return max(seconds, ceil(self.lease) + 4) if self.name else seconds


class HandoverSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[handover]: a pod names the queue ``nodes``, each ``NAME=ADDRESS:PORT``, in the order in
    which they are tried; a queue node names the addresses of the ``pods``."""

    nodes: tuple[Annotated[str, Meta(pattern=f"^{FORM}$")], ...] = ()
    pods: tuple[Annotated[str, Meta(pattern="^[0-9.]+$")], ...] = ()

    def __post_init__(self) -> None:
        """A machine is one of both."""
        if self.nodes and self.pods:
            raise ValueError("a machine is a pod, which has nodes, or a queue node, which has pods")

    @property
    def forgeable(self) -> tuple[str, ...]:
        """The endpoint of pods: the number alone proves nothing, but what they say beside it."""
        return (f"PJSIP/{PODS}",) if self.pods else ()


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[log]"""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"
