"""`firstline cluster render`: what each machine gets, and what is refused."""

import platform
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.cluster import private_kamailio
from ari_app.cluster.description import ClusterError
from ari_app.cluster.files import read_settings
from ari_app.cluster.private_kamailio import provided, unpack_debian
from ari_app.config.state import Keys, State
from ari_app.main import pbx_site
from asterisk_conf.apt_sources import Entry
from asterisk_conf.render import render as asterisk_files
from ivr.secret import Secret

SETTINGS = """
[site]
demo = false
timezone = "Europe/Warsaw"
languages = ["en"]
[operator]
name = "Example Telecom"
country = "PL"
currency = "EUR"
[trunk.switch]
address = "192.0.2.10"
sources = ["192.0.2.10", "192.0.2.16/28"]
vouches = true
[trunk.carrier]
address = "192.0.2.40:5080"
vouches = true
dials = ["8XXX"]
"""
CLUSTER = """
[database]
url = "postgresql://firstline@db.example:5433/firstline"
[pods.p1]
address = "198.51.100.11"
[pods.p2]
address = "198.51.100.12"
drained = true
[queues.q1]
address = "198.51.100.21"
[proxies.e1]
address = "198.51.100.31"
"""
KAMAILIO = Path(__file__).parents[2] / ".firstline/kamailio/root"


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    (tmp_path / "firstline.toml").write_text(SETTINGS)
    (tmp_path / "cluster.toml").write_text(CLUSTER)
    (tmp_path / "secrets.toml").write_text('billing = "token"\n')
    return tmp_path


def rendered(directory: Path) -> Result:
    words = ["cluster", "render", str(directory / "cluster.toml"), "--into", str(directory / "out")]
    return CliRunner().invoke(main, words)


def test_each_machine_has_its_files_and_secrets_are_made_once(cluster: Path) -> None:
    done = rendered(cluster)
    assert done.exit_code == 0, done.output
    out = cluster / "out"
    secrets = {
        name: tomllib.loads(file.read_text())
        for name in ("p1", "p2", "q1")
        if (file := out / name / "var/lib/firstline/secrets.toml").stat().st_mode & 0o777 == 0o600
    }
    assert secrets["p1"]["pepper"] == secrets["p2"]["pepper"] == secrets["q1"]["pepper"]
    assert secrets["p1"]["ari"] != secrets["p2"]["ari"]
    assert secrets["p2"]["billing"] == "token"
    settings = tomllib.loads((out / "p2/etc/firstline/firstline.toml").read_text())
    assert settings["site"]["host"] == "198.51.100.12"
    assert settings["worker"] == {"name": "p2", "pod": "p2"}
    assert settings["trunk"]["proxies"]["sources"] == ["198.51.100.31"]
    assert settings["trunk"].keys() == {"proxies", "carrier"}  # the other one calls the proxy alone
    assert (out / "p1/etc/systemd/system/firstline-asterisk.service").is_file()
    firewall = [line.split() for line in (out / "firewall.txt").read_text().splitlines()]
    assert ["198.51.100.11", "db.example", "tcp", "5433", "the", "database"] in firewall
    for way in (
        "192.0.2.16/28 198.51.100.31 udp,tcp 5060 calls of trunks",
        "192.0.2.40/32 198.51.100.12 udp 5060 their ends",  # of calls to the trunk that is dialled
        "phones 198.51.100.21 udp,tcp 5060 agents' phones",
        "198.51.100.11 198.51.100.21 udp 5060 callers handed over",
        "198.51.100.21 198.51.100.12 udp 10000-11999 their sound",
    ):
        assert way.split() in firewall

    assert "0 files changed" in rendered(cluster).output
    (cluster / "cluster.toml").write_text(CLUSTER.replace("drained = true", ""))
    assert "1 files changed" in rendered(cluster).output  # the list of pods of the proxy
    assert "sip:198.51.100.12:5060 0 " in (out / "e1/etc/kamailio/dispatcher.list").read_text()


def test_asterisk_takes_calls_of_the_proxies_as_of_a_trunk(cluster: Path) -> None:
    assert rendered(cluster).exit_code == 0
    accounts = _asterisk(cluster / "out/p1/etc/firstline")["pjsip.conf"]
    assert "endpoint = proxies\nmatch = 198.51.100.31\n" in accounts
    assert "bind = 198.51.100.11:5060" in accounts


def test_callers_are_handed_over_to_queue_nodes_by_pods_alone(cluster: Path) -> None:
    assert rendered(cluster).exit_code == 0
    files = {name: _asterisk(cluster / "out" / name / "etc/firstline") for name in ("p1", "q1")}
    assert "[node-q1](_phone,_by-address)" in files["p1"]["pjsip.conf"]
    assert "contact = sip:198.51.100.21:5060\n" in files["p1"]["pjsip.conf"]
    assert "X-Firstline-Facts" in files["p1"]["extensions.conf"]
    assert "Queue(" not in _code(files["p1"]["extensions.conf"], "firstline-queue")
    accounts = files["q1"]["pjsip.conf"]
    assert "endpoint = pods\nmatch = 198.51.100.11,198.51.100.12\n" in accounts
    assert "[proxies]" not in accounts
    # Only who comes over that endpoint is in the context that reads the headers.
    assert accounts.count("firstline-handed") == 1
    assert "Queue(" in _code(files["q1"]["extensions.conf"], "firstline-queue")
    assert files["p1"]["asterisk.conf"].count("systemname = firstline-p1\n") == 1


def _asterisk(directory: Path) -> dict[str, str]:
    none = Secret("none-at-all")
    keys = Keys(none, none, none, none, none, none, none)
    return asterisk_files(pbx_site.site(State(directory).config({}), keys, (), (), "apology"))


def _code(text: str, context: str) -> str:
    whole = text.partition(f"[{context}]\n")[2].partition("\n[")[0]
    return "\n".join(line for line in whole.splitlines() if not line.startswith(";"))


def test_kamailio_takes_what_is_rendered(cluster: Path) -> None:
    assert rendered(cluster).exit_code == 0
    kamailio = provided(KAMAILIO, print)
    etc = cluster / "out/e1/etc/kamailio"
    file = etc / "kamailio.cfg"
    text = file.read_text().replace("/etc/kamailio", str(etc))
    file.write_text(text.replace("\nloadmodule", f'\nmpath="{kamailio.modules}"\nloadmodule', 1))
    assert kamailio.problem(file) == ""
    file.write_text(file.read_text().replace("record_route();", "record_rout();"))
    assert "record_rout" in kamailio.problem(file)


def test_a_program_is_not_unpacked_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "kamailio").mkdir()
    (tmp_path / "kamailio/kamailio.cfg").touch()
    with pytest.raises(ClusterError, match="kamailio is in the way"):
        unpack_debian("kamailio", tmp_path / "kamailio", print)
    assert [one.name for one in tmp_path.rglob("*")] == ["kamailio", "kamailio.cfg"]


def test_an_empty_directory_stays_until_a_program_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "kamailio"
    there.mkdir()
    monkeypatch.setattr(private_kamailio, "entries", lambda _: ())
    with pytest.raises(ClusterError, match="no kamailio on this machine"):
        unpack_debian("kamailio", there, print)
    assert there.is_dir()
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    archive = Entry("http://192.0.2.1/debian", (suite,), ("main",))
    monkeypatch.setattr(private_kamailio, "entries", lambda _: (archive,))
    monkeypatch.setattr(
        private_kamailio, "unpack", lambda part, *_: (part / "usr").mkdir(parents=True)
    )
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/mmdebstrap")
    unpack_debian("kamailio", there, print)
    assert [one.name for one in there.iterdir()] == ["usr"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("cluster.toml", "/firstline", "/firstline_{pod}", "the one database of all"),
        ("cluster.toml", "[queues.q1]", "[queues.p-1]", "differ by hyphens alone"),
        ("cluster.toml", "198.51.100.21", "198.51.100.12", "p2 and q1 are both"),
        ("cluster.toml", "198.51.100.31", "proxy.example", "no IPv4 address"),
        ("cluster.toml", "198.51.100.12", "198.51.100.11", "p1 and p2 are both"),
        ("cluster.toml", "198.51.100.31", "198.51.100.11", "e1 and the Asterisk of p1 would"),
        ("cluster.toml", "[pods.p1]", "[pods.e1]", "another name"),
        ("cluster.toml", "[pods.p1]\n", "[pods.p1]\ndrained = true\n", "all pods are drained"),
        ("firstline.toml", '["192.0.2.10", ', '["switch.example", ', "as `sources`"),
        ("firstline.toml", "vouches = true", "vouches = false", "does not know which"),
        (
            "firstline.toml",
            "vouches = true\ndials",
            "register = true\nuser = 'u'\nvouches = true\ndials",
            "register = true brings its calls to one pod",
        ),
        ("firstline.toml", "demo = false", "demo = true", "write demo = false"),
    ],
)
def test_what_cannot_work_is_refused(
    cluster: Path, file: str, old: str, new: str, said: str
) -> None:
    text = (cluster / file).read_text()
    (cluster / file).write_text(text.replace(old, new, 1))
    done = rendered(cluster)
    assert done.exit_code == 1
    assert said in done.output
    assert not (cluster / "out").exists()


def test_settings_are_read_with_their_secrets(cluster: Path) -> None:
    assert read_settings(cluster).secrets == {"billing": "token"}
