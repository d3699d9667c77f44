"""The settings of an installation: what is read, and the errors when it is wrong."""

from pathlib import Path

import pytest
from msgspec import convert

from ari_app.config.settings import Config, Site
from ari_app.config.state import FILE, ConfigError, State
from ari_app.demo.settings import OPERATOR, SETTINGS
from ari_app.main import pbx_site
from ari_app.main.installation import installation
from asterisk_conf.site import Queue
from tests.spoken import IN_MENUS


def state(tmp_path: Path, text: str | None = None) -> State:
    if text is not None:
        (tmp_path / FILE).write_text(text)
    return installation(tmp_path)


def refusal(tmp_path: Path, text: str, **environment: str) -> str:
    """What is said of wrong settings: one line that names the file or the variable."""
    with pytest.raises(ConfigError) as caught:
        state(tmp_path, text).config(environment)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    config = state(tmp_path).config({})
    own = {key: SETTINGS[key] for key in ("billing", "departments", "topics")}
    assert config == convert(
        {
            "site": Site(
                timezone="Europe/Minsk", numbers=("611", "111", "2690000"), languages=IN_MENUS
            ),
            "operator": OPERATOR,
            **own,
        },
        Config,
    )
    assert config.manages_asterisk
    assert config.ari_url == f"http://127.0.0.1:{config.ports.http}"


def test_the_file_and_then_the_environment(tmp_path: Path) -> None:
    text = '[site]\ndemo = true\nnumbers = ["611"]\n[ports]\nsip = 5070\n'
    text += '[ari]\nurl = "http://pbx:8088"\n'
    environment = {
        "FIRSTLINE_PORTS_SIP": "5080",
        "FIRSTLINE_SITE_NUMBERS": "611,112",
        "FIRSTLINE_SITE_DEMO": "false",
        "FIRSTLINE_SITE_TIMEZONE": "Asia/Almaty",
        "FIRSTLINE_SITE_LANGUAGES": "kk,ru",
        "FIRSTLINE_OPERATOR_NAME": "Jaryq",
        "FIRSTLINE_OPERATOR_COUNTRY": "KZ",
        "FIRSTLINE_OPERATOR_CURRENCY": "RUB",
        "FIRSTLINE_LOG_LEVEL": "DEBUG",
        "FIRSTLINE_ELSEWHERE": "1",
        "PATH": "/bin",
    }
    plain, overlaid = (state(tmp_path, text).config(each) for each in ({}, environment))
    assert (plain.ports.sip, plain.site.numbers, plain.site.demo) == (5070, ("611",), True)
    assert (overlaid.ports.sip, overlaid.site.numbers) == (5080, ("611", "112"))
    assert not overlaid.site.demo
    assert overlaid.log.level == "DEBUG"
    assert plain.ari_url == "http://pbx:8088"
    assert not plain.manages_asterisk


def test_a_setting_of_a_topic_of_the_demo_changes_that_alone(tmp_path: Path) -> None:
    text = '[topics.money]\ndue = 3\n[operator]\nname = { en = "Mine" }\n'
    config = state(tmp_path, text).config({})
    money = config.topics["money"]
    assert (money.due, money.department) == (3, "finance")
    assert config.topics.keys() == SETTINGS["topics"].keys()
    assert config.operator.name == {"en": "Mine"}, "a value of a setting is taken whole"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[ports\nsip = 5060", "correct the TOML"),
        ("[ports]\nsip = 5060\nsip = 5061", "correct the TOML"),
        ("[prots]\nsip = 5060", "there is no section [prots]: did you mean ports?"),
        ("[ports]\nspi = 5060", "[ports] has no spi: did you mean sip?"),
        (
            '[desk]\nwebhook_secret = "x"',
            "[desk] has no webhook_secret: secrets stand in secrets.toml",
        ),
        ('[voice]\nengin = "espeak"', "[voice] has no engin: did you mean engine?"),
        ('[ports]\nsip = "many"', "$.ports.sip"),
        ('[ari]\ntransport = "pigeon"', "$.ari.transport"),
        ("[ussd]\nport = 0", "$.ussd.port"),
        ('[ussd]\nallow = ["gateway"]', "'gateway' does not appear to be an IPv4 or IPv6 network"),
        ("ports = 5060", "$.ports"),
        ('[billing]\nkind = "tmforum"', "needs a url, such as https://"),
        ("[billing]\ntimeout = 0", "$.billing.timeout"),
        ("[queues.support]\nwrapp = 5", "[queues.…] has no wrapp: did you mean wrapup?"),
        ("[queues]\nwrapup = 5", "$.queues"),
    ],
)
def test_a_wrong_file_is_reported_in_a_line(tmp_path: Path, text: str, reason: str) -> None:
    message = refusal(tmp_path, text)
    assert str(tmp_path / FILE) in message
    assert reason in message


def test_a_queue_is_described_under_its_name(tmp_path: Path) -> None:
    """And is one of those of Asterisk, as are those that are only named."""
    text = """
        site.queues = ["support", "claims"]
        [queues.support]
        wrapup = 15
        agents = { anna = 0, boris = 2 }
        circles = { 0 = 1, 30 = 9 }
        [queues."quiet-room"]
    """
    config = state(tmp_path, text).config({})
    support, claims, quiet = pbx_site.queues_of(config)
    assert [one.name for one in (support, claims, quiet)] == ["support", "claims", "quiet-room"]
    assert (support.wrapup, support.agents, support.circles) == (
        15,
        {"anna": 0, "boris": 2},
        {0: 1, 30: 9},
    )
    assert (claims, quiet) == (Queue("claims"), Queue("quiet-room"))


def test_a_wrong_variable_names_the_nearest(tmp_path: Path) -> None:
    message = refusal(tmp_path, "", FIRSTLINE_PORTS_SPI="5060")
    assert message == "FIRSTLINE_PORTS_SPI: [ports] has no spi: did you mean sip?"


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="correct the TOML"):
        installation(tmp_path).config({})


# The directory.


def test_it_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    made = installation(tmp_path / "a" / "b")
    made.make()
    made.make()
    assert made.directory.stat().st_mode & 0o777 == 0o700


def test_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "way").touch()
    for directory in (tmp_path / "way", tmp_path / "way" / "state"):
        with pytest.raises(ConfigError, match=r"cannot be written .*name another with --state"):
            installation(directory).make()


def test_the_first_settings_are_read_back_and_kept(tmp_path: Path) -> None:
    first = state(tmp_path)
    first.configure(100)
    assert first.config({}).ports == Config().ports.shifted(100)
    first.configure(0)
    assert first.config({}).ports == Config().ports.shifted(100)
    with pytest.raises(ConfigError, match="change them there"):
        first.configure(200)


# Secrets.


def test_secrets_are_made_once_and_read_by_their_owner_alone(tmp_path: Path) -> None:
    keys = installation(tmp_path).keys()
    file = tmp_path / "secrets.toml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.toml"]
    assert installation(tmp_path).keys() == keys
    assert keys.ari != keys.ami
    assert len(keys.ari.reveal()) >= 32
    for secret in (keys.ari, keys.ami, keys.pepper, keys.ussd):
        assert secret.reveal() not in repr(keys) + str(keys)


def test_an_installation_of_before_gets_the_secrets_that_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('ari = "mine"\nami = "too"')
    keys = installation(tmp_path).keys()
    assert (keys.ari.reveal(), keys.ami.reveal()) == ("mine", "too")
    assert len(keys.pepper.reveal()) >= 32
    assert len(keys.ussd.reveal()) >= 32
    assert installation(tmp_path).keys() == keys
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_the_administrator_wrote_before_the_first_start_is_no_damage(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('billing = "a-token"\n[operations]\nshop = "theirs"\n')
    keys = installation(tmp_path).keys()
    assert (keys.billing.reveal(), len(keys.ari.reveal()) >= 32) == ("a-token", True)
    assert file.read_text().endswith('shop = "theirs"\n')
    assert installation(tmp_path).keys() == keys


def test_two_installations_have_other_secrets(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert installation(tmp_path / "a").keys() != installation(tmp_path / "b").keys()


@pytest.mark.parametrize("text", ["", "ari = ", 'ari = "x"\n'])
def test_damaged_secrets_say_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.toml").write_text(text)
    (tmp_path / "firstline.db").touch()  # so they are those of callers
    with pytest.raises(ConfigError, match=r"secrets\.toml is damaged .*restore a copy.*remove it"):
        installation(tmp_path).keys()


def test_the_token_of_a_billing_is_the_operators(tmp_path: Path) -> None:
    assert installation(tmp_path).keys().billing.reveal() == ""
    with (tmp_path / "secrets.toml").open("a") as file:
        file.write('billing = "a-token"\n')
    assert installation(tmp_path).keys().billing.reveal() == "a-token"


def test_relative_paths_are_beside_the_file_that_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service's file is elsewhere, and linked to; the current directory does not matter."""
    etc, lib = tmp_path / "etc", tmp_path / "lib"
    for directory in (etc, lib):
        directory.mkdir()
    text = '[menus]\ndirectory = "menus"\n[voice]\nrecordings = "../studio"\n'
    text += '[cabinet]\ncertificate = "my.pem"\n[asterisk]\nca = "carriers.pem"\n'
    (etc / FILE).write_text(text + '[tls.crm]\nca = "ca.pem"\nkey = "/keys/crm.pem"\n')
    (lib / FILE).symlink_to(etc / FILE)
    monkeypatch.chdir("/")
    config = installation(lib).config({"FIRSTLINE_AGI_SPOOL": "spool"})
    assert config.menus.directory == str(etc / "menus")
    assert Path(config.voice.recordings).resolve() == tmp_path / "studio"
    assert (config.tls["crm"].ca, config.tls["crm"].key) == (str(etc / "ca.pem"), "/keys/crm.pem")
    assert config.cabinet.certificate == str(etc / "my.pem")
    assert config.asterisk.ca == str(etc / "carriers.pem")
    assert (config.agi.spool, config.voice.path) == ("spool", "")
