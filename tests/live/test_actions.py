"""What callers may ask for besides their balance, and texts, on a whole installation."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ari_app.main.installation import installation
from ari_app.phone.handset import Phone, PhoneError, Texted
from ari_app.store import outbox
from ari_app.store.db import Store
from ari_app.store.outbox import Text
from tests.deadlines import within
from tests.live.installation import Installation, installed
from tests.operators import BELARUS

pytestmark = pytest.mark.live

NUMBER = "375990000021"
AWAY = "375990000022"
APN = "Настройки мобильного интернета «Зорка»: точка доступа zorka.by"
FLOW = """
flow: actions
numbers: ["611", "111", "2690000"]
languages: [ru]
start: main
nodes:
  main:
    menu: welcome
    keys: { "1": bill, "2": tariffs, "3": call-back }
    gave-up: bye
  bill: { do: bill, on: { higher: higher, lower: lower, same: same, none: none }, else: main }
  higher: { say: [bill-higher, bill-higher-vat], then: bye }
  lower: { say: [bill-lower], then: bye }
  same: { say: [bill-same], then: bye }
  none: { say: [bill-none], then: bye }
  tariffs: { do: tariffs, on: { ok: tariffs-said }, else: main }
  tariffs-said: { say: tariffs-are, then: main }
  call-back: { do: call-back, on: { ok: taken, already: already }, else: main }
  taken: { say: callback-taken, then: main }
  already: { say: callback-already, then: main }
  bye: { end: thanks-bye }
"""


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the menu above."""
    directory = tmp_path_factory.mktemp("actions")
    (directory / "menus").mkdir()
    (directory / "menus" / "actions.yaml").write_text(FLOW)
    settings = f'[menus]\ndirectory = "{directory / "menus"}"'
    with installed(directory / "state", settings) as one:
        yield one


@pytest.mark.parametrize(
    ("caller", "outcome", "words"),
    [
        ("0001", "higher", "приходится на налог на добавленную стоимость"),
        ("0003", "higher", "больше предыдущего"),
        ("0004", "lower", "Звонки за границу, минус четыре рубля восемьдесят копеек."),
        ("0010", "same", "он такой же, как и предыдущий"),
        ("0005", "none", "пока нет двух счетов"),
    ],
)
def test_a_caller_hears_why_the_bill_is_what_it_is(
    actions: Installation, caller: str, outcome: str, words: str
) -> None:
    output = actions.out("call", "611", "--as", caller, "--press", "1", "--stay", "0.5")
    assert f"bill -> {outcome}" in output
    assert words in output


def test_a_number_is_to_be_called_back_once(actions: Installation) -> None:
    output = actions.out("call", "611", "--as", "0002", "--press", "233", "--stay", "0.5")
    assert "tariffs -> ok" in output
    assert "call-back -> ok" in output
    assert "call-back -> already" in output
    [line] = actions.out("callbacks", "list").splitlines()
    assert "375990000002 (subscriber 2)" in line
    actions.out("callbacks", "done", line.split()[0])
    assert actions.out("callbacks", "list") == ""


async def sent_texts(store: Store, key: str, fact: str) -> Text:
    """A text once its state, or why it was not sent, is ``fact``."""
    async with within(20):
        while True:
            texts = await store.read(outbox.recent, 100)
            found = next((one for one in texts if one.key == key), None)
            if found is not None and fact in (found.state, found.error):
                return found
            await asyncio.sleep(0.05)


async def test_a_text_goes_out_when_the_phone_registers(firstline: Installation) -> None:
    store = await Store.open(installation(firstline.state).database, BELARUS)
    now = datetime.now(UTC)
    await store.write(outbox.post, "live:away", AWAY, APN, "live", now)
    await sent_texts(store, "live:away", "no phone of this subscriber is registered")
    # The pause after the next attempt is a day: only the registration can send it.
    await store.write(outbox.make_due, AWAY, now + timedelta(days=1))
    async with Phone(firstline.subscriber(21)) as phone:
        await phone.register()
        assert (await phone.wait(Texted, timeout=10)).text == APN
        await sent_texts(store, "live:away", "sent")
    await store.close()


async def test_a_text_waits_for_the_phone_and_comes_to_it(firstline: Installation) -> None:
    store = await Store.open(installation(firstline.state).database, BELARUS)
    now = datetime.now(UTC)
    await store.write(outbox.post, "live:1", NUMBER, APN, "live", now)
    failed = await sent_texts(store, "live:1", "no phone of this subscriber is registered")
    assert (failed.state, failed.attempts > 0) == ("waiting", True)
    async with Phone(firstline.subscriber(20)) as phone:
        await phone.register()
        first = await phone.wait(Texted, timeout=15)
        assert (first.sender, first.text) == ("611", APN)
        await store.write(outbox.post, "live:2", NUMBER, "Сразу", "live", now)
        assert (await phone.wait(Texted, timeout=30)).text == "Сразу"
        done = await sent_texts(store, "live:1", "sent")
        assert done.attempts > failed.attempts
        with pytest.raises(PhoneError, match="nothing in"):
            await phone.wait(Texted, timeout=0)
    await store.close()
    listed = firstline.out("messages", "list", "--number", NUMBER)
    assert listed.count("…0021  sent") == 2
    assert NUMBER not in firstline.log.read_text()
    assert "zorka.by" not in firstline.log.read_text()
