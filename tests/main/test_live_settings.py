"""What a reload of the settings puts in force, and what waits for a start."""

from pathlib import Path

import pytest

from ari_app.config.settings import Config
from ari_app.config.starter_menu import starter_menu
from ari_app.main import voices
from ari_app.main.installation import installation
from ari_app.main.live_settings import LiveSettings, changed
from ari_app.menus.loading import FlowsError
from ari_app.outbound.answered import WAY
from prompts.voice import Voice
from tests.docs.test_languages import BLOCKS

OLD = '[site]\nnumbers = ["611"]\nlanguages = ["ru", "en"]\n[voice]\nengine = "espeak"\n'


def config(directory: Path, text: str) -> Config:
    state = installation(directory)
    state.make()
    (directory / "firstline.toml").write_text(text)
    return state.config({})


@pytest.mark.parametrize(
    ("new", "by_day", "at_start"),
    [
        (OLD, (), ()),
        (OLD.replace('"611"', '"611", "612"'), ("[site] numbers",), ()),
        (f"{OLD}pause = 1.5\n[voice.en]\nrate = 120\n", ("[voice]",), ()),
        (f"{OLD}[queues.support]\nring = 9\n", ("[queues]",), ()),
        (f"{OLD}[canary]\nleast = 50\n", ("[canary]",), ()),
        (f"{OLD}[desk]\nhttps = true\n[ports]\nsip = 7000\n", (), ("[ports]", "[desk]")),
        (OLD.replace("[site]", "[site]\ndead_man = 60"), (), ("[site]",)),
    ],
)
def test_what_changes_when(
    tmp_path: Path, new: str, by_day: tuple[str, ...], at_start: tuple[str, ...]
) -> None:
    assert changed(config(tmp_path, OLD), config(tmp_path, new)) == (by_day, at_start)


async def test_settings_are_taken_and_given_back(tmp_path: Path) -> None:
    old = config(tmp_path, OLD)
    state = installation(tmp_path)
    trunk = '[trunk.carrier]\naddress = "192.0.2.1"\nvouches = false\n'
    new = config(tmp_path, f"{OLD}[desk]\nhttps = true\n{trunk}[queues.support]\nwrapup = 77\n")
    async with Voice(voices.settings(old, state), tmp_path / "sounds") as voice:
        live = LiveSettings(old, state, voice)
        wrapups, forgeable = live.wrapups, live.forgeable
        before = await live.take(new)
        assert (wrapups["support"], forgeable) == (77, {"PJSIP/carrier", WAY})
        assert not live.config.desk.https, "the desk is served until the next start"
        assert live.read().reading.voice is voice
        await live.give_back(before)
        assert (wrapups["support"], forgeable, live.config) == (30, {WAY}, old)
        louder = config(tmp_path, f"{OLD}[voice.en]\nrate = 120\n")
        await live.take(louder)
        other = live.read().reading.voice
        assert other is not voice
        assert other.pid is not None
        await live.close()
        assert voice.pid is not None, "it is not ours to end"


async def test_menus_without_a_language_that_the_settings_name_are_refused(tmp_path: Path) -> None:
    """Else nothing could read these settings any more, a command as little as the next start."""
    menus = tmp_path / "menus"
    for name, text in starter_menu(("ru",), ("611",), "support").items():
        (menus / name).parent.mkdir(parents=True, exist_ok=True)
        (menus / name).write_text(text)
    own = menus / "languages" / "lt.yaml"
    own.parent.mkdir()
    own.write_text(BLOCKS["lt"])
    text = OLD.replace('"en"', '"lt"')
    here = config(tmp_path, f'{text}[menus]\ndirectory = "{menus}"\n')
    state = installation(tmp_path)
    async with Voice(voices.settings(here, state), tmp_path / "sounds") as voice:
        live = LiveSettings(here, state, voice)
        assert live.read().menus.languages.keys() == {"lt"}
        own.unlink()
        with pytest.raises(FlowsError, match=r"\[site\] languages: 'lt' is not a language"):
            live.read()
