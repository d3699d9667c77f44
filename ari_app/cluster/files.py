"""The files of all machines of a cluster, as `firstline cluster render` writes them."""

import secrets
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from ari_app.admin.service_files import ETC, Service
from ari_app.cluster import kamailio, toml
from ari_app.cluster.description import Cluster, ClusterError, worker
from ari_app.cluster.firewall import firewall
from ari_app.config.settings import Config, decoded
from ari_app.config.state import FILE, State
from asterisk_conf.files import replace
from asterisk_conf.site import Ports

SECRETS = "secrets.toml"
FIREWALL = "firewall.txt"

TRUNK = "proxies"
"""The trunk of each pod over which the proxies send calls."""

_SHARED, _OWN = ("pepper", "ussd"), ("ari", "ami")
"""Secrets that all pods share, and those between the parts of one."""

_MARK = "# Rendered by `firstline cluster render`, and again by the next one.\n"


class Settings(Struct, frozen=True):
    """What the pods have in common: ``table`` as TOML has it, and as it is understood."""

    table: Mapping[str, Any]
    config: Config
    secrets: Mapping[str, str]


def read_settings(directory: Path) -> Settings:
    """The settings and secrets of a directory. Raises :class:`ClusterError` and
    :class:`~ari_app.config.state.ConfigError`."""
    file, secret = directory / FILE, directory / SECRETS
    if not file.exists():
        raise ClusterError(
            f"{file}: there is none: `firstline --state {directory} init` writes it, with what all "
            "machines have in common"
        )
    config = State(directory).config({})
    if config.site.demo:
        raise ClusterError(f"{file}: a cluster is no demo: write demo = false under [site]")
    if not config.manages_asterisk:
        raise ClusterError(f"{file}: pods have an Asterisk of their own: take the url from [ari]")
    try:
        known = tomllib.loads(secret.read_text("utf-8")) if secret.exists() else {}
        return Settings(tomllib.loads(file.read_text("utf-8")), config, known)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ClusterError(f"{secret} cannot be read ({error}): correct or remove it") from error


def pod_settings(cluster: Cluster, name: str, settings: Settings) -> Mapping[str, Any]:
    """The settings of a pod or queue node as TOML has them. Raises :class:`ClusterError`."""
    machine = cluster.asterisks[name]
    table, trunks = settings.table, settings.config.trunk
    if TRUNK in trunks:
        raise ClusterError(f"[trunk.{TRUNK}] is the trunk to our own proxies: name yours otherwise")
    for each, trunk in trunks.items():
        if trunk.register:
            raise ClusterError(
                f"[trunk.{each}]: register = true brings its calls to one pod, and not to the "
                "proxies: have it send them to the addresses of the proxies"
            )
    proxies = tuple(cluster.proxies.values())
    dialled = {each: table["trunk"][each] for each, trunk in trunks.items() if trunk.dials}
    own = {
        "address": f"{proxies[0].address}:{proxies[0].port}",
        "sources": [each.address for each in proxies],
        "vouches": kamailio.vouches(trunks),
    }
    made = {
        **table,
        "site": {**table.get("site", {}), "host": machine.address},
        "ports": structs.asdict(ports_of(cluster, name, settings)),
        "database": {"url": cluster.database.url},
        "worker": {**table.get("worker", {}), "name": worker(name), "pod": name},
        "trunk": {**dialled, **({TRUNK: own} if name in cluster.pods else {})},
        **_handover(cluster, name, settings),
    }
    decoded(made)
    return made


def _handover(cluster: Cluster, name: str, settings: Settings) -> Mapping[str, Any]:
    """Between which machines callers are handed over; nothing without queue nodes."""
    if not cluster.queues:
        return {}
    if name in cluster.queues:
        return {"handover": {"pods": [pod.address for pod in cluster.pods.values()]}}
    nodes = [
        f"{each}={node.address}:{ports_of(cluster, each, settings).sip}"
        for each, node in cluster.queues.items()
    ]
    return {"handover": {"nodes": nodes}}


def ports_of(cluster: Cluster, name: str, settings: Settings) -> Ports:
    """The ports of a pod or queue node."""
    return settings.config.ports.shifted(cluster.asterisks[name].port_offset)


def proxy_files(
    cluster: Cluster, name: str, settings: Settings, places: kamailio.Places
) -> Mapping[str, str]:
    """The files of a proxy, by name. Raises :class:`ClusterError`."""
    sip = {each: ports_of(cluster, each, settings).sip for each in cluster.asterisks}
    proxy = cluster.proxies[name]
    for each, pod in cluster.asterisks.items():
        if (pod.address, sip[each]) == (proxy.address, proxy.port):
            raise ClusterError(
                f"the proxy {name} and the Asterisk of {each} would listen both at {pod.address}:"
                f"{proxy.port}: write another port for the proxy, or another address"
            )
    return kamailio.files(cluster, proxy, sip, settings.config.trunk, places)


def render(cluster: Cluster, settings: Settings, into: Path) -> tuple[Path, ...]:
    """Write the files of each machine into a directory of its name, at their place below ``/``;
    returns what changed. Raises :class:`ClusterError`.

    Secrets are made once: those that are there are kept.
    """
    kept = {each: _known(into / each / _state(cluster) / SECRETS) for each in cluster.asterisks}
    shared = _shared(settings, kept)
    texts: dict[Path, str] = {Path(FIREWALL): firewall(cluster, settings.config)}
    for name in cluster.asterisks:
        table = pod_settings(cluster, name, settings)
        own = {each: kept[name].get(each) or _made() for each in _OWN}
        texts |= {
            Path(name) / each.relative_to("/"): text
            for each, text in {
                ETC / FILE: _MARK + toml.text(table),
                Path("/") / _state(cluster) / SECRETS: toml.text(
                    {**settings.secrets, **shared, **own}
                ),
                **Service(cluster.program, agi=settings.config.agi.enabled).files(),
            }.items()
        }
    places = kamailio.Places()
    for name in cluster.proxies:
        for each, text in proxy_files(cluster, name, settings, places).items():
            texts[Path(name) / (places.etc / each).relative_to("/")] = text
    return tuple(_written(into, texts))


def _written(into: Path, texts: Mapping[Path, str]) -> Iterator[Path]:
    for path, text in texts.items():
        file = into / path
        try:
            into.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.parent.mkdir(parents=True, exist_ok=True)
            changed = replace(file, text.encode())
            if file.name not in (SECRETS, FILE):
                file.chmod(0o755 if text.startswith("#!/") else 0o644)
        except OSError as error:
            raise ClusterError(
                f"cannot write {file} ({error.strerror}): name another directory by --into"
            ) from error
        if changed:
            yield path


def _state(cluster: Cluster) -> Path:
    """The state directory on a machine, below ``/``."""
    return Service(cluster.program).state.relative_to("/")


def _known(file: Path) -> Mapping[str, str]:
    try:
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ClusterError(f"{file} is damaged ({error}): restore a copy of it") from error


def _shared(settings: Settings, kept: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """What all pods share: as in the settings, or as it was made before."""
    found: dict[str, str] = {}
    for name in _SHARED:
        there = {each[name] for each in kept.values() if name in each}
        given = settings.secrets.get(name, "")
        if len({*there, given} - {""}) > 1:
            raise ClusterError(
                f"{name} of {SECRETS} differs between machines, or from the settings: code words "
                "that were set would not be known any more: write the same for all"
            )
        found[name] = given or next(iter(there), "") or _made()
    return found


def _made() -> str:
    return secrets.token_urlsafe(24)
