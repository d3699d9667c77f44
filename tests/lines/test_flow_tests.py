"""The tests beside our flows succeed over every line: simulated, over ARI, as a text, on pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from itertools import takewhile

import pytest
from msgspec.structs import replace

from ari_app.menus import loading
from ari_app.session.line import Line
from ari_app.sim.expectations import verdict
from ari_app.sim.run import Call, Result, run_test
from ari_app.sim.script import Expectation, HangUp, Hear, Press, Test, describe
from ari_app.sim.script_reader import read
from ari_app.sim.trace import Trace
from ari_app.ussd.line import Page, Reply, TextLine
from ivr import nodes
from ivr.draft import Step
from ivr.events import Event, Gone, Keyed
from ivr.gather import CLOSING, Gather, Keypad
from ivr.screens import USSD, fits
from ivr.wants import Ask, LineWant
from prompts.plan import screen_texts
from tests.agi.fake_asterisk import FakeAsterisk
from tests.agi.harness import called
from tests.ari.facts import until
from tests.ari.harness import harness
from tests.ari.server import Server
from tests.deadlines import PACE
from tests.lines import cabinet_pages
from tests.lines.test_same_conversation import BENCH, BOOK, MENUS
from tests.spoken import MORE

SPOKEN = (nodes.Queue, nodes.Dial, nodes.Record)

BETWEEN = 1.0
"""Seconds after which a number has ended; more on a busy machine, whose next key is late."""
PARALLEL = 60
"""So many calls side by side: most of what each does is wait for the end of a number."""

VOICE_ONLY = {"agent", "more", "survey"}
"""The flows whose ways all lead to a person or from one, or to a recording."""


@cache
def shipped() -> Sequence[Test]:
    """Those whose caller answers what is asked; in the others, callers keep silent or speak."""
    return [
        test
        for path in sorted(loading.SHIPPED.rglob(f"*{loading.TESTS}"))
        for test in read(str(path), path.read_text(), BOOK).tests
        if all(isinstance(step.does, Press | Expectation | HangUp | Hear) for step in test.steps)
    ]


LiveFeed = Callable[[str, float], Awaitable[None]]
"""Gives an answer, when it is asked for and so many seconds later."""


class Following(Line):
    """A line whose caller follows a test: each answer is given when it is asked for."""

    def __init__(self, line: Line, feed: LiveFeed, test: Test, trace: Trace) -> None:
        self._line = line
        self._feed = feed
        self._steps = list(test.steps)
        self._keypad = Keypad()
        self._seconds = 0.0
        self._heard = False
        """Whether the caller heard something since the last key."""
        self._trace = trace

    async def present(self, want: LineWant) -> Event:
        if not isinstance(want, Ask):
            return await self._line.present(want)
        reply = self._reply(want)
        if reply is None:
            return Gone(16)
        between = BETWEEN * PACE.slowness
        hasty = replace(want, grammar=replace(want.grammar, between=between))
        presented = asyncio.create_task(self._line.present(hasty))
        # At once it would belong to the key before.
        later = CLOSING if self._heard and reply.startswith("#") else 0.0
        self._heard = False
        await self._feed(reply, later)
        return await presented

    def _reply(self, ask: Ask) -> str | None:
        """The keys that the caller presses for what is asked; None for a hang-up."""
        gather = Gather(ask, self._keypad, self._seconds)
        if ask.consent:
            gather.prompt_played(self._seconds, whole=True)
        while gather.answer is None and (keys := self._press()):
            for key in keys:
                self._seconds += 1
                self._keypad.press(key, self._seconds)
            gather.keyed(self._seconds)
            gather.prompt_played(self._seconds, whole=True)
            if gather.due is not None:
                gather.timer_fired(gather.due)
        return gather.answer.digits if isinstance(gather.answer, Keyed) else None

    def _press(self) -> str:
        """The keys of the next step that presses some, once all is as the caller expects."""
        self.expect()
        if not self._steps or not isinstance(press := self._steps.pop(0).does, Press):
            return ""
        self._trace.acted(describe(press))
        return press.keys

    def expect(self) -> None:
        """See that all is as is expected here."""
        while self._steps and isinstance(does := self._steps[0].does, Expectation | Hear):
            if isinstance(does, Expectation):
                assert verdict(does, self._trace) == "", self._steps[0].place
            elif isinstance(does, Hear):
                self._heard = True
                self._seconds += CLOSING
            self._steps.pop(0)

    def over(self) -> None:
        """See that all was as is expected."""
        self.expect()
        assert all(isinstance(step.does, HangUp) for step in self._steps)


async def reach(_: float) -> None:
    """Without a wait."""


async def as_text(test: Test) -> Trace:
    replies: asyncio.Queue[str] = asyncio.Queue()

    async def show(page: Page) -> Reply | None:
        assert fits(page.text)
        key, _, hint = page.text.rpartition("\n")[2].partition(" ")
        if page.last:
            return None
        return Reply(key if hint in MORE.values() else await replies.get(), seen=True)

    call = Call(BENCH, test, lambda: 0.0)
    line = TextLine(
        partial(screen_texts, MENUS.catalogue, form="written"), show, "ru", USSD, BOOK.words
    )
    following = Following(line, lambda reply, _: replies.put(reply), test, call.trace)
    await call.over(following, reach)
    following.over()
    return call.trace


async def on_pages(test: Test) -> Trace:
    """The same on pages of the cabinet, of which each is whole."""
    replies: asyncio.Queue[str] = asyncio.Queue()

    async def show(page: Page) -> Reply | None:
        if page.last:
            return None
        reply = await replies.get()
        assert cabinet_pages.offers(page, reply)
        return Reply(reply, seen=True)

    call = Call(BENCH, test, lambda: 0.0)
    written = partial(screen_texts, MENUS.catalogue, form="written")
    line = TextLine(written, show, "ru", cabinet_pages.WHOLE, BOOK.words)
    following = Following(line, lambda reply, _: replies.put(reply), test, call.trace)
    await call.over(following, reach)
    following.over()
    return call.trace


@asynccontextmanager
async def voice() -> AsyncIterator[Callable[[Test], Awaitable[Trace]]]:
    """Calls over a real link to a small Asterisk whose prompts are over at once."""
    async with Server().running() as server, harness(server) as here:
        server.instant = True

        async def by_voice(test: Test) -> Trace:
            channel = f"c-{len(server.asked)}"
            line = await here.call(channel)

            async def press(keys: str, later: float) -> None:
                plays = len(server.plays)  # the ask has not begun yet
                await until(lambda: server.finished == len(server.plays) > plays)
                await asyncio.sleep(later)
                server.press(channel, *keys)

            call = Call(BENCH, test, lambda: 0.0)
            following = Following(line, press, test, call.trace)
            await call.over(following, reach)
            following.over()
            return call.trace

        yield by_voice


async def by_agi(test: Test) -> Trace:
    """A call over FastAGI whose files are over at once."""
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:

        async def press(keys: str, later: float) -> None:
            plays = len(asterisk.plays)  # the ask has not begun yet
            await until(lambda: asterisk.waits and len(asterisk.plays) > plays)
            await asyncio.sleep(later)
            asterisk.press(*keys)

        call = Call(BENCH, test, lambda: 0.0)
        following = Following(line, press, test, call.trace)
        await call.over(following, reach)
        following.over()
    return call.trace


async def test_they_succeed_over_agi() -> None:
    compared = 0
    for test in shipped()[::100]:
        simulated = await run_test(BENCH, test)
        if not to_a_person(simulated):
            assert steps(await by_agi(test)) == steps(simulated.trace), test.place
            compared += 1
    assert compared > 4


def to_a_person(simulated: Result) -> bool:
    """Whether the call went on to someone who speaks."""
    spots = simulated.trace.spots
    return any(isinstance(BOOK.flows[flow].nodes[node], SPOKEN) for flow, node in spots)


@pytest.mark.slow
async def test_they_succeed_over_every_line() -> None:
    waiting = list(shipped())
    async with asyncio.TaskGroup() as lanes:
        tried = [lanes.create_task(_pass(waiting)) for _ in range(PARALLEL)]
    on_all = set[str]().union(*(lane.result() for lane in tried))
    assert set(BOOK.flows) - on_all <= VOICE_ONLY, "a flow has no test that goes on every line"


async def _pass(waiting: list[Test]) -> set[str]:
    """Take tests and run each over every line; the flows that they went through."""
    tried: set[str] = set()
    async with voice() as by_voice:
        while waiting:
            test = waiting.pop()
            simulated = await run_test(BENCH, test)
            assert simulated.failure is None
            if to_a_person(simulated):
                continue
            for by in (as_text, on_pages, by_voice):
                assert steps(await by(test)) == steps(simulated.trace), (test.place, by)
            tried |= {flow for flow, _ in simulated.trace.spots}
    return tried


def steps(trace: Trace) -> list[Step]:
    """The steps until the caller hangs up, which happens while the last words are played."""
    taken = [line.step for line in trace.path]
    return list(takewhile(lambda step: step.way != "hung-up", taken))


async def test_a_test_that_is_not_met_fails_on_every_line() -> None:
    """So that the test above means something."""
    test = shipped()[0]
    wrong = replace(test, steps=(replace(test.steps[-1], does=Expectation(node="nowhere")),))
    async with voice() as by_voice:
        for by in (as_text, on_pages, by_voice):
            with pytest.raises(AssertionError, match="expected node nowhere"):
                await by(wrong)
