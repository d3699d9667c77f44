"""Callers on real phones: what they hear, and what the record says."""

from pathlib import Path

import pytest

from ari_app.control.client import ControlClient
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Phone, PhoneError, Texted
from ari_app.phone.listen import heard
from tests.deadlines import pause, until, within
from tests.heard import assert_heard
from tests.live.installation import Installation

pytestmark = pytest.mark.live


def test_a_subscriber_hears_the_balance(firstline: Installation, tmp_path: Path) -> None:
    recording = tmp_path / "b.wav"
    output = firstline.out("call", "611", "--press", "1", "--record", str(recording))
    assert "двенадцать рублей пятьдесят копеек" in output
    match = assert_heard(recording, firstline.said("balance-is", "balance=12.50"))
    other = heard(recording, firstline.said("balance-is", "balance=19.70"))
    assert other.score < match.score - 0.1, other
    path = firstline.last_call()
    assert "dialled 611" in path
    assert "main (menu)  played welcome speak-be speak-en main-menu  key 1  -> money" in path
    assert "balance-told (say)  played balance-is" in path


@pytest.mark.parametrize(("number", "prompt"), [("111", "welcome-111"), ("2690000", "welcome")])
def test_every_number_answers(
    firstline: Installation, tmp_path: Path, number: str, prompt: str
) -> None:
    recording = tmp_path / "n.wav"
    firstline.out("call", number, "--stay", "6", "--record", str(recording))
    assert_heard(recording, firstline.said(prompt))
    assert f"dialled {number}" in firstline.last_call()


def test_the_chosen_language_is_remembered(firstline: Installation, tmp_path: Path) -> None:
    first = firstline.out("call", "611", "--as", "0009", "--press", "53", "--stay", "0.5")
    assert "speak-en" in first
    recording = tmp_path / "en.wav"
    firstline.out("call", "611", "--as", "0009", "--stay", "5", "--record", str(recording))
    assert_heard(recording, firstline.said("welcome", lang="en"))


def test_a_code_by_voice_and_as_a_text_session(firstline: Installation, tmp_path: Path) -> None:
    recording = tmp_path / "c.wav"
    output = firstline.out("call", "*100#", "--record", str(recording))
    assert "двенадцать рублей пятьдесят копеек" in output
    assert_heard(recording, firstline.said("balance-is", "balance=12.50"))
    path = firstline.last_call()
    assert "dialled *100# over ari" in path
    assert "balance-told (end)  played balance-is" in path
    output = firstline.out("ussd", "*111#", "--press", "1")
    assert output.endswith("-> 1\nНа вашем счёте 12,50 руб.\n")
    path = firstline.last_call()
    assert "dialled *111# over ussd" in path
    assert "menu (menu)  played ussd-menu ussd-languages ussd-rest  key 1  -> balance" in path


def test_a_code_that_is_keyed_in_a_menu(firstline: Installation, tmp_path: Path) -> None:
    recording = tmp_path / "k.wav"
    output = firstline.out("call", "611", "--press", "*100#", "--record", str(recording))
    assert "main key *100# -> balance" in output
    assert_heard(recording, firstline.said("balance-is", "balance=12.50"))
    assert "money: " not in firstline.last_call()


async def test_the_answer_to_a_code_comes_as_a_text_too(firstline: Installation) -> None:
    async with Phone(firstline.subscriber(3)) as phone:
        await phone.register()
        await phone.dial("*101#")
        text = (await phone.wait(Texted)).text
        assert "тариф" in text.lower()
        await phone.wait(Disconnected, timeout=40)
        await phone.text("611", "*101#")
        assert (await phone.wait(Texted)).text.startswith(text[:40])
        with pytest.raises(PhoneError, match="nothing in"):
            await phone.wait(Texted, timeout=0)


async def test_a_stranger_is_welcome(firstline: Installation, tmp_path: Path) -> None:
    recording = tmp_path / "s.wav"
    async with Phone(firstline.agent(1), recording) as phone:
        await phone.dial("611")
        await phone.wait(Connected)
        await phone.press("71")
        await pause(4)  # to hear it
        await phone.hangup()
        await phone.wait(Disconnected)
    assert_heard(recording, firstline.said("hours-are"), first=3)
    path = firstline.last_call()
    assert "whose (branch)  -> unknown" in path
    assert "guest (menu)" in path


async def test_keys_typed_ahead_are_used_one_by_one(firstline: Installation) -> None:
    async with (
        ControlClient(installation(firstline.state).control).watch() as events,
        Phone(firstline.subscriber(4)) as phone,
    ):
        await phone.dial("611")
        await phone.wait(Connected)
        await phone.press("5131")
        used = 0
        async with within(20):  # a busy exchange sees a hang-up before the last key
            async for event in events:
                used += bool(event.key)
                if used == 4:
                    break
        await phone.hangup()
        await phone.wait(Disconnected)
    path = firstline.last_call()
    taken = [line.split("  key ")[1][0] for line in path.splitlines() if "  key " in line]
    assert taken == ["5", "1", "3", "1"], path


async def test_a_hundred_keys_and_a_hang_up(firstline: Installation) -> None:
    async with Phone(firstline.subscriber(5)) as phone:
        await phone.dial("611")
        await phone.wait(Connected)
        await phone.press("7" * 100)
        await phone.hangup()
        await phone.wait(Disconnected)
    path = firstline.last_call()
    assert "gave-up" in path
    assert "fault" not in path


@pytest.mark.parametrize("moment", ["at once", "in a prompt", "after a key", "while it is spoken"])
async def test_a_hang_up_at_any_moment_ends_the_record(
    firstline: Installation, moment: str
) -> None:
    before = firstline.status().calls.today
    async with Phone(firstline.subscriber(6)) as phone:
        await phone.dial("611")
        if moment != "at once":
            await phone.wait(Connected)
        if moment in ("after a key", "while it is spoken"):
            await phone.press("1" if moment == "while it is spoken" else "6")
        await phone.hangup()
    until(lambda: firstline.status().calls.now == 0, 10)
    if firstline.status().calls.today > before:
        assert " gone (cause" in firstline.last_call()
