"""What is known of an Asterisk. What was not looked at is None, and gives no finding."""

import posixpath
from collections.abc import Mapping

from msgspec import Struct

from ari_app.doctor.conf import Conf, parsed


class Disk(Struct, frozen=True):
    """The room where something is written, in bytes."""

    path: str
    free: int


class Machine(Struct, frozen=True, kw_only=True):
    """The machine that Asterisk runs on.

    ``files_ahead`` were written later than now; ``open_files`` are those of Asterisk, of at most
    ``most_files``, 0 if unknown.
    """

    name: str
    own_name_known: bool = True
    clock_synchronized: bool = True
    files_ahead: tuple[str, ...] = ()
    disks: tuple[Disk, ...] = ()
    open_files: int = 0
    most_files: int = 0


class Certificate(Struct, frozen=True):
    """A file of certificates that ends soon, or ``over`` is or cannot be read; ``trouble`` says
    which."""

    path: str
    trouble: str
    over: bool


class OpenPages(Struct, frozen=True):
    """Pages that are served beyond this machine without TLS, by their section of the settings."""

    section: str
    host: str


class Sound(Struct, frozen=True):
    """The header of a WAV file; ``format`` is 1 for PCM."""

    path: str
    format: int
    channels: int
    rate: int
    bits: int


class Member(Struct, frozen=True):
    """A member of a queue, with its state in Asterisk's words (``Not in use``)."""

    interface: str
    state: str
    paused: bool = False


class Queue(Struct, frozen=True):
    """A queue that runs."""

    name: str
    members: tuple[Member, ...] = ()
    waiting: int = 0


class Live(Struct, frozen=True, kw_only=True):
    """What a running Asterisk says. ``leaked`` are channels in our application that no call of the
    application is on; ``log_levels`` those of all its logs."""

    version: str
    modules: frozenset[str]
    log_levels: frozenset[str] = frozenset()
    queues: tuple[Queue, ...] = ()
    leaked: tuple[str, ...] = ()


class Facts(Struct, frozen=True, kw_only=True):
    """All facts. ``files`` are configuration files, path -> text; those of Asterisk are in ``etc``.

    ``application`` is the name in ``Stasis()``, ``ami_user`` who watches queues for it.
    ``browser_phones`` are the SIP users of agents whose phone is the browser.
    """

    etc: str
    files: Mapping[str, str]
    application: str = "firstline"
    ami_user: str = "firstline"
    browser_phones: tuple[str, ...] = ()
    console: str = "asterisk -rx"
    """The command that runs another in Asterisk's console."""
    machine: Machine | None = None
    certificates: tuple[Certificate, ...] = ()
    open_pages: tuple[OpenPages, ...] = ()
    sounds: tuple[Sound, ...] = ()
    live: Live | None = None

    def conf(self, name: str) -> Conf:
        """The configuration file of a name, such as ``http.conf``."""
        return parsed(self.files, posixpath.join(self.etc, name))

    def path(self, name: str) -> str:
        """The path of a configuration file, whether it exists or not."""
        return posixpath.join(self.etc, name)
