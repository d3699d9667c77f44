"""What is gathered: of a console's answers, of directories, of the machine."""

import os
import struct
import time
from pathlib import Path

import pytest

from ari_app.doctor import read_files, read_live, read_machine
from ari_app.doctor.examine import examined
from ari_app.doctor.facts import Member, OpenPages, Queue
from ari_app.main import examination
from ari_app.main.installation import installation
from asterisk_conf.discovery import PbxError
from tests.doctor.test_doctor import NAMED, files

ANSWERS = {
    "core show version": "Asterisk 22.10.1+dfsg built by pbuilder @ buildd on a x86_64\n",
    "module show": "Module            Description       Use Count  Status      Support Level\n"
    + "".join(
        f"{name}.so      it is there      0          Running              core\n" for name in NAMED
    )
    + "res_odd.so    it is not    0          Not Running      core\n80 modules loaded\n",
    "logger show channels": """Logger queue limit: 1000

Channel                             Type     Formatter  Status    Configuration
-------                             ----     ---------  ------    -------------
/var/log/asterisk/messages.log      File     default    Enabled    - NOTICE WARNING ERROR
                                    Console  default    Enabled    - NOTICE WARNING DTMF
""",
    "queue show": """\
claims has 0 calls (max unlimited) in 'rrmemory' strategy (0s holdtime), W:0
   Members:
      Olga (PJSIP/702) (ringinuse disabled) (Unavailable) has taken no calls yet
      Anna (a) (PJSIP/701) (dynamic) (paused:lunch was 9 secs ago) (Not in use) has taken 4 calls
   No Callers

support has 2 calls (max unlimited) in 'rrmemory' strategy (0s holdtime), W:0
   Members:
      Local/703@from-queue/n (dynamic) (In use) has taken no calls yet
   Callers:
      1. PJSIP/1001-00000001 (wait: 0:07, prio: 0)

empty has 0 calls (max unlimited) in 'ringall' strategy (0s holdtime), W:0
   No Members
   No Callers
""",
    "core show channels concise": (
        "PJSIP/1001-00000001!firstline!611!4!Up!Stasis!firstline,611!375291234567!!!3!7!!1795987.1\n"
        "PJSIP/1002-00000002!firstline!611!4!Up!Stasis!firstline,611!375291234568!!!3!7!!1795987.2\n"
        "PJSIP/1003-00000003!other!1!1!Up!Stasis!another,1!375291234569!!!3!7!!1795987.3\n"
        "PJSIP/1004-00000004!firstline-queue!support!9!Up!Queue!support!375!!!3!7!!1795987.4\n"
    ),
}


def test_a_console_is_read() -> None:
    live = read_live.live(ANSWERS.__getitem__)
    assert live.version == "22.10.1+dfsg"
    assert live.modules == NAMED
    assert live.log_levels == {"notice", "warning", "error", "dtmf"}
    assert live.queues == (
        Queue(
            "claims", (Member("PJSIP/702", "Unavailable"), Member("PJSIP/701", "Not in use", True))
        ),
        Queue("support", (Member("Local/703@from-queue/n", "In use"),), 2),
        Queue("empty"),
    )
    inside = read_live.inside(ANSWERS.__getitem__, "firstline")
    assert inside == {"1795987.1", "1795987.2"}


def wav(file: Path, rate: int, channels: int = 1) -> Path:
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2, 2, 16)
    file.write_bytes(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + form + b"data\0\0\0\0")
    return file


@pytest.fixture
def asterisk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of an Asterisk of the machine, all in order."""
    etc = tmp_path / "etc"
    (etc / "more").mkdir(parents=True)
    for name, text in files("good").items():
        (etc / name).write_text(text)
    for place in ("spool", "log", "data/moh", "data/sounds/custom", "run"):
        (tmp_path / place).mkdir(parents=True)
    (etc / "asterisk.conf").write_text(
        "[directories]\n"
        + "".join(
            f"ast{name}dir => {tmp_path / name}\n" for name in ("spool", "log", "data", "run")
        )
    )
    monkeypatch.setattr(examination, "SYSTEM", etc)
    monkeypatch.setattr(examination, "AGAIN", 0.0)
    return tmp_path


async def test_the_asterisk_of_the_machine_is_examined(
    asterisk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wav(asterisk / "data/moh/jazz.wav", 44100, 2)
    wav(asterisk / "data/sounds/custom/good.wav", 8000)
    ahead = asterisk / "log" / "messages.log"
    ahead.touch()
    os.utime(ahead, (time.time(), time.time() + 3600))
    state = installation(asterisk / "none")
    found = await examination.of_installation(state)
    assert "Asterisk does not run" in found.without
    ids = {one.id for one in examined(found.facts)} - {"clock-free", "disk-low", "own-name"}
    assert ids == {"sound-format", "clock-jumped"}

    running = examination._Running(os.getpid(), ANSWERS.__getitem__)
    monkeypatch.setattr(examination, "_system", lambda _: running)
    found = await examination.of_installation(state)
    assert found.without == ""
    more = {one.id for one in examined(found.facts)} - {
        "clock-free",
        "disk-low",
        "own-name",
        "files-few",
    }
    assert more == ids | {"keys-logged", "channel-leaked", "queue-silent"}
    assert found.facts.live is not None
    assert found.facts.live.leaked == ("1795987.1", "1795987.2")


async def test_one_that_does_not_answer_is_examined_by_its_files(
    asterisk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(_: str) -> str:
        raise PbxError("Asterisk did not answer in 10 s; restart it")

    monkeypatch.setattr(examination, "_system", lambda _: examination._Running(None, deaf))
    found = await examination.of_installation(installation(asterisk / "none"))
    assert found.without == "Asterisk was not asked: Asterisk did not answer in 10 s; restart it"
    assert found.facts.live is None


def test_included_files_are_found_wherever_they_are(tmp_path: Path) -> None:
    etc, custom = tmp_path / "etc", tmp_path / "custom"
    etc.mkdir()
    custom.mkdir()
    (etc / "http.conf").write_text(f'#include "{custom}/*.inc"\n#tryinclude "none.conf"\n')
    (custom / "a.inc").write_text("[general]\n#include b.inc\n")
    (custom / "b.inc").write_text("enabled = yes\n")
    found = read_files.configuration(etc)
    assert {Path(path).name for path in found} == {"http.conf", "a.inc", "b.inc"}
    with pytest.raises(read_files.ReadError, match="has no configuration"):
        read_files.configuration(custom)


def test_the_machine_is_looked_at(tmp_path: Path) -> None:
    seen = read_machine.machine(os.getpid(), [tmp_path, tmp_path / "none"])
    assert seen.name
    assert [one.path for one in seen.disks] == [str(tmp_path)]
    assert 0 < seen.open_files < seen.most_files
    gone = read_machine.machine(None, [])
    assert (gone.open_files, gone.most_files, gone.disks) == (0, 0, ())


async def test_pages_are_open_without_tls(asterisk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = installation(asterisk / "open")
    state.make()
    settings = '[cabinet]\nenabled = true\nhost = "0.0.0.0"\n'
    (state.directory / "firstline.toml").write_text(settings)
    monkeypatch.setattr(examination, "_system", lambda _: None)
    found = (await examination.of_installation(state)).facts
    assert found.open_pages == (OpenPages("cabinet", "0.0.0.0"),)
