"""A cluster on one machine, to try it: two pods, queue nodes, a proxy and a PostgreSQL server on
loopback."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from ari_app.cluster import private_kamailio, private_postgres, toml
from ari_app.cluster.description import Cluster, ClusterError, Pod, Proxy, QueueNode
from ari_app.cluster.files import SECRETS, Settings, pod_settings, ports_of, proxy_files
from ari_app.cluster.kamailio import CONFIGURATION, Places
from ari_app.config.database_settings import DatabaseSettings
from ari_app.config.settings import decoded
from ari_app.config.state import FILE, State
from ari_app.control.client import ControlClient, NotRunningError
from asterisk_conf.files import private_directory, replace

DESCRIPTION = "cluster.toml"
"""What is tried, in its directory, beside the state directories of the pods."""

PODS = ("p1", "p2")
NODES = ("q1", "q2")
"""A queue node, and a standby if one is wanted."""
PROXY = "proxy"
DATABASE = "firstline"
CALLERS = "127.0.0.1"
"""From where phones of this machine call: the proxy takes it for a trunk."""

READY_SECONDS = 600.0
STOP_SECONDS = 30.0
_POLL = 0.2

Say = Callable[[str], None]


class Trial(Struct, frozen=True):
    """A trial in a directory; the ports of all are moved by ``offset``. With a ``standby`` there
    are two queue nodes."""

    directory: Path
    offset: int = 0
    voice: str = "espeak"
    standby: bool = False

    def pod(self, name: str) -> State:
        """The state directory of a pod or a queue node."""
        return State(self.directory / name)


def described(trial: Trial, sockets: Path) -> Cluster:
    """The cluster of a trial, whose database server has its socket in a directory."""
    return Cluster(
        database=DatabaseSettings(url=f"postgresql://firstline@/{DATABASE}?host={sockets}"),
        pods={
            name: Pod(address=f"127.0.0.1{at}", port_offset=trial.offset + 100 * at)
            for at, name in enumerate(PODS, 1)
        },
        queues={
            name: QueueNode(address=f"127.0.0.2{at}", port_offset=trial.offset + 200 + 100 * at)
            for at, name in enumerate(NODES[: 1 + trial.standby], 1)
        },
        proxies={PROXY: Proxy(address="127.0.0.10", port=5060 + trial.offset)},
    )


@contextmanager
def running(trial: Trial, say: Say) -> Iterator[Cluster]:
    """All parts of a trial, until the end of the block. Raises :class:`ClusterError` and
    :class:`~asterisk_conf.discovery.PbxError`."""
    private_directory(trial.directory)
    kamailio = private_kamailio.provided(trial.directory / "kamailio", say)
    programs = private_postgres.programs(trial.directory / "postgresql", say)
    with ExitStack() as stack:
        sockets = stack.enter_context(private_postgres.databases(programs, [DATABASE]))
        say(f"PostgreSQL: {DATABASE} at {sockets}")
        cluster = described(trial, sockets)
        table = {"trunk": {"phones": {"address": CALLERS, "vouches": True}}}
        settings = Settings(table, decoded(table), {})
        pepper = secrets.token_urlsafe(24)
        for name in cluster.asterisks:
            _write(trial, cluster, name, settings, pepper)
        first, *others = cluster.asterisks  # the first one makes the schema
        for names in ([first], others):
            started = {name: stack.enter_context(_started(trial, name)) for name in names}
            for name, process in started.items():
                _wait(partial(_ready, trial.pod(name)), process, trial.pod(name).log)
                ports, address = ports_of(cluster, name, settings), cluster.asterisks[name].address
                kind = "pod" if name in cluster.pods else "queue node"
                say(
                    f"{kind} {name}: SIP {address}:{ports.sip}, desk http://127.0.0.1:{ports.desk}/"
                )
        files = Path(stack.enter_context(TemporaryDirectory(prefix="firstline-proxy-")))
        places = Places(files, files, str(kamailio.modules), errors=True)
        for each, text in proxy_files(cluster, PROXY, settings, places).items():
            (files / each).write_text(text)
        log = trial.directory / "kamailio.log"
        process = stack.enter_context(
            _process(kamailio.command(files / CONFIGURATION, files), log, kamailio.environment)
        )
        _wait(lambda: (files / "kamailio_ctl").exists(), process, log)
        proxy = cluster.proxies[PROXY]
        say(f"proxy (Kamailio): SIP {proxy.address}:{proxy.port}")
        (trial.directory / DESCRIPTION).write_text(_toml(cluster))
        yield cluster


def _write(trial: Trial, cluster: Cluster, name: str, settings: Settings, pepper: str) -> None:
    """The settings of a machine, whose database is new, with the ``pepper`` of all."""
    state = trial.pod(name)
    state.make()
    state.database_made.unlink(missing_ok=True)
    own = {each: secrets.token_urlsafe(24) for each in ("ari", "ami", "ussd")}
    replace(state.directory / SECRETS, toml.text({**own, "pepper": pepper}).encode())
    (state.directory / FILE).write_text(toml.text(pod_settings(cluster, name, settings)))


def _toml(cluster: Cluster) -> str:
    table = msgspec.to_builtins(cluster)
    return toml.text({key: each for key, each in table.items() if key != "database"})


@contextmanager
def _started(trial: Trial, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A pod: `firstline up`, which an interrupt ends with its Asterisk."""
    state = trial.pod(name)
    words = ("--state", str(state.directory), "up", "--no-watch", "--voice", trial.voice)
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-P", "-m", "ari_app.cli", *words]
    with _process(command, state.log, environment) as process:
        yield process


@contextmanager
def _process(
    command: list[str], log: Path, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process in a session of its own, so that Ctrl-C comes to us alone."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Look again and again: another program says nothing when it is ready."""
    until = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            said = log.read_text("utf-8", errors="replace").strip().splitlines()[-5:]
            raise ClusterError(f"it does not start; {log} says: {' / '.join(said)}")
        time.sleep(_POLL)


def _ready(state: State) -> bool:
    try:
        report = msgspec.json.decode(asyncio.run(ControlClient(state.control).status()))
    except NotRunningError:
        return False
    return bool(report["ari"]["connected"])
