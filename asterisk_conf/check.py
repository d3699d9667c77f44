"""Checks the description of an installation: a line for each problem, with what to do."""

import ipaddress
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from asterisk_conf.parts import Agent, Description, Ports, Queue, SipAccount
from asterisk_conf.queue_nodes import PODS
from asterisk_conf.trunks import Trunk, trunk_problems

STRATEGIES = frozenset(
    {"ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear", "wrandom"}
)
EMPTY = frozenset({"yes", "no", "strict", "loose", "paused", "penalty", "inuse", "ringing"}) | {
    "unavailable",
    "invalid",
    "unknown",
    "wrapup",
}
# Characters that end a value, begin a comment, open a section or call a function in Asterisk's
# files. A value with one of them is refused rather than escaped: the rules differ per file.
_BREAKOUTS = frozenset(';[]{}$"\\<>`')
_RESERVED = frozenset(
    {"global", "system", "acl", "transport-udp", "transport-tcp", "transport-tls", "transport-ws"}
    | {"h", "i", "s"}
)
_COUNTED = ("ring", "retry", "wrapup", "limit", "longest_wait", "service_level",
            "announcement_every", "position_every", "patience")  # fmt: skip
_HIGHEST = 9
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,63}")
_QUEUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,63}")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_LANGUAGE = re.compile(r"[a-z]{2}([_-][A-Za-z]{2})?")
_PASSWORD = re.compile(r"[A-Za-z0-9._~+/@!*-]{1,128}")
_SOUND = re.compile(r"[^,&|()]+")


def refused(value: str) -> str:
    """The first character that may stand in no file of Asterisk's, as ``U+000A``; or ""."""
    for char in value:
        if char in _BREAKOUTS or not char.isprintable():
            return f"U+{ord(char):04X}"
    return ""


def problems(site: Description) -> tuple[str, ...]:
    """All that is wrong with ``site``; empty when it can be rendered."""
    return tuple(_problems(site))


def _problems(site: Description) -> Iterator[str]:
    yield from _host(site.host)
    by_tls = any(trunk.transport == "tls" for trunk in site.trunks)
    used = {"sips": by_tls, "agi_monitoring": site.agi}
    yield from _ports(site.ports, [name for name, is_used in used.items() if not is_used])
    for where, password in (
        ("secrets.ari_password", site.secrets.ari_password),
        ("secrets.ami_password", site.secrets.ami_password),
    ):
        yield from _fits(where, password, _PASSWORD, "letters, digits and ._~+/@!*-", secret=True)
    yield from _fits("name", site.name, _WORD, "two or more letters, digits, - and _")
    yield from _fits("app", site.app, _WORD, "two or more letters, digits, - and _")
    for worker in site.workers:
        yield from _fits("workers", worker, _WORD, "two or more letters, digits, - and _")
    yield from _fits("language", site.language, _LANGUAGE, "a code such as ru or en_GB")
    yield from _fits("apology", site.apology, _SOUND, "a file name without , & | ( )")
    if not site.numbers:
        yield "numbers: none given; name at least one number that subscribers dial"
    for number in site.numbers:
        yield from _fits("numbers", number, _NUMBER, "2 to 20 digits")
    yield from _limits(site)
    for field in site.paths.__struct_fields__:
        yield from _fits(f"paths.{field}", str(getattr(site.paths, field)), None, "a plain path")
    yield from _fits("trunk_ca", site.trunk_ca, None, "a plain path")
    for account in site.subscribers:
        yield from _subscriber(account)
    for agent in site.agents:
        yield from _agent(agent, frozenset(queue.name for queue in site.queues))
    if not site.queues:
        yield "queues: none given; the fallback needs one, add the queue support"
    for trunk in site.trunks:
        yield from _trunk(trunk)
    for queue in site.queues:
        yield from _queue(queue)
        yield from _skills(queue)
    yield from _unique(site)


def _limits(site: Description) -> Iterator[str]:
    for field in ("rtp_timeout", "browser_timeout"):
        if getattr(site, field) < 0:
            yield f"{field}: is negative; give seconds, or 0 for never"
    if site.calls_per_caller < 0:
        yield "calls_per_caller: is negative; give how many, or 0 for no limit"
    if site.deadman_seconds < 1:
        yield f"deadman_seconds: {site.deadman_seconds} is no duration; give 1 or more seconds"


def _host(host: str) -> Iterator[str]:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        yield f"host: {host!r} is no IP address; give the address to listen on, as 127.0.0.1"
        return
    if address.version != 4:
        yield f"host: {host} is IPv6; give an IPv4 address, as 127.0.0.1"


def _ports(ports: Ports, unused: Collection[str]) -> Iterator[str]:
    for field in ports.__struct_fields__:
        port = getattr(ports, field)
        if not 1 <= port <= 65535:
            yield f"ports.{field}: {port} is no port; give one of 1 to 65535"
    single = {
        name: getattr(ports, name)
        for name in ports.__struct_fields__
        if not name.startswith("rtp_") and name not in unused
    }
    for port, count in Counter(single.values()).items():
        if count > 1:
            clash = " and ".join(f"ports.{name}" for name, used in single.items() if used == port)
            yield f"{clash}: both are {port}; give each a port of its own"
    if ports.rtp_last - ports.rtp_first < 3:
        yield (
            f"ports.rtp_first, ports.rtp_last: {ports.rtp_first}..{ports.rtp_last} holds no call; "
            "give at least 4 ports per call that is to speak at once"
        )
    if ports.rtp_first <= ports.sip <= ports.rtp_last:
        yield f"ports.sip: {ports.sip} lies among the RTP ports; move one of them"


def _subscriber(account: SipAccount) -> Iterator[str]:
    where = f"subscribers.{account.user}"
    yield from _account(where, account.user, account.password, account.name)
    yield from _fits(f"{where}.number", account.number, _NUMBER, "2 to 20 digits")
    yield from _fits(f"{where}.language", account.language, _LANGUAGE, "a code such as ru")


def _agent(agent: Agent, queues: frozenset[str]) -> Iterator[str]:
    where = f"agents.{agent.user}"
    yield from _account(where, agent.user, agent.password, agent.name)
    yield from _fits(f"{where}.extension", agent.extension, _NUMBER, "2 to 20 digits")
    for name in agent.queues:
        if name not in queues:
            yield f"{where}.queues: there is no queue {name!r}; name one of {sorted(queues)}"


def _trunk(trunk: Trunk) -> Iterator[str]:
    where = f"trunk.{trunk.name}"
    yield from _fits(f"{where}.name", trunk.name, _USER, "letters, digits and ._-")
    if trunk.name.lower() in _RESERVED:
        yield f"{where}.name: {trunk.name!r} is reserved by Asterisk; choose another"
    for field, value in (("user", trunk.user), ("password", trunk.password)):
        if value:
            secret = field == "password"
            wanted = "letters, digits and ._~+/@!*-"
            yield from _fits(f"{where}.{field}", value, _PASSWORD, wanted, secret=secret)
    if trunk.user and not trunk.password:
        yield f"{where}.user: write its password as trunk_{trunk.name} into secrets.toml"
    yield from trunk_problems(trunk)


def _account(where: str, user: str, password: str, name: str) -> Iterator[str]:
    yield from _fits(f"{where}.user", user, _USER, "letters, digits and ._-")
    if user.lower() in _RESERVED:
        yield f"{where}.user: {user!r} is reserved by Asterisk; choose another"
    yield from _fits(
        f"{where}.password", password, _PASSWORD, "letters, digits and ._~+/@!*-", secret=True
    )
    if name:
        yield from _fits(f"{where}.name", name, None, "a plain name")
    if "," in name:
        yield f"{where}.name: has a comma, which separates fields in queues.conf; leave it out"


def _queue(queue: Queue) -> Iterator[str]:
    where = f"queues.{queue.name}"
    yield from _fits(f"{where}.name", queue.name, _QUEUE, "two or more letters, digits, - and _")
    if queue.name.lower() == "general":
        yield f"{where}.name: 'general' is reserved by Asterisk; choose another"
    if queue.strategy not in STRATEGIES:
        yield f"{where}.strategy: {queue.strategy!r} is none of {', '.join(sorted(STRATEGIES))}"
    for field in _COUNTED:
        if getattr(queue, field) < 0:
            yield f"{where}.{field}: is negative; give 0 or more"
    for field in ("join_empty", "leave_when_empty"):
        unknown = set(getattr(queue, field).split(",")) - EMPTY
        if unknown:
            yield f"{where}.{field}: {sorted(unknown)} is none of {', '.join(sorted(EMPTY))}"
    if queue.leave and queue.leave not in set("0123456789*#"):
        yield f"{where}.leave: {queue.leave!r} is no key; give one of 0-9 * #, or nothing"


def _skills(queue: Queue) -> Iterator[str]:
    where = f"queues.{queue.name}"
    if queue.announcement:
        yield from _fits(f"{where}.announcement", queue.announcement, _SOUND, "a file name")
    for field, given in (("agents", queue.agents), ("circles", queue.circles)):
        for penalty in given.values():
            if not 0 <= penalty <= _HIGHEST:
                yield f"{where}.{field}: {penalty} is no penalty; give one of 0 to {_HIGHEST}"
    if any(seconds < 0 for seconds in queue.circles):
        yield f"{where}.circles: seconds are negative; give 0 or more"
    for language in queue.languages:
        yield from _fits(f"{where}.languages", language, _LANGUAGE, "a code such as ru or en_GB")


def _fits(
    where: str, value: str, form: re.Pattern[str] | None, wanted: str, *, secret: bool = False
) -> Iterator[str]:
    shown = "the value" if secret else repr(value)
    char = refused(value)
    if char:
        yield f"{where}: {shown} has the character {char}, which is refused; give {wanted}"
    elif not value or (form and not form.fullmatch(value)):
        yield f"{where}: {shown} does not fit; give {wanted}"


def _unique(site: Description) -> Iterator[str]:
    users = [a.user for a in site.subscribers] + [a.user for a in site.agents]
    users += [trunk.name for trunk in site.trunks]
    users += [node.endpoint for node in site.nodes] + [PODS] * bool(site.pods)
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("numbers", site.numbers),
        ("queues", (name for queue in site.queues for name in queue.names.values())),
        ("users of subscribers and agents, and names of trunks", users),
        ("numbers of subscribers", (account.number for account in site.subscribers)),
        ("numbers and agents' extensions", (*site.numbers, *(a.extension for a in site.agents))),
    )
    for where, names in lists:
        for name, count in Counter(names).items():
            if count > 1 and not (name in site.numbers and where.startswith("numbers and")):
                yield f"{where}: {name!r} is given {count} times; keep one"
    for agent in site.agents:
        if agent.extension in site.numbers:
            yield f"agents.{agent.user}.extension: {agent.extension} is a number of the IVR"
