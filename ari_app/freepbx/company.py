"""What a FreePBX does with a call, as values: the same from whichever of its files it was read."""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

Sound: TypeAlias = tuple[str, ...]
"""Names of sound files, played one after another: ``("custom/menu",)``; ``()`` is none."""

LOST = "not-in-the-source/recording-"
"""How the sound file of a recording begins that something names, and the source does not have."""

DEFAULT_RETRY = "no-valid-responce-pls-try-again"
DEFAULT_LAST = "no-valid-responce-transfering"
"""The sounds that FreePBX plays where a recording is `default`; it spells them so."""


class Entry(Struct, frozen=True):
    """A key of an IVR and where it leads. ``returns``: its box *Return to this IVR*."""

    keys: str
    dest: str
    returns: bool = False


class Limit(Struct, frozen=True):
    """What follows silences or wrong keys of an IVR.

    ``retries``: how often it is asked again; None: never, and the call ends. ``retry`` is played
    before it is asked again, followed by the announcement if ``announce``; ``last`` before the
    destination. ``returns``: back to the IVR that led here, if one did.
    """

    retries: int | None = None
    retry: Sound = ()
    announce: bool = True
    last: Sound = ()
    dest: str = ""
    returns: bool = False

    @property
    def played(self) -> tuple[Sound, Sound]:
        """What is played besides the announcement."""
        return self.retry, self.last


class Ivr(Struct, frozen=True):
    """An IVR. ``wait``: seconds to the first key. ``direct``: what extensions may be keyed:
    "" none, "all", or the number of a directory. ``mode``: the column `strict_dial_timeout`."""

    id: str
    name: str
    announcement: Sound
    entries: tuple[Entry, ...]
    wrong: Limit
    silent: Limit
    wait: int = 10
    direct: str = ""
    mode: int = 2
    after_voicemail: bool = False

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (*(one.dest for one in self.entries), self.wrong.dest, self.silent.dest)


class Announcement(Struct, frozen=True):
    """An announcement. ``skip``: any key goes on; ``repeat``: the key that repeats it, or "";
    ``returns``: back to the IVR that led here; ``early``: played without answering."""

    id: str
    name: str
    sound: Sound
    dest: str
    skip: bool = False
    repeat: str = ""
    returns: bool = False
    early: bool = False

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (self.dest,)


class Condition(Struct, frozen=True):
    """A time condition. ``times``: `hours|weekdays|days|months`, of which any one suffices;
    ``zone``: "" for the system's; ``calendar``: its times are in a calendar, not here."""

    id: str
    name: str
    times: tuple[str, ...]
    met: str
    unmet: str
    zone: str = ""
    calendar: bool = False

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (self.met, self.unmet) if self.times else (self.unmet,)


class Queue(Struct, frozen=True):
    """A queue. ``menu``: the IVR to which a key in the queue leads, or ""."""

    number: str
    name: str
    dest: str
    longest: int = 0
    menu: str = ""
    join: Sound = ()
    prefix: str = ""

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (self.dest, *([f"ivr-{self.menu},s,1"] if self.menu else []))


class Group(Struct, frozen=True):
    """A ring group: whom it rings, for how many seconds, and what follows without an answer."""

    number: str
    name: str
    members: str
    seconds: int
    dest: str

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return ()


class Route(Struct, frozen=True):
    """An inbound route: the dialled number and the caller's, each "" for any."""

    number: str
    caller: str
    name: str
    dest: str


class Switch(Struct, frozen=True):
    """Call flow control: two destinations, between which somebody switches by phone."""

    id: str
    name: str
    day: str
    night: str

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (self.day, self.night)


class Passage(Struct, frozen=True):
    """What sets something and goes on: a language, a priority in queues, a caller ID."""

    id: str
    name: str
    value: str
    dest: str

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (self.dest,)


class Number(Struct, frozen=True):
    """A number that has a name: a misc destination or application, or an extension."""

    id: str
    name: str
    number: str
    dest: str = ""

    @property
    def onward(self) -> tuple[str, ...]:
        """Where it leads."""
        return (self.dest,) if self.dest else ()


class Text(Struct, frozen=True):
    """What is known of a recording besides its files: its name and its description."""

    name: str
    description: str


Object: TypeAlias = Ivr | Announcement | Condition | Queue | Group | Switch | Passage | Number
"""What a destination may name."""


class Company(Struct, frozen=True):
    """All that one FreePBX has, by the key that destinations name it with."""

    routes: tuple[Route, ...] = ()
    ivrs: Mapping[str, Ivr] = {}
    announcements: Mapping[str, Announcement] = {}
    conditions: Mapping[str, Condition] = {}
    queues: Mapping[str, Queue] = {}
    groups: Mapping[str, Group] = {}
    switches: Mapping[str, Switch] = {}
    languages: Mapping[str, Passage] = {}
    priorities: Mapping[str, Passage] = {}
    caller_ids: Mapping[str, Passage] = {}
    misc: Mapping[str, Number] = {}
    applications: Mapping[str, Number] = {}
    extensions: Mapping[str, Number] = {}
    custom: Mapping[str, Number] = {}
    texts: Mapping[Sound, Text] = {}
    keys_of_queues: bool = True
    """Whether it is known where keys in queues lead."""

    def find(self, kind: str, key: str) -> Object | None:
        """What a destination names; None if it is not there, or of another kind."""
        table = _TABLES.get(kind)
        found: Mapping[str, Object] = getattr(self, table) if table else {}
        return found.get(key)


_TABLES = {
    "ivr": "ivrs",
    "announcement": "announcements",
    "condition": "conditions",
    "queue": "queues",
    "group": "groups",
    "switch": "switches",
    "language": "languages",
    "priority": "priorities",
    "caller-id": "caller_ids",
    "misc": "misc",
    "application": "applications",
    "custom": "custom",
}
"""Kind of a destination -> where a company has what it names."""
