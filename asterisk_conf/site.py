"""The description of an Asterisk installation, checked as a whole when it is made."""

from asterisk_conf.check import problems
from asterisk_conf.parts import (
    Agent,
    Description,
    Paths,
    Ports,
    Queue,
    QueueSettings,
    Secrets,
    SipAccount,
)
from asterisk_conf.secret import Secret
from asterisk_conf.trunks import Trunk, TrunkSettings

__all__ = [
    "Agent",
    "Paths",
    "Ports",
    "Queue",
    "QueueSettings",
    "Secret",
    "Secrets",
    "SipAccount",
    "Site",
    "SiteError",
    "Trunk",
    "TrunkSettings",
]


class SiteError(Exception):
    """The description is wrong; the operator must correct every one of ``problems``."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Site(Description, frozen=True, kw_only=True):
    """A checked :class:`Description`. Making one raises :class:`SiteError` with all problems."""

    def __post_init__(self) -> None:
        found = problems(self)
        if found:
            raise SiteError(found)
