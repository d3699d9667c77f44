"""Other menus take the place of those in force."""

import asyncio
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ari_app.menus.live import Change, How, LiveMenus, MenuRelease, Release, Reloaded
from ari_app.menus.loading import menus
from ari_app.menus.watching import watch
from ivr.reader import version
from ivr.speech.cases import counted, unit
from ivr.values import Phrase
from prompts import wav
from prompts.catalogue import read
from prompts.media import PromptMedia
from prompts.pieces import SpokenText
from prompts.voice import Settings, Voice
from tests.ari.facts import until
from tests.session.scripted import FLOW, OPERATIONS, PROMPTS

pytestmark = pytest.mark.slow

TEXTS = "".join(f"{prompt}: Слово {number}.\n" for number, prompt in enumerate(PROMPTS))
WORDS = read({"ru.yaml": TEXTS})
OTHER = FLOW.replace('"1": balance, ', "")
HOURS = 'schedule: claims\ntimezone: UTC\nweek: { mon-fri: "09:00-18:00" }\n'
BROKEN = FLOW.replace("say: sorry", "say: sory").replace("then: main }", "then: mian }")


class Station:
    """Menus on a disk, and the releases of them that were put in force."""

    def __init__(self, directory: Path, voice: Voice) -> None:
        self.menus = directory / "menus"
        self.recordings = directory / "recordings"
        (self.menus / "prompts").mkdir(parents=True)
        self.flow = self.menus / "611.yaml"
        self.flow.write_text(FLOW)
        self.voice = voice
        self.put_on: list[tuple[MenuRelease, How]] = []
        self.orders: list[Release] = []
        self.fault: Exception | None = None
        self.live = LiveMenus(self.read(), self.read_aside, self.put)

    def read(self) -> MenuRelease:
        found = menus(self.menus, WORDS, OPERATIONS)
        return MenuRelease(found, PromptMedia(self.voice, found.catalogue, self.recordings))

    def read_aside(self) -> MenuRelease:
        assert threading.current_thread() is not threading.main_thread()
        return self.read()

    async def put(self, now: MenuRelease, order: Release) -> tuple[str, ...]:
        if self.fault:
            raise self.fault
        self.put_on.append((now, order.how))
        self.orders.append(order)
        return ("no caller can dial 7",)

    def text(self, language: str, text: str) -> None:
        """An own text."""
        (self.menus / "prompts" / f"{language}.yaml").write_text(text)


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with Voice(Settings(), tmp_path / "sounds") as voice:
        yield Station(tmp_path, voice)


async def test_a_changed_flow_is_put_in_force(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    before = station.live.now
    station.flow.write_text(OTHER)
    (station.menus / "112.yaml").write_text(FLOW.replace("611", "112"))
    done = await station.live.reload("SIGHUP")
    new = Change("112", "", version(FLOW.replace("611", "112")))
    changed = Change("611", version(FLOW), version(OTHER))
    assert done == Reloaded(flows=(new, changed), warnings=("no caller can dial 7",))
    assert station.put_on == [(station.live.now, "SIGHUP")]
    assert station.live.now.menus.sources["611"] == OTHER
    assert before.menus.sources == {"611": FLOW}
    assert f"menus reloaded (SIGHUP): 611: {version(FLOW)} -> {version(OTHER)}" in caplog.messages
    assert f"menus reloaded (SIGHUP): 112: new, {new.new}" in caplog.messages
    assert "no caller can dial 7" in caplog.messages
    (station.menus / "112.yaml").unlink()
    assert (await station.live.reload("SIGHUP")).changes() == (f"112: {new.new} -> gone",)


async def test_own_texts_are_spoken_before_they_are_in_force(station: Station) -> None:
    old = station.live.now
    station.text("ru", "bye: Всего хорошего.\n")
    station.text("en", "bye: Good bye.\n")
    done = await station.live.reload("reload")
    assert done.texts == ("bye (en)", "bye (ru)")
    assert not done.flows
    assert station.voice.find(SpokenText("Всего хорошего.", "ru"))
    assert station.voice.find(SpokenText("Good bye.", "en"))
    [(now, _)] = station.put_on
    assert now.reading.catalogue.template("bye", "ru")[1].source == "Всего хорошего."
    assert old.reading.catalogue.template("bye", "ru")[1].source.startswith("Слово")
    assert await now.reading.media([Phrase("bye")], "ru") != await old.reading.media(
        [Phrase("bye")], "ru"
    )


async def test_a_new_recording_is_put_in_force(station: Station) -> None:
    (station.recordings / "ru").mkdir(parents=True)
    wav.write(station.recordings / "ru" / "bye.wav", np.full(800, 0.1, dtype=np.float32))
    (station.recordings / "ru" / "by.gsm").touch()
    done = await station.live.reload("reload")
    assert done.changes() == ("recording: bye (ru)",)
    assert "no prompt by in ru" in done.warnings[0]
    assert await station.live.now.reading.media([Phrase("bye")], "ru") == [
        str(station.recordings / "ru" / "bye")
    ]


async def test_a_preview_says_in_words_what_would_change(station: Station) -> None:
    before = station.live.now
    station.flow.write_text(OTHER)
    (station.menus / "claims.yaml").write_text(HOURS)
    station.text("ru", "bye: Всего хорошего.\n")
    (station.recordings / "ru").mkdir(parents=True)
    wav.write(station.recordings / "ru" / "sorry.wav", np.full(800, 0.1, dtype=np.float32))
    words = (
        "flow 611: node main: key 1: balance -> nothing",
        f"prompt bye (ru): “{_said(before, 'bye')}” -> “Всего хорошего.”",
        "schedule claims: new",
        "recording sorry (ru): changed",
    )
    preview = await station.live.preview()
    assert preview.details == words
    assert (station.live.now, station.put_on) == (before, [])
    await station.live.reload("reload", "anna")
    assert station.orders == [Release("reload", "anna", words)]
    assert (await station.live.preview()).details == ()
    station.flow.write_text(BROKEN)
    assert "611.yaml:12:36" in (await station.live.preview()).problems[0]
    assert station.live.refused == (), "only a reload is rejected"


async def test_a_language_is_in_force_with_its_menus_alone(station: Station) -> None:
    """Neither a preview nor rejected menus change what values are spoken with."""
    file = station.menus / "languages" / "ru.yaml"
    file.parent.mkdir()
    file.write_text("minus: без\n")
    minus = partial(counted, -2, unit("day", "ru"), "ru")
    assert (await station.live.preview()).details == ("language ru: new",)
    assert minus() == "минус два дня"
    station.flow.write_text(BROKEN)
    assert (await station.live.reload("reload")).problems
    assert minus() == "минус два дня"
    station.flow.write_text(FLOW)
    assert (await station.live.reload("reload", "anna")).languages == ("ru",)
    assert minus() == "без два дня"
    assert station.orders == [Release("reload", "anna", ("language ru: new",))]
    file.unlink()
    assert (await station.live.reload("rollback")).changes() == ("language: ru (gone)",)
    assert minus() == "минус два дня"


async def test_hours_alone_are_put_in_force(station: Station) -> None:
    (station.menus / "claims.yaml").write_text(HOURS)
    assert (await station.live.reload("reload")).changes() == ("schedule: claims",)
    (station.menus / "claims.yaml").write_text(HOURS.replace("09:00", "10:00"))
    details = (await station.live.preview()).details
    assert details == ("schedule claims: other hours",)
    await station.live.reload("watch")
    assert station.live.now.menus.book.schedules["claims"].week == {"mon-fri": "10:00-18:00"}


def _said(release: MenuRelease, prompt: str) -> str:
    return release.menus.catalogue.template(prompt, "ru")[1].source


async def test_unchanged_files_stay_as_they_are(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    before = station.live.now
    assert await station.live.reload("watch") == Reloaded()
    assert not caplog.messages
    assert await station.live.reload("reload") == Reloaded()
    assert caplog.messages == ["menus reloaded (reload): nothing changed"]
    assert station.live.now is before
    assert not station.put_on


async def test_menus_that_do_not_check_are_rejected_whole_until_they_are_correct(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    before = station.live.now
    (station.menus / "112.yaml").write_text(FLOW.replace("611", "112"))
    station.flow.write_text(BROKEN)
    station.text("ru", "bye:\n")
    done = await station.live.reload("watch")
    assert station.live.now is before
    assert not station.put_on
    assert not done.changes()
    assert station.live.refused == done.problems
    for what in ("611.yaml:12:36", "611.yaml:13:17", "prompts/ru.yaml:1:5"):
        [problem] = [one for one in done.problems if what in one]
        assert f"menus rejected: {problem}" in caplog.messages
    assert "the old menus stay live" in caplog.messages[-1]
    caplog.set_level("INFO")
    (station.menus / "112.yaml").unlink()
    station.flow.write_text(FLOW)
    station.text("ru", "")
    assert await station.live.reload("watch") == Reloaded()
    assert station.live.refused == ()
    assert caplog.messages[-1] == "menus reloaded (watch): nothing changed"


async def test_menus_that_cannot_be_spoken_are_refused(station: Station, tmp_path: Path) -> None:
    before = station.live.now
    station.text("ru", "bye: До свидания.\n")
    (tmp_path / "sounds").rename(tmp_path / "moved")
    done = await station.live.reload("reload")
    assert "cannot be written" in done.problems[0]
    assert station.live.now is before
    (tmp_path / "moved").rename(tmp_path / "sounds")
    assert (await station.live.reload("reload")).texts == ("bye (ru)",)


async def test_a_fault_of_ours_hurts_no_call(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    before = station.live.now
    station.flow.write_text(OTHER)
    station.fault = RuntimeError("broken")
    assert "see the log of Firstline" in (await station.live.reload("reload")).problems[0]
    assert "RuntimeError: broken" in caplog.text
    assert station.live.now is before
    station.fault = None
    assert (await station.live.reload("reload")).flows
    station.fault = OSError(28, "No space left on device")
    station.flow.write_text(FLOW)
    assert "No space left" in (await station.live.reload("reload")).problems[0]


async def test_two_at_once_are_done_in_turn(station: Station) -> None:
    station.flow.write_text(OTHER)
    first, second = await asyncio.gather(
        station.live.reload("reload"), station.live.reload("SIGHUP")
    )
    assert first.flows
    assert second == Reloaded()
    assert [how for _, how in station.put_on] == ["reload"]


async def test_changed_files_are_noticed(tmp_path: Path) -> None:
    seen: list[dict[str, str]] = []

    async def changed() -> None:
        seen.append({path.name: path.read_text() for path in tmp_path.rglob("*.y*ml")})

    (tmp_path / "611.yaml").write_text("a")
    watching = asyncio.create_task(watch(tmp_path, changed, pause=0.01))
    await until(lambda: seen == [{"611.yaml": "a"}])
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ru.yml").write_text("b")
    await until(lambda: seen[1:] == [{"611.yaml": "a", "ru.yml": "b"}])
    part = tmp_path / ".part"
    part.write_text("c")
    part.replace(tmp_path / "611.yaml")
    await until(lambda: seen[2:] == [{"611.yaml": "c", "ru.yml": "b"}])
    (tmp_path / "611.yaml").unlink()
    await until(lambda: seen[3:] == [{"ru.yml": "b"}])
    watching.cancel()
