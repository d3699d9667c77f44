"""Who speaks which language, by the settings and by what is there."""

from pathlib import Path

import pytest

from ari_app.config.state import ConfigError, State
from ari_app.main import voices
from ari_app.main.installation import installation
from asterisk_conf.debian_packages import ArchiveError
from prompts.rhvoice_files import find


def unpacked(root: Path, *names: str) -> Path:
    """What an unpacked RHVoice looks like from outside."""
    libraries = root / "usr/lib/any-linux-gnu"
    libraries.mkdir(parents=True)
    for name in ("libRHVoice_core.so.7", "libRHVoice.so.5"):
        (libraries / name).touch()
    for name, language in (each.split(":") for each in names):
        for rate in ("16000", "24000"):
            (root / "usr/share/RHVoice/voices" / name.lower() / rate).mkdir(parents=True)
        info = root / "usr/share/RHVoice/voices" / name.lower() / "voice.info"
        info.write_text(f"name={name}\nlanguage={language}\ngender=female\n")
    return root


@pytest.fixture
def state(tmp_path: Path) -> State:
    return installation(tmp_path / "state")


@pytest.fixture
def here(state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    """An installation that has RHVoice; nothing of it is on the system."""
    monkeypatch.setattr("prompts.rhvoice_files._SYSTEM", state.directory / "none")
    unpacked(state.rhvoice, "Irina:Russian", "Anna:Russian", "Slt:English", "Arina:Russian")
    return state


def speakers(state: State, text: str = "") -> dict[str, str]:
    """Language -> engine and voice."""
    state.make()
    (state.directory / "firstline.toml").write_text(text)
    found = voices.settings(state.config({}), state).speakers
    return {language: str(speaker) for language, speaker in found.items()}


def test_rhvoice_speaks_what_it_has_voices_of(here: State) -> None:
    assert speakers(here) == {"ru": "rhvoice:Irina", "be": "espeak:zle/be", "en": "rhvoice:SLT"}


@pytest.mark.parametrize(
    ("settings", "spoken"),
    [
        ('[voice]\nengine = "espeak"', "espeak:zle/ru espeak:zle/be espeak:gmw/en"),
        ('[voice]\nengine = "rhvoice"', "rhvoice:Irina espeak:zle/be rhvoice:SLT"),
        ('[voice.ru]\nvoice = "Anna"', "rhvoice:Anna espeak:zle/be rhvoice:SLT"),
        ('[voice.en]\nengine = "espeak"', "rhvoice:Irina espeak:zle/be espeak:gmw/en"),
        ('[voice.be]\nengine = "rhvoice"\nvoice = "X"', "rhvoice:Irina rhvoice:X rhvoice:SLT"),
        (
            '[voice]\nengine = "espeak"\n[voice.be]\nvoice = "zle/be+f3"',
            "espeak:zle/ru espeak:zle/be+f3 espeak:gmw/en",
        ),
        (
            '[voice.be]\nengine = "http"\nurl = "http://127.0.0.1:1/"\nvoice = "v"',
            "rhvoice:Irina http:v rhvoice:SLT",
        ),
    ],
)
def test_the_settings_choose(here: State, settings: str, spoken: str) -> None:
    assert " ".join(speakers(here, settings).values()) == spoken


def test_without_rhvoice_espeak_speaks_with_its_own_voices(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompts.rhvoice_files._SYSTEM", state.directory / "none")
    said = speakers(state, '[voice.ru]\nvoice = "Anna"')
    assert said == {"ru": "espeak:zle/ru", "be": "espeak:zle/be", "en": "espeak:gmw/en"}
    assert voices.wanted(state.config({}), state)
    assert speakers(state, '[voice]\nengine = "rhvoice"')["ru"] == "rhvoice:Irina"  # an error at up


def test_another_directory_serves_several_installations(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompts.rhvoice_files._SYSTEM", tmp_path / "none")
    unpacked(tmp_path / "shared", "Irina:Russian")
    assert speakers(state, f'[voice]\npath = "{tmp_path / "shared"}"')["ru"] == "rhvoice:Irina"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('[voice.xx]\nvoice = "x"', "[voice.…]: 'xx' is not a language"),
        ("[voice.ru]\nspeed = 1", "[voice.…] has no speed"),
        ("[voice.ru]\nrate = 10", "Expected `int` >= 40"),
        ('[voice.ru]\nengine = "http"', "the engine http needs a url"),
        ('[voice.ru]\nurl = "http://a:b@c/"', "write voice_token in secrets.toml"),
        ('[voice.ru]\nlexicon = { "a" = "!" }', "lexicon: 'a' = '!' says nothing"),
    ],
)
def test_settings_that_are_wrong(here: State, settings: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        speakers(here, settings)
    assert reason in str(caught.value)


def test_the_token_of_a_speech_server_is_a_secret(here: State) -> None:
    here.make()
    here.keys()
    secrets = here.directory / "secrets.toml"
    secrets.write_text(secrets.read_text() + 'voice_token = "sesame"\n')
    here.configure(0, "auto")
    asks = '[voice.be]\nengine = "http"\nurl = "http://127.0.0.1:1/"\n'
    assert voices.settings(here.config({}), here).token == ""
    (here.directory / "firstline.toml").write_text(asks)
    assert voices.settings(here.config({}), here).token == "sesame"
    assert "sesame" not in repr(here.keys())


def test_only_free_voices_of_the_rate_of_the_telephone_are_kept(tmp_path: Path) -> None:
    root = unpacked(tmp_path / "part", "Irina:Russian", "Arina:Russian", "Slt:English")
    voices._trim(root)
    found = find(root)
    assert found is not None
    assert list(found.voices()) == [("ru", "Irina"), ("en", "SLT")]
    assert not list(root.rglob("24000"))
    assert "quality=min" in (found.config / "RHVoice.conf").read_text()
    with pytest.raises(ArchiveError, match="other files"):
        voices._trim(unpacked(tmp_path / "other", "Arina:Russian"))


def unreachable(*_: object) -> None:
    raise ArchiveError("the archive cannot be reached")


def test_an_archive_that_cannot_be_reached(
    state: State, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One loud line; an installation that insists on RHVoice does not start."""
    monkeypatch.setattr("prompts.rhvoice_files._SYSTEM", state.directory / "none")
    monkeypatch.setattr(voices, "install", unreachable)
    caplog.set_level("INFO")
    state.make()
    config = state.config({})
    assert voices.provide(config, state, lambda *_: None) is False
    [first, loud] = caplog.records
    assert "141 MB" in first.getMessage()
    assert "--voice espeak" in first.getMessage()
    assert loud.levelname == "WARNING"
    assert "NO GOOD VOICE" in loud.getMessage()
    assert "cannot be reached" in loud.getMessage()
    insists = state.config({"FIRSTLINE_VOICE_ENGINE": "rhvoice"})
    with pytest.raises(ArchiveError):
        voices.provide(insists, state, lambda *_: None)
    declined = state.config({"FIRSTLINE_VOICE_ENGINE": "espeak"})
    assert voices.provide(declined, state, lambda *_: None)
    assert len(caplog.records) == 3
