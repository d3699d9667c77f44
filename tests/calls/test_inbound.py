"""Inbound calls while other menus are put in force."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import cast

import pytest

from ari_app.ari.events import Channel
from ari_app.calls.inbound import (
    Arrival,
    CallServices,
    Find,
    InboundCalls,
    VoiceLine,
)
from ari_app.selfcare.request_port import asker_of
from ari_app.session.media import Sounds
from ari_app.session.unknown_code import UnknownNumberError
from ari_app.store.directory import Caller as Known
from ivr.events import Played
from ivr.reader import version
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Ask, Done, Say, Screen
from tests.operators import BELARUS
from tests.session.scripted import FLOW, Scripted, Sight, book

OTHER = FLOW.replace("menu: main", "menu: thanks")


def serving(sight: Sight, text: str) -> CallServices:
    async def speak(_: Screen) -> Sequence[str]:
        return [version(text)]

    return CallServices(book(text), sight.world, lambda _: Sounds(speak))


async def unknown(_: str) -> None:
    return None


async def known(_: str) -> Known:
    return Known(7, "ru", "Минск")


async def belarusian(_: str) -> Known:
    return Known(7, "be", "Минск")


async def test_a_call_ends_on_what_it_began_with() -> None:
    sight = Sight()
    first, second = serving(sight, FLOW), serving(sight, OTHER)
    now = first
    lines, calls, spoken = [Scripted([]), Scripted([])], [], []
    coming = iter(lines)

    def new_line(sounds: Sounds) -> VoiceLine:
        spoken.append(sounds.speak)
        return cast(VoiceLine, next(coming))

    inbound = InboundCalls(unknown, BELARUS, lambda *_: now)
    for line, then in zip(lines, (second, second), strict=True):
        accepted, serve = inbound.accept(Arrival("", "375291234567", "611"), new_line)
        assert cast(object, accepted) is line
        calls.append(asyncio.ensure_future(serve()))
        await line.stuck.wait()
        now = then
    asked = [line.wants[0] for line in lines]
    prompts = [one.screen.phrases[0].prompt for one in asked if isinstance(one, Ask)]
    assert prompts == ["main", "thanks"]
    assert [one.version for one in sight.began] == [version(FLOW), version(OTHER)]
    assert spoken == [each.sounds("").speak for each in (first, second)]
    for task in calls:
        task.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [("PJSIP/375291234567-0000001f", "main"), ("PJSIP/trunk-a-00000020", "thanks")],
)
async def test_a_forgeable_line_does_not_vouch_for_numbers(name: str, prompt: str) -> None:
    sight, line = Sight(), Scripted([])
    text = FLOW.replace("    menu: main\n", "    menu: main\n    need: caller\n")
    text = text.replace("nodes:", "on-need: recipient\nnodes:")

    services, forgeable = serving(sight, text), ["PJSIP/trunk-a"]
    inbound = InboundCalls(known, BELARUS, lambda *_: services, forgeable)
    arrival = Arrival(Channel("c", name).endpoint, "375291234567", "611")
    _, serve = inbound.accept(arrival, lambda _: cast(VoiceLine, line))
    call = asyncio.ensure_future(serve())
    await line.stuck.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    [asked] = line.wants
    assert isinstance(asked, Ask)
    assert asked.screen.phrases[0].prompt == prompt


async def test_what_a_call_came_in_by_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong code words are counted by it, whatever number a trunk or a gateway says."""
    ways: list[str] = []

    async def conduct(*given: object) -> str:
        ways.extend(asker_of(one).way for one in given if isinstance(one, Session))
        return "ended"

    monkeypatch.setattr("ari_app.calls.inbound.conduct", conduct)
    services = serving(Sight(), FLOW)
    inbound = InboundCalls(unknown, BELARUS, lambda *_: services)
    arrival = Arrival(Channel("c", "PJSIP/trunk-a-00000020").endpoint, "375291234567", "611")
    await inbound.accept(arrival, lambda _: cast(VoiceLine, Scripted([])))[1]()
    text = await inbound.enter(services.book, "375291234567", "611", way="gateway")
    assert text is not None
    assert [*ways, asker_of(text).way] == ["PJSIP/trunk-a", "gateway"]


@pytest.mark.parametrize(("find", "language"), [(known, "ru"), (unknown, "ru"), (belarusian, "be")])
@pytest.mark.parametrize(("codes", "prompt"), [("", "ussd-none"), ('"*1#": main', "ussd-unknown")])
async def test_a_code_that_no_flow_has_is_answered_in_a_sentence(
    find: Find, language: str, codes: str, prompt: str
) -> None:
    """And by no agent: the call is served, so that it does not go to the fallback. A code is named
    only where there is any."""
    line = Scripted([Played()])
    flow = FLOW.replace("start: ", f"codes: {{ {codes} }}\nstart: ", 1)
    inbound = InboundCalls(find, BELARUS, lambda *_: serving(Sight(), flow))

    def serve(dialled: str) -> Awaitable[None]:
        arrival = Arrival("", "375291234567", dialled)
        return inbound.accept(arrival, lambda _: cast(VoiceLine, line))[1]()

    await serve("*999*1#")
    assert line.wants == [Say(Screen((Phrase(prompt),), language)), Done("ended")]
    with pytest.raises(UnknownNumberError, match="999"):
        await serve("999")


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("990000033", "375990000033"),
        ("0990000033", "375990000033"),
        ("990000033;phone-context=+375", "375990000033"),
        ("+375-99-000-00-45", "375990000045"),
        ("701", "701"),
        *((withheld, "") for withheld in ("", "0", "00000000", "anonymous", "9" * 60)),
    ],
)
async def test_a_caller_is_kept_in_the_one_form_of_the_number(shown: str, kept: str) -> None:
    """Whatever a trunk writes; of withheld callers nothing is kept, so they are not one person."""
    sight, line = Sight(), Scripted([])

    services = serving(sight, FLOW)
    inbound = InboundCalls(unknown, BELARUS, lambda *_: services)
    _, serve = inbound.accept(Arrival("", shown, "611"), lambda _: cast(VoiceLine, line))
    call = asyncio.ensure_future(serve())
    await line.stuck.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert [one.caller for one in sight.began] == [kept]
