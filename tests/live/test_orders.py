"""A caller gives minutes away, on a whole installation that is killed meanwhile."""

from collections.abc import Iterator

import pytest

from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

FLOW = """
flow: gifts
numbers: ["611", "111", "2690000"]
languages: [ru]
start: main
on-need: bye
nodes:
  main: { menu: welcome, keys: { "1": word }, gave-up: bye }
  word:
    input: needs-code-word
    into: word
    secret: yes
    need: caller
    then: prove
    gave-up: bye
  prove: { do: code-word, inputs: { word: word }, on: { ok: minutes }, else: bye }
  minutes: { set: { unit: minutes }, then: recipient }
  recipient: { input: welcome, into: recipient, then: amount, gave-up: bye }
  amount: { input: welcome, into: amount, takes: count, then: quote, gave-up: bye }
  quote:
    do: gift-quote
    inputs: { recipient: recipient, unit: unit, amount: amount }
    on: { ok: sure }
    else: bye
  sure: { confirm: order-charge, yes: give, no: bye, gave-up: bye }
  give:
    do: gift
    need: code-word
    inputs: { recipient: recipient, unit: unit, amount: amount, charge: charge }
    on: { ok: settings }
    else: bye
  settings: { do: apn-settings, else: left }
  left: { do: allowance, else: bye }
  bye: { end: thanks-bye }
"""
KEYS = "15266#990000002#3#,1"
"""The yes is pressed after the comma: when the question was heard out."""


@pytest.fixture(scope="module")
def gifts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation whose callers may give."""
    directory = tmp_path_factory.mktemp("gifts")
    (directory / "menus").mkdir()
    (directory / "menus" / "gifts.yaml").write_text(FLOW)
    settings = f'[menus]\ndirectory = "{directory / "menus"}"'
    with installed(directory / "state", settings) as one:
        yield one


def test_a_yes_that_was_typed_ahead_gives_nothing(gifts: Installation) -> None:
    keys = KEYS.replace(",", "")
    output = gifts.out("call", "611", "--as", "0001", "--press", keys, "--stay", "1")
    assert "quote -> ok" in output
    assert "give -> " not in output


def test_a_gift_is_given_once_and_both_are_notified(gifts: Installation) -> None:
    output = gifts.out("call", "611", "--as", "0001", "--press", KEYS, "--stay", "4")
    for step in ("prove -> ok", "quote -> ok", "give -> ok", "settings -> ok", "left -> ok"):
        assert step in output, output
    gifts.kill()
    gifts.up()
    [order] = gifts.out("orders", "list").splitlines()
    assert "  gift  done at " in order
    shown = gifts.out("orders", "show", order.split()[0])
    assert '"amount":3' in shown
    texts = gifts.out("messages", "list")
    assert texts.count("Ваш подарок отправлен: 3 минуты.") == 1
    assert texts.count("Вам падарунак: 3 хвіліны.") == 1
    assert texts.count("Точка доступа: zorka.by.") == 1
