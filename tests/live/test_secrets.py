"""What is keyed as a secret is written nowhere, on a whole installation with all logs turned up."""

import asyncio
import re
import resource
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.control.client import ControlClient
from ari_app.control.live_feed import CallEvent
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone, Texted
from ari_app.phone.listen import heard
from ivr.identity.keypad import key_form
from tests.deadlines import until, within
from tests.heard import assert_heard
from tests.live.installation import Installation, installed
from tests.live.leaks import holds, leaks

pytestmark = pytest.mark.live

NUMBER = "375990000001"
WORD = "Жёлтый-дирижабль"
KEYS, WRONG, NEW = key_form(WORD), "7391846205", "8402957316"
SECRETS = (WORD, KEYS, WRONG, NEW)

SETTINGS = """
[log]
level = "DEBUG"
[ussd]
menu = "*0#"
"""
RECORDING = """
[firstline-subscribers]
exten => 800,1,MixMonitor({},b)
 same => n,Goto(firstline,611,1)
"""
LOUD = (
    "core set verbose 10",
    "core set debug 10",
    "pjsip set logger on",
    "rtp set debug on",
    "ari set debug all on",
)

BREAKING = """
import argon2, os

def broken(self, hash, password):
    if os.path.exists(os.environ["BREAKING"]):
        raise RuntimeError("the check of the word broke")
    return verify(self, hash, password)

verify, argon2.PasswordHasher.verify = argon2.PasswordHasher.verify, broken
"""


TEXTS = (
    ("привет", "Здравствуйте"),
    ("7", "Потерян телефон"),
    ("6", "Сменить кодовое слово"),
    ("1", "Кодовое слово из"),
    (WRONG, "не подошло"),
    # The others answer a menu that asks whether to try again.
    (KEYS, "Такого пункта здесь нет"),
    (WORD, "Соединить отсюда не получится"),
    ("*100#", "На вашем счёте"),
)
"""What is texted, and what stands in the page that answers it."""


class Call:
    """A caller who keys what is asked, and the events of the call that a watcher saw."""

    def __init__(self, phone: Phone, events: AsyncIterator[CallEvent]) -> None:
        self._phone = phone
        self._events = events
        self.seen: list[str] = []

    async def asked(self, prompt: str, keys: str) -> None:
        """Hear a prompt begin, then key something."""
        await self.hears(prompt)
        for key in keys:  # each when the last one is out: of fast ones a busy exchange loses some
            await self._phone.press(key)

    async def hears(self, prompt: str) -> None:
        async with within(30):
            async for event in self._events:
                self.seen.append(repr(event))
                if prompt in event.prompts:
                    return


@pytest.fixture(scope="module")
def breaking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that breaks all checks of words as long as it is there."""
    directory = tmp_path_factory.mktemp("breaking")
    (directory / "sitecustomize.py").write_text(BREAKING)
    return directory / "broken"


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory, breaking: Path) -> Iterator[Installation]:
    """An installation with all logs turned up, and a word of the first subscriber's."""
    more = {
        "PYTHONPATH": str(breaking.parent),
        "BREAKING": str(breaking),
        "PYTHONFAULTHANDLER": "1",
        "PYTHONASYNCIODEBUG": "1",
    }
    cores = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (cores[1], cores[1]))
    with installed(tmp_path_factory.mktemp("loud") / "state", SETTINGS, environment=more) as one:
        for command in LOUD:
            one.ordered(command)
        set_word(one, WORD)
        yield one
    resource.setrlimit(resource.RLIMIT_CORE, cores)


def set_word(one: Installation, word: str) -> None:
    """Whatever became of the code word in another test."""
    done = one.run("subscribers", "set-code-word", NUMBER, "--stdin", given=f"{word}\n")
    assert (done.returncode, done.stdout) == (0, "the code word is set\n"), done.stderr


@asynccontextmanager
async def calling(one: Installation, number: str = "611") -> AsyncIterator[Call]:
    """A call that stands where another code word is asked for."""
    async with (
        ControlClient(installation(one.state).control).watch() as events,
        Phone(one.subscriber()) as phone,
    ):
        call = Call(phone, events)
        await phone.dial(number)
        await phone.wait(Connected)
        await call.asked("main-menu", "76")
        await call.asked("word-which", "1")
        yield call
        await phone.hangup()
        await phone.wait(Disconnected)


def written(one: Installation) -> list[str]:
    """Where one of the secrets stands, in what is on the disk or in what commands print."""
    listed = one.out("calls", "list", "--limit", "100")
    shown = [one.out("calls", "show", line.split()[0]) for line in listed.splitlines()]
    person = one.out("subscribers", "show", NUMBER)
    texts = [listed, *shown, person, one.run("status", "--json").stdout]
    return leaks(one.state, *SECRETS) + [text for text in texts if any(map(text.count, SECRETS))]


async def test_a_code_word_is_keyed_keyed_wrong_and_changed(loud: Installation) -> None:
    async with calling(loud) as call:
        await call.asked("code-word-ask", f"{WRONG}#")
        await call.asked("code-word-wrong", "1")
        await call.asked("code-word-ask", f"{KEYS}#")
        await call.asked("word-new", f"{NEW}#")
        await call.asked("word-again", f"{NEW}#")
        await call.hears("word-changed")
    path = await asyncio.to_thread(loud.last_call)
    assert path.count("key secret") == 4
    outcomes = re.findall(r"(?:check|change) \(do\)  -> ([a-z]+)", path)
    assert outcomes == ["wrong", "ok", "ok"], path
    assert not any(holds(event, secret) for event in call.seen for secret in SECRETS)
    assert written(loud) == []


async def test_a_code_word_is_sent_in_texts(loud: Installation) -> None:
    async with Phone(loud.subscriber()) as phone:
        await phone.register()
        for text, page in TEXTS:
            await phone.text("611", text)
            while page not in (await phone.wait(Texted)).text:
                pass

    def shown() -> str:
        """The way of the session of 611, once it is kept."""
        recent = loud.out("calls", "list", "--limit", "2").splitlines()
        paths = [loud.out("calls", "show", line.split()[0]) for line in recent]
        return next((path for path in paths if "dialled 611 over ussd" in path), "")

    await asyncio.to_thread(until, shown, 20)
    path = await asyncio.to_thread(shown)
    assert path.count("key secret") == 1, path
    assert path.count("code-word-wrong  -> ") == 2, path
    assert written(loud) == []


async def test_an_exchange_may_record_conversations_alone(loud: Installation) -> None:
    """As docs/subscribers.md says: what is keyed before it is no part of what MixMonitor keeps."""
    whole, words = loud.state / "whole.wav", loud.said("payments-none")
    await asyncio.to_thread(set_word, loud, NEW)
    with (loud.state / "asterisk" / "etc" / "extensions.conf").open("a") as dialplan:
        dialplan.write(RECORDING.format(whole))
    loud.ordered("dialplan reload")
    async with Phone(loud.agent()) as anna, calling(loud, "800") as call:
        await anna.register()
        await call.asked("code-word-ask", f"{NEW}#")
        await call.asked("word-new", "*")
        await call.asked("more-menu", "0")
        await anna.wait(Incoming, timeout=30)
        await anna.answer()
        await anna.play(words)
        await anna.hangup()
    assert_heard(whole, words)
    assert not heard(whole, loud.said("main-menu"), first=2).heard
    assert not heard(whole, loud.said("word-new"), first=2).heard
    assert written(loud) == []


async def test_the_check_of_a_word_breaks(loud: Installation, breaking: Path) -> None:
    """The caller is with the agents then, and the log says why."""
    breaking.touch()
    try:
        async with calling(loud) as call:
            await call.asked("code-word-ask", f"{WRONG}#")
            await asyncio.to_thread(loud.queued, 1)
    finally:
        breaking.unlink()
    assert "RuntimeError: the check of the word broke" in loud.log.read_text()
    assert written(loud) == []


async def test_the_application_dies_while_a_word_is_keyed(loud: Installation) -> None:
    """The last test: it is not up any more. A core of it would hold the word."""
    for pid in ("application", "voice", "asterisk"):
        limits = Path(f"/proc/{loud.status().pids[pid]}/limits").read_text()
        assert re.search("Max core file size +0 ", limits), pid
    async with Phone(loud.subscriber()) as phone:
        await phone.dial("611")
        await phone.wait(Connected)
        await phone.press("761")
        await phone.press(WRONG)
        await asyncio.to_thread(loud.kill, signal.SIGABRT)
        await phone.hangup()
        await phone.wait(Disconnected)
    assert "Fatal Python error: Aborted" in loud.log.read_text()
    assert leaks(loud.state, *SECRETS) == []


@pytest.mark.parametrize(
    "text",
    [
        "DEBUG Keyed('7391846205')",
        'DEBUG ["7", "3", "9", "1", "8", "4", "6", "2", "0", "5"]',
        *("".join(f"12:00:0{at} DEBUG c-1.4{each}key {key}{each}{at}00 ms\n" for at, key in
                  enumerate("7391846205")) for each in (" ", " '")),
        "WARNING no such word: ЖЁЛТЫЙ ДИРИЖАБЛЬ",
        '{"word": "\\u0416\\u0451\\u043b\\u0442\\u044b\\u0439-'
        '\\u0434\\u0438\\u0440\\u0438\\u0436\\u0430\\u0431\\u043b\\u044c"}',
    ],
)  # fmt: skip
def test_the_search_finds_a_leak(tmp_path: Path, text: str) -> None:
    (tmp_path / "quiet.log").write_text("7 391 846 206 жёлтый")
    (tmp_path / "leak.log").write_text(text)
    assert leaks(tmp_path, WRONG, WORD) == ["leak.log"]
