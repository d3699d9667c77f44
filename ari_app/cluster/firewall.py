"""Who speaks to whom in a cluster, as the list that a firewall is made of."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ari_app.cluster.description import Cluster, Pod, QueueNode
from ari_app.cluster.kamailio import sources
from ari_app.config.settings import Config
from ari_app.database_url import parsed
from asterisk_conf.site import Ports

_HEAD = """\
# Who opens a connection to whom; all else can be closed. ARI and AMI listen on loopback alone.
# What listens for people (desk, cabinet, monitoring) listens where the settings say.
# "phones" are the networks of agents' SIP phones, if any: those in browsers come to the desk.
# Besides comes what pods open to services that the settings name, such as billing, mail and SMS.
"""
_PHONES = "phones"


class Way(Struct, frozen=True):
    """From one address or network to a port or range of another."""

    source: str
    target: str
    protocol: str
    ports: str
    what: str


def firewall(cluster: Cluster, config: Config) -> str:
    """The list as a table in plain text."""
    rows = [tuple(Way.__struct_fields__), *(_row(each) for each in ways(cluster, config))]
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return _HEAD + "".join(_line(row, wide) for row in rows)


def ways(cluster: Cluster, config: Config) -> Iterator[Way]:
    """All ways between trunks, proxies, pods, queue nodes, phones and the database."""
    trunks = tuple(sources(config.trunk))
    for proxy in cluster.proxies.values():
        for source in trunks:
            yield Way(source, proxy.address, "udp,tcp", str(proxy.port), "calls of trunks")
    for pod in cluster.pods.values():
        ports = config.ports.shifted(pod.port_offset)
        for proxy in cluster.proxies.values():
            yield Way(proxy.address, pod.address, "udp,tcp", str(ports.sip), "calls to pods")
            yield Way(pod.address, proxy.address, "udp,tcp", str(proxy.port), "their ends")
        for source in trunks:
            yield Way(source, pod.address, "udp", _sound(ports), "sound")
            yield Way(pod.address, source, "udp", "1024-65535", "sound")
        yield from _handing_over(pod, cluster, config)
    for machine in (cluster.queues or cluster.pods).values():
        ports = config.ports.shifted(machine.port_offset)
        yield Way(_PHONES, machine.address, "udp,tcp", str(ports.sip), "agents' phones")
        yield Way(_PHONES, machine.address, "udp", _sound(ports), "their sound")
        yield Way(machine.address, _PHONES, "udp", "1024-65535", "calls to them and sound")
    for machine in cluster.asterisks.values():
        yield from _to_trunks(machine, config)
    yield from _to_database(cluster)


def _handing_over(pod: Pod, cluster: Cluster, config: Config) -> Iterator[Way]:
    ports = config.ports.shifted(pod.port_offset)
    for node in cluster.queues.values():
        other = config.ports.shifted(node.port_offset)
        for one, two, its in ((pod, node, other), (node, pod, ports)):
            yield Way(one.address, two.address, "udp", str(its.sip), "callers handed over")
            yield Way(one.address, two.address, "udp", _sound(its), "their sound")


def _to_trunks(machine: Pod | QueueNode, config: Config) -> Iterator[Way]:
    sip = str(config.ports.shifted(machine.port_offset).sip)
    for name, trunk in config.trunk.items():
        if trunk.dials:
            host, _, port = trunk.address.partition(":")
            yield Way(machine.address, host, trunk.transport, port or "5060", "calls to trunks")
            for source in sources({name: trunk}):
                yield Way(source, machine.address, trunk.transport, sip, "their ends")


def _sound(ports: Ports) -> str:
    return f"{ports.rtp_first}-{ports.rtp_last}"


def _to_database(cluster: Cluster) -> Iterator[Way]:
    parts = parsed(cluster.database.url)
    hosts = parts.get("host", "").split(",")
    ports = (parts.get("port") or "5432").split(",")
    for at, host in enumerate(hosts):
        if host and not host.startswith("/"):
            port = ports[at] if len(ports) > 1 else ports[0]
            for machine in cluster.asterisks.values():
                yield Way(machine.address, host, "tcp", port, "the database")


def _row(way: Way) -> tuple[str, ...]:
    return (way.source, way.target, way.protocol, way.ports, way.what)


def _line(row: Sequence[str], wide: Sequence[int]) -> str:
    return (
        "  ".join(each.ljust(width) for each, width in zip(row, wide, strict=True)).rstrip() + "\n"
    )
