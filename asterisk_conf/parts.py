"""What describes an installation of Asterisk, part by part; :mod:`asterisk_conf.site` checks it."""

from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import force_setattr

from asterisk_conf.queue_nodes import QueueNode
from asterisk_conf.secret import Secret
from asterisk_conf.trunks import Trunk

CONVERSATIONS = Path("recorded", "conversations")
"""Where in the state directory conversations between callers and agents are recorded."""


class Ports(Struct, frozen=True, forbid_unknown_fields=True):
    """Ports of one instance; ``sip`` is UDP and TCP, ``sips`` TLS for trunks,
    ``rtp_first``..``rtp_last`` are UDP.

    ``desk`` is the port of the agents' pages, ``cabinet`` that of the subscribers', ``monitoring``
    that of metrics and checks; they are here so that no port is used twice. ``agi`` is where the
    dialplan finds a FastAGI server, whose metrics are at ``agi_monitoring``. Where a file of
    settings lacks ``sips`` or that one, they are near ``sip`` and ``agi``: two installations that
    have each moved those need not move these.
    """

    sip: int = 5060
    sips: int = 0
    http: int = 8088
    ami: int = 5038
    desk: int = 8086
    monitoring: int = 8085
    cabinet: int = 8084
    agi: int = 4573
    agi_monitoring: int = 0
    rtp_first: int = 10000
    rtp_last: int = 11999

    def __post_init__(self) -> None:
        if not self.sips:
            force_setattr(self, "sips", self.sip + 1)
        if not self.agi_monitoring:
            force_setattr(self, "agi_monitoring", self.agi + 1)

    def shifted(self, offset: int) -> "Ports":
        """The same ports, all ``offset`` higher, so that two instances run side by side."""
        return Ports(
            sip=self.sip + offset,
            sips=self.sips + offset,
            http=self.http + offset,
            ami=self.ami + offset,
            desk=self.desk + offset,
            monitoring=self.monitoring + offset,
            cabinet=self.cabinet + offset,
            agi=self.agi + offset,
            agi_monitoring=self.agi_monitoring + offset,
            rtp_first=self.rtp_first + offset,
            rtp_last=self.rtp_last + offset,
        )


class Secrets(Struct, frozen=True):
    """The passwords of the user ``firstline`` of ARI and AMI."""

    ari_password: Secret
    ami_password: Secret


class SipAccount(Struct, frozen=True):
    """A subscriber's SIP account. ``number`` is its caller ID, whatever the phone sends."""

    user: str
    password: Secret
    number: str
    name: str = ""
    language: str = "en"


class Agent(Struct, frozen=True):
    """An agent's SIP account, reachable as ``extension`` and a member of ``queues``.

    ``login`` is the agent's name in the penalties of queues; "" is ``user``. One who is
    ``suspended`` stays a member of queues, but the phone is refused and not rung. ``phone`` is a
    SIP phone or the agent's browser; the account of one takes none of the other kind.
    """

    user: str
    password: Secret
    name: str
    extension: str
    queues: tuple[str, ...] = ("support",)
    login: str = ""
    languages: tuple[str, ...] = ()
    suspended: bool = False
    phone: Literal["sip", "browser"] = "sip"


class QueueSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a queue serves its callers. Times are in seconds; 0 is never.

    ``label`` is what agents see in place of its name: one text, or one for each language.
    ``ring`` is how long one agent's phone rings, ``wrapup`` the pause after a conversation,
    ``service_level`` the promised wait. ``join_empty`` and ``leave_when_empty`` are app_queue's
    conditions (``yes``, ``no``, or a list such as ``paused,unavailable``): by default callers may
    always wait, also when no agent is registered. ``leave`` is the key with which a caller leaves
    the queue; "" for none. ``limit`` is the most callers who wait, ``longest_wait`` for how long
    one does; 0 is no limit. ``autopause``: an agent who did not answer is paused, in this queue
    (``yes``) or in ``all``.
    ``announcement`` is a sound without its extension, played every ``announcement_every`` seconds;
    the caller's position is played every ``position_every`` seconds. The application plays where
    a caller stands after ``news`` seconds, then every ``news_every``.

    ``agents`` are the members with their penalties: those with a lower one are rung first. Without
    any, all agents who name the queue are members, with penalty 0. ``circles`` maps seconds of
    waiting to the highest penalty that is rung from then on. A caller in one of ``languages`` is
    offered to agents who speak it for ``patience`` seconds, then to all. ``record``: whether the
    conversations of its callers with agents are recorded, which is announced to them. ``hours``:
    the schedule outside which agents cannot transfer callers there; "" is always.
    """

    label: str | dict[str, str] = ""
    strategy: str = "rrmemory"
    ring: int = 20
    retry: int = 2
    wrapup: int = 30
    limit: int = 200
    longest_wait: int = 900
    autopause: Literal["no", "yes", "all"] = "no"
    service_level: int = 30
    join_empty: str = "yes"
    leave_when_empty: str = "no"
    leave: str = "*"
    announcement: str = ""
    announcement_every: int = 60
    news: int = 20
    news_every: int = 60
    position_every: int = 0
    agents: dict[str, int] = {}
    circles: dict[int, int] = {}
    languages: tuple[str, ...] = ()
    patience: int = 60
    record: bool = False
    hours: str = ""


class Queue(QueueSettings, frozen=True):
    """A queue of callers."""

    name: str

    @property
    def names(self) -> dict[str, str]:
        """The names of its queues in Asterisk by the caller's language; "" is any other."""
        named = {language: f"{self.name}-{language}" for language in self.languages}
        return {"": self.name, **named}


class Paths(Struct, frozen=True):
    """Asterisk's directories. The defaults are those of Debian's package.

    ``custom`` is where the administrator's own files are, such as ``pjsip_custom.conf``;
    ``conversations`` is where those between callers and agents are recorded.
    """

    etc: Path = Path("/etc/asterisk")
    custom: Path = Path("/etc/asterisk")
    modules: Path = Path("/usr/lib/asterisk/modules")
    data: Path = Path("/usr/share/asterisk")
    lib: Path = Path("/var/lib/asterisk")
    spool: Path = Path("/var/spool/asterisk")
    log: Path = Path("/var/log/asterisk")
    run: Path = Path("/var/run/asterisk")
    music_on_hold: Path = Path("/var/lib/asterisk/moh/firstline")
    conversations: Path = Path("/var/spool/asterisk/conversations")


SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt"
"""Whom Debian trusts."""

Dialplan = Literal["own", "freepbx", "freepbx-16"]
"""Whose dialplan is around ours: none, or that of FreePBX 17, or of its branches 13 to 16."""


class Description(Struct, frozen=True, kw_only=True):
    """One installation of Asterisk, unchecked.

    ``numbers`` are those that callers dial. ``apology`` is a sound without its extension, played
    when the application is down. ``deadman_seconds`` is how long a call may stay with an
    application that no longer answers before the dialplan takes the caller back; the application
    extends it as it works. ``rtp_timeout`` is after how many seconds without media a phone counts
    as gone, ``browser_timeout`` the same for a browser; 0 is never. ``calls_per_caller`` is how
    many calls one number may have at a time; 0 is no limit. ``apologies`` is how many callers hear
    the apology at a time when there are more calls than can be served. ``preferred_agent`` is for
    how many seconds a caller waits for the agent who is kept for them; 0 is never.
    ``transfer_ring`` is for how many seconds a caller who is transferred rings, ``return_ring`` for
    how many the agent's phone rings again if no one answered. ``recording_notice`` is a sound
    without its extension that announces that a conversation is recorded; "" for none.
    ``dialplan`` is whose files these go into. ``agi`` says whether callers are served over FastAGI
    when the application is down.
    ``websocket_client`` says whether ARI needs ``res_websocket_client.so`` (Asterisk 22.5 and
    later), ``webrtc`` whether there are the modules for phones in browsers, ``broadcasts`` whether
    workers can claim calls (``StasisBroadcast``: 20.20, 22.10, 23.4 and later). ``workers`` are the
    applications that share the calls; none if there is only ``app``. ``trunk_ca`` is a file with
    who signed the certificates of trunks by TLS. ``nodes`` are the queue nodes
    to which callers are handed over who want an agent, ``pods`` the addresses from which a queue
    node takes them.
    """

    secrets: Secrets
    name: str = "firstline"
    host: str = "127.0.0.1"
    ports: Ports = Ports()
    numbers: tuple[str, ...] = ("611", "111")
    app: str = "firstline"
    language: str = "en"
    subscribers: tuple[SipAccount, ...] = ()
    agents: tuple[Agent, ...] = ()
    queues: tuple[Queue, ...] = (Queue("support"),)
    trunks: tuple[Trunk, ...] = ()
    trunk_ca: str = SYSTEM_CA
    apology: str = "an-error-has-occurred"
    deadman_seconds: int = 5
    rtp_timeout: int = 20
    browser_timeout: int = 8
    calls_per_caller: int = 5
    apologies: int = 20
    recording_notice: str = ""
    preferred_agent: int = 0
    transfer_ring: int = 25
    return_ring: int = 20
    agi: bool = False
    listens: str = ""
    dialplan: Dialplan = "own"
    paths: Paths = Paths()
    websocket_client: bool = True
    webrtc: bool = True
    broadcasts: bool = False
    workers: tuple[str, ...] = ()
    nodes: tuple[QueueNode, ...] = ()
    pods: tuple[str, ...] = ()

    @property
    def records(self) -> bool:
        """Whether conversations of some queue are recorded."""
        return any(queue.record for queue in self.queues)
