"""What hears a caller: reports count for the ask that they are of, and only while it listens."""

from collections.abc import Coroutine
from typing import Never

from msgspec.structs import replace

from ari_app.ari.channel_state import ChannelState
from ari_app.ari.ears import Ear, Ears
from ari_app.ari.link import Link
from ari_app.ari.sending import Settings
from ari_app.speech_recognition.messages import Began, Heard, Listen, Lost, Setup
from ari_app.speech_recognition.recognition import Recognition, Take
from ivr.events import Said
from ivr.gather import Gather, Keypad
from ivr.secret import Secret
from ivr.speech_grammar import SpeechGrammar
from ivr.wants import Ask, Grammar, Screen
from tests.ari.harness import TIMES

MENU = Ask(
    Screen((), "ru", True), Grammar(frozenset("12")), speech=SpeechGrammar("ru", {"да": "1"})
)


class Orders(Recognition):
    """It keeps what a process would be sent."""

    def __init__(self) -> None:
        super().__init__(Setup(engine="built-in"))
        self.port = 40000
        self.calls: dict[str, Take] = {}
        self.asks: list[Listen] = []

    def begin(self, call: str, take: Take) -> None:
        self.calls[call] = take

    def listen(self, order: Listen) -> None:
        self.asks.append(order)

    def end(self, call: str) -> None:
        del self.calls[call]


class Snoops(Ears):
    """It keeps which channels would be made."""

    def __init__(self, link: Link, recognition: Recognition) -> None:
        super().__init__(link, recognition, lambda _: True, _no_task)
        self.made: list[str] = []

    async def snoop(self, channel: str, snoop: str) -> None:  # noqa: ARG002 - that of the base
        self.made.append(snoop)


def _no_task(_: Coroutine[None, None, None]) -> Never:
    raise AssertionError("nothing is begun here")


def ear() -> tuple[Ear, Orders, Snoops, ChannelState]:
    link = Link(Settings(url="http://127.0.0.1:1", user="", password=Secret("")))
    orders = Orders()
    ears = Snoops(link, orders)
    channel = ChannelState(link, "c-1", TIMES)
    return ears.of(channel), orders, ears, channel


async def asked(one: Ear, ask: Ask, channel: ChannelState) -> Gather:
    gather = Gather(ask, Keypad(), channel.clock())
    await one.attend(ask, gather)
    one.look()
    return gather


async def test_a_late_report_of_an_ask_is_for_no_other_one() -> None:
    one, orders, _, channel = ear()
    await asked(one, MENU, channel)
    [(call, take)] = orders.calls.items()
    one.rest()  # a key was pressed
    confirm = await asked(one, replace(MENU, consent=frozenset("1")), channel)
    take(Began(call, 1))
    take(Heard(call, 1, "да", 0.9))
    assert (confirm.answer, confirm.due) == (None, None)
    confirm.prompt_played(channel.clock(), True)
    one.look()
    take(Heard(call, 1, "нет", 0.9))
    take(Heard(call, orders.asks[-1].turn, "да", 0.9))
    assert confirm.answer == Said("да", 0.9, whole=True)
    one.forget()
    assert not orders.calls


async def test_a_caller_whose_sound_was_lost_has_keys_and_is_heard_at_the_next_ask() -> None:
    one, orders, ears, channel = ear()
    gather = await asked(one, MENU, channel)
    gather.prompt_played(channel.clock(), True)
    [(call, take)] = orders.calls.items()
    take(Began(call, 1))
    orders.port = 40001
    take(Lost(call))
    assert gather.due is not None
    assert gather.due - channel.clock() <= MENU.grammar.first
    one.rest()
    await asked(one, MENU, channel)
    assert [each[:9] for each in ears.made] == ["ear-40000", "ear-40001"]
    assert orders.asks[-1].call != call
