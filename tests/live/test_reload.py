"""Other menus while calls go on."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from msgspec import json

from ari_app.commands.canary import Both
from ari_app.menus.loading import SHIPPED
from ari_app.phone.handset import Connected, Disconnected, Phone
from ari_app.phone.listen import heard
from ivr.acd.canary import CanaryLimits, broken, takes
from tests.deadlines import pause, until
from tests.heard import LOSSY, assert_heard
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

OLD = "main-menu"
OWN = "Это новое меню. Баланс, нажмите семь."
BROKEN = 'flow: "611"\nlanguages: [ru]\nstart: nowhere\nnodes: { news: { end: [] } }\n'


LIMITS = CanaryLimits(least=3, seconds=0)
ROLLED_BACK = ": rolled back: "
UKRAINIAN = """flow: "651"
numbers: ["651"]
languages: [uk]
start: hello
nodes: { hello: { end: ours-hello } }
"""


class Menus:
    """An installation whose menus are changed while it runs."""

    def __init__(self, firstline: Installation, directory: Path) -> None:
        self.firstline = firstline
        self.flow = directory / "611.yaml"
        self.shipped = self.flow.read_text()
        self.texts = directory / "prompts"

    def change(self) -> None:
        """Balance is on key 7 now, in words of its own."""
        old, new = '"7": more, "8"', '"1": more, "8"'  # of the menus of subscribers
        swapped = self.shipped.replace('"1": money', '"7": money')
        self.flow.write_text(swapped.replace(old, new))
        self.texts.mkdir(exist_ok=True)
        (self.texts / "ru.yaml").write_text(f"{OLD}: {OWN}\n")

    def versions(self) -> list[str]:
        return self.firstline.out("flows", "versions", "611").splitlines()

    def refused(self) -> bool:
        return bool(self.firstline.status().menus.refused)


@pytest.fixture
def menus(tmp_path: Path) -> Iterator[Menus]:
    directory = tmp_path / "menus"
    shutil.copytree(SHIPPED, directory, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    settings = f'[menus]\ndirectory = "{directory}"\n[canary]\nleast = 3\nseconds = 0\n'  # LIMITS
    with installed(tmp_path / "state", settings) as one:
        yield Menus(one, directory)


async def test_a_call_ends_on_the_menus_it_began_with(menus: Menus, tmp_path: Path) -> None:
    one = menus.firstline
    old_menu = one.said(OLD).rename(tmp_path / "old.wav")
    first, second = tmp_path / "first.wav", tmp_path / "second.wav"
    russian = [each for each in one.status().subscribers if each.language == "ru"]
    accounts = [one.account(each) for each in russian[:2]]
    async with Phone(accounts[0], first) as me, Phone(accounts[1], second) as other:
        await me.dial("611")
        await me.wait(Connected)
        await pause(12)  # to hear the welcome, the other languages and the old menu
        menus.change()
        said = await asyncio.to_thread(one.out, "flows", "reload")
        assert [line.split(":")[0] for line in said.splitlines()] == ["611", "text", "text"]
        await asyncio.to_thread(_a_language_comes_in, menus, tmp_path)
        await other.dial("611")
        await other.wait(Connected)
        await pause(12)  # to hear the welcome, the other languages and the new menu
        await me.press("4*1")  # through another menu and back, and the balance by its old key
        await other.press("7")
        await pause(12)  # to hear the balance, and the menu after it
        for phone in (me, other):
            await phone.hangup()
            await phone.wait(Disconnected)
    new_menu = await asyncio.to_thread(one.said, OLD)
    assert_heard(first, old_menu, first=4)
    assert not heard(first, new_menu).heard
    assert_heard(second, new_menu)
    assert not heard(second, old_menu, first=4).heard
    until(lambda: sum(" 1 call," in line for line in menus.versions()) == 2, 10)
    new, old = menus.versions()
    assert ("* since" in new, "(reload)" in new) == (True, True)
    assert ("* since" in old, "(start)" in old) == (False, True)
    assert one.out("flows", "versions", "611", old.split()[1][:8]) == menus.shipped
    path = one.last_call()
    assert f"611@{new.split()[1][:8]}" in path
    assert "key 7  -> money" in path


def _a_language_comes_in(menus: Menus, directory: Path) -> None:
    """A language, its voice, and a flow that speaks it come in by day, while a caller is there."""
    one, file = menus.firstline, menus.firstline.state / "firstline.toml"
    (menus.flow.parent / "651.yaml").write_text(UKRAINIAN)
    (menus.texts / "uk.yaml").write_text("ours-hello: Вітаємо вас у нашій компанії.\n")
    site = 'numbers = ["611", "111", "651"]\nlanguages = ["ru", "be", "en", "uk"]'
    file.write_text(f"{file.read_text()}\n[site]\n{site}\n[voice.uk]\nrate = 150\n")
    said = one.out("reload").splitlines()
    assert {"in force: [site] languages", "in force: [voice]"} <= {*said}
    recording = directory / "uk.wav"
    one.out("call", "651", "--record", str(recording))
    assert_heard(recording, one.said("ours-hello", lang="uk"))


def test_what_does_not_check_is_refused_and_calls_go_on(menus: Menus) -> None:
    one = menus.firstline
    menus.flow.write_text(BROKEN)
    done = one.run("flows", "reload")
    assert done.returncode == 1
    problem = f"{menus.flow}:3:8: unknown-node: there is no node nowhere"
    assert problem in done.stdout
    assert "the old menus stay" in done.stderr
    assert problem in one.log.read_text()
    assert problem in one.out("status")
    assert "balance-is" in one.out("call", "611", "--press", "1", "--stay", "0.1")
    menus.change()
    os.kill(one.status().pids["application"], signal.SIGHUP)
    until(lambda: not menus.refused(), 20)
    assert "balance-is" in one.out("call", "611", "--press", "7", "--stay", "0.1")
    assert [line.split("(")[1].split(")")[0] for line in menus.versions()] == ["SIGHUP", "start"]
    assert "nothing changed" in one.out("flows", "reload")
    _back_and_forth(menus)
    _worse_menus_are_rolled_back(menus)
    assert "Traceback" not in one.log.read_text()


def _back_and_forth(menus: Menus) -> None:
    """The whole set goes back to what was in force before, and what was on the disk is kept."""
    one, texts = menus.firstline, menus.texts / "ru.yaml"
    assert one.out("flows", "diff") == "nothing differs\n"
    texts.write_text(f"{OLD}: Ещё не в эфире, баланс — семь.\n")
    said = one.out("flows", "diff")
    assert said == f"prompt {OLD} (ru): “{OWN}” -> “Ещё не в эфире, баланс — семь.”\n"
    assert f"text: {OLD} (ru)" in one.out("flows", "reload", "--dry-run")
    said = one.out("flows", "rollback", "--by", "anna")
    assert "what was on the disk is kept as 3" in said
    assert "restored: menus/611.yaml" in said
    assert (menus.flow.read_text(), texts.exists()) == (menus.shipped, False)
    assert "balance-is" in one.out("call", "611", "--press", "1", "--stay", "0.1")
    sets = json.decode(one.out("flows", "history", "--json"))
    assert [(each["id"], each["how"], each["by"]) for each in sets] == [
        (4, "rollback", "anna"),
        (3, "unreleased", "anna"),
        (2, "SIGHUP", ""),
        (1, "start", ""),
    ]
    assert any("key 7" in line for line in sets[0]["changes"])
    one.out("flows", "rollback", "2")
    assert texts.read_text() == f"{OLD}: {OWN}\n"
    _recordings_go_back(one)


def _recordings_go_back(one: Installation) -> None:
    """What callers hear of a recording goes and comes with the set that has it."""
    recorded = one.state / "recordings" / "ru" / "welcome.wav"
    recorded.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(one.said("sorry-problem"), recorded)
    assert "recording: welcome (ru)" in one.out("flows", "reload")
    with_it = json.decode(one.out("flows", "history", "--json"))[0]["id"]
    assert _welcomes(one, recorded)
    sound = one.said("sorry-problem")
    assert "restored: recordings/ru/welcome.wav" in one.out("flows", "rollback")
    assert not recorded.exists()
    assert not _welcomes(one, sound)
    one.out("flows", "rollback", str(with_it))
    assert recorded.read_bytes() == sound.read_bytes()
    assert _welcomes(one, sound)


def _worse_menus_are_rolled_back(menus: Menus) -> None:
    """Callers are longer in the new menus, until that limit is broken: then no call goes by them
    any more, and the files are the old ones. No one gave an order."""
    one = menus.firstline
    menus.flow.write_text(menus.shipped)
    one.out("flows", "reload")
    menus.change()
    assert "50 % of the callers go by it" in one.out("flows", "reload", "--share", "50")
    sides: dict[bool, list[str]] = {True: [], False: []}
    for each in one.status().subscribers:
        sides[takes(1, 50, each.number, "")].append(each.number)
    for _ in range(4):
        numbers = [sides[new].pop() for new in (True, False) * LIMITS.least]
        with ThreadPoolExecutor() as pool:
            list(pool.map(partial(_balance, one), numbers, ("5", "0.1") * LIMITS.least))
        if broken(_compared(one).figures, LIMITS):
            break
    until(lambda: ROLLED_BACK in one.log.read_text(), 20)
    over = _compared(one)
    assert (over.canary.end, over.canary.ended_by) == ("rolled back", "")
    assert min(over.figures.new.calls, over.figures.old.calls) >= LIMITS.least
    until(lambda: menus.flow.read_text() == menus.shipped, 10)
    _balance(one, sides[True].pop(), "0.1")
    [in_force] = [line.split()[1] for line in menus.versions() if "* since" in line]
    assert f"611@{in_force[:8]}" in one.last_call()
    assert one.out("flows", "versions", "611", in_force[:8]) == menus.shipped


def _compared(one: Installation) -> Both:
    """The canary, as a command shows it."""
    [found] = json.decode(one.out("flows", "canary", "--json"), type=list[Both])
    return found


def _balance(one: Installation, number: str, stays: str) -> None:
    """A caller presses the key of the balance as it was, and hangs up after so many seconds."""
    one.out("call", "611", "--as", number, "--press", "1", "--stay", stays)


def _welcomes(one: Installation, sound: Path) -> bool:
    """Whether a Russian caller of 611 hears a sound at first."""
    heard_now = one.state / "heard.wav"
    russian = next(each.number for each in one.status().subscribers if each.language == "ru")
    one.out("call", "611", "--as", russian, "--stay", "4", "--record", str(heard_now))
    return heard(heard_now, sound, first=2).score > LOSSY


def test_changed_files_are_noticed_if_the_settings_say_so(tmp_path: Path) -> None:
    directory = tmp_path / "menus"
    shutil.copytree(SHIPPED, directory, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    settings = f'[menus]\ndirectory = "{directory}"\nwatch = true'
    with installed(tmp_path / "state", settings) as one:
        menus = Menus(one, directory)
        menus.flow.write_text(BROKEN)
        until(menus.refused, 20)
        menus.change()
        until(lambda: not menus.refused(), 20)
        assert "balance-is" in one.out("call", "611", "--press", "7", "--stay", "0.1")
        assert "(watch)" in menus.versions()[0]
