"""No charge that was not presented whole: the contract of every line, and a property of them."""

import ast
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ari_app
from ari_app.demo.simulated import simulated_operator
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim import simulation
from ari_app.sim.line import HUNG_UP, Act, Scene
from ari_app.sim.run import Call
from ari_app.sim.script import Test
from ari_app.ussd.line import Page, Reply, TextLine
from ivr.engine import Step
from ivr.screens import SMS, USSD, PageSize, listed
from ivr.values import Phrase
from ivr.wants import Ask, Say, Screen, Want
from prompts.plan import screen_texts
from tests import shipped
from tests.fuzz import FEW
from tests.lines.consent_lines import LINES, When
from tests.spoken import MORE

MENUS = shipped.menus()
BENCH = simulation.bench(MENUS.book, MENUS.catalogue, simulated_operator())
COSTLY = {f"{name}: ok" for name, one in CATALOGUE.items() if one.costs}
"""What the log of a call says when the caller was charged."""

WRITTEN: Callable[[Screen], tuple[str, ...]] = partial(
    screen_texts, MENUS.catalogue, form="written"
)


READ_ON = tuple(
    WRITTEN(Screen((Phrase("ussd-read-on"),), language))[0] for language in ("ru", "be", "en")
)
"""The hint before a page that is shown again."""


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("line", LINES)
async def test_a_yes_counts_after_its_text_was_presented_whole(
    line: Callable[[str, When], Awaitable[list[str]]], when: When
) -> None:
    assert await line("3", when) == (["quote", "buy"] if when is When.HEARD else ["quote"])


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("line", LINES)
async def test_a_no_costs_nothing_at_any_time(
    line: Callable[[str, When], Awaitable[list[str]]], when: When
) -> None:
    assert await line("2", when) == ["quote"]


def test_every_line_keeps_the_contract() -> None:
    """A new kind of line is added to the lines of the contract, and here."""
    kinds = {
        kind.name
        for file in Path(ari_app.__path__[0]).rglob("*.py")
        for kind in ast.walk(ast.parse(file.read_text()))
        if isinstance(kind, ast.ClassDef) and kind.name != "Line"
        if any(isinstance(one, ast.AsyncFunctionDef) and one.name == "present" for one in kind.body)
    }
    assert kinds == {"AgiLine", "ChannelLine", "SimLine", "TextLine"}


# The property: callers who do anything, over the menus that we ship.

Way = tuple[str, str, str, list[str]]

PATHS: list[Way] = [
    ("611", "0026", "66734", ["2", "1", "1#"]),
    ("611", "0001", "5266", ["3", "1", "1#"]),
    ("611", "0001", "5266", ["8", "1", "1", "375990000002#", "5#"]),
    ("611", "0008", "524452", ["8", "4", "1", "1#"]),
    ("611", "0001", "5266", ["4", "1", "0#", "1#"]),
    ("*105#", "0003", "524245", ["3#"]),
]
"""Who calls what, with which code word, and the answers that lead to a confirm."""


STEADY = 0.95
"""How often a caller hears out what leads to a confirm."""


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


class Log:
    """What happened in a call, in turn: wants, operations, and what was presented whole."""

    def __init__(self) -> None:
        self.presented: set[str] = set()
        self.confirmed: tuple[Phrase, ...] = ()
        self.charged = 0
        self.unseen: list[str] = []
        """What was charged for and had not been presented whole."""
        self.ask: Ask | None = None

    def watch(self, _at: float, what: Step | Want | str) -> None:
        if isinstance(what, Ask) and what.consent:
            self.confirmed, self.ask = what.screen.phrases, what
        if isinstance(what, str) and what in COSTLY:
            self.charged += 1
            self.unseen += self.missing()

    def missing(self) -> list[str]:
        """What the last confirm said and was not presented whole."""
        return [str(one) for one in self.confirmed if str(one) not in self.presented]


class TextLog(Log):
    """The pages that a subscriber replied to after they were sent."""

    def __init__(self) -> None:
        super().__init__()
        self._read: list[str] = []

    @property
    def read(self) -> str:
        return "".join(self._read)

    def show(self, page: str, seen: bool) -> None:
        """A page was shown; one that begins with the hint is shown in place of the last one."""
        hint = next((one for one in READ_ON if page.startswith(one)), "")
        if hint:
            self._read[-1] = ""
        self._read.append(bare(page.removeprefix(hint)) if seen else "")

    def missing(self) -> list[str]:
        assert self.ask is not None
        sentences = WRITTEN(Screen(self.confirmed, self.ask.screen.language))
        lines = [line for one in sentences for line in listed(one, self.ask.grammar.choices)]
        return [line for line in lines if bare(line) not in self.read]


@pytest.mark.slow
@settings(deadline=None, max_examples=FEW)
@given(
    st.sampled_from(PATHS),
    st.sampled_from([USSD, SMS]),
    st.randoms(use_true_random=False),
    st.floats(0, 1),
)
async def test_a_subscriber_who_replies_anything_is_charged_for_what_was_shown(
    path: Way, size: PageSize, random: Random, patient: float
) -> None:
    number, caller, word, answers = path
    coming, log = [answer.rstrip("#") for answer in answers], TextLog()
    left = 60

    async def show(page: Page) -> Reply | None:
        nonlocal left
        left -= 1
        key, _, hint = page.text.rpartition("\n")[2].partition(" ")
        turns = hint in MORE.values()
        seen = random.random() < STEADY
        log.show(page.text.rpartition("\n")[0] if turns else page.text, seen)
        if page.last or left == 0:
            return None
        if turns and random.random() < (STEADY if coming else patient):
            return Reply(key, seen)
        if coming and not turns:
            return Reply(coming.pop(0), seen)
        return Reply(random.choice(["1", "1", "1", "2", "9", word, word, word]), seen)

    call = Call(BENCH, Test(test="text", call=number, as_=caller), lambda: 0.0, log.watch)

    async def reach(_: float) -> None:
        """Replies do not wait for a clock."""

    await call.over(TextLine(WRITTEN, show, "ru", size, MENUS.book.words), reach)
    assert log.unseen == []


class Fumbling:
    """A caller on the phone who presses keys at random moments, on a clock that jumps."""

    def __init__(
        self, word: str, answers: list[str], random: Random, patient: float, log: Log
    ) -> None:
        self.seconds = 0.0
        self._answers = list(answers)
        self._any = ["1", "1", "1", "2", "9", f"{word}#", f"1{word}#", f"{word}#"]
        self._keys: list[str] = []
        self._random, self._patient, self._log = random, patient, log
        self._acts = 200
        self._began: tuple[int, float] = (0, 0.0)

    def now(self) -> float:
        return self.seconds

    async def reach(self, moment: float) -> None:
        self.seconds = max(self.seconds, moment)

    async def act(self, scene: Scene, until: float) -> Act | None:
        self._acts -= 1
        if self._acts < 0:
            return HUNG_UP
        self._hear(scene)
        if isinstance(scene.want, Ask) and not self._keys and self._wants(scene):
            keys = self._answers.pop(0) if self._answers else self._random.choice(self._any)
            self._keys = list(keys)
        if self._keys:
            self.seconds += 0.2
            self._hear(scene)
            return self._keys.pop(0)
        self.seconds = max(self.seconds, min(until, self.seconds + 60))
        return None

    def _wants(self, scene: Scene) -> bool:
        patient = max(STEADY, self._patient) if self._answers else self._patient
        return not scene.playing or self._random.random() > patient

    def _hear(self, scene: Scene) -> None:
        """Remember what was heard to its end, by the clock alone."""
        if not isinstance(scene.want, Ask | Say):
            return
        if self._began[0] != id(scene.want):
            self._began = (id(scene.want), self.seconds)
            self._held = scene.want  # so that no other want has its id
        if self.seconds >= self._began[1] + BENCH.lasts(scene.want.screen):
            self._log.presented.update(map(str, scene.want.screen.phrases))


@pytest.mark.slow
@settings(deadline=None, max_examples=FEW)
@given(st.sampled_from(PATHS), st.randoms(use_true_random=False), st.floats(0, 1))
async def test_a_caller_who_presses_anything_is_charged_for_what_was_played(
    path: Way, random: Random, patient: float
) -> None:
    number, caller, word, answers = path
    log = Log()
    person = Fumbling(word, answers, random, patient, log)
    call = Call(BENCH, Test(test="voice", call=number, as_=caller), person.now, log.watch)
    await call.play(person, person.reach)
    assert log.unseen == []


@pytest.mark.parametrize("path", PATHS)
async def test_who_hears_all_and_says_yes_is_charged(path: Way) -> None:
    """So the properties above have charges to look at."""
    number, caller, word, answers = path
    log = Log()
    person = Fumbling(word, [*answers, "1", f"{word}#"], Random(1), 1.0, log)
    call = Call(BENCH, Test(test="voice", call=number, as_=caller), person.now, log.watch)
    await call.play(person, person.reach)
    assert log.charged
    assert log.unseen == []
