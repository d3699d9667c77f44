"""Recorded calls of an installation, run through other menus."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ari_app.commands import kept_menus
from ari_app.commands.kept_menus import KeptMenus
from ari_app.config.state import State
from ari_app.main.releases import directories
from ari_app.sim.comparison import Compared, compared
from ari_app.sim.follow import Setting, follow
from ari_app.sim.replay import Run, UnlikeError, as_recorded
from ari_app.store import tapes
from ari_app.store.db import Store
from ari_app.store.lines import ON_SCREENS
from ari_app.store.tapes import TapedCall
from ivr.diagram.picture import Traffic

_PAGE = 200
"""Calls that are read at once."""

NO_TAPE = "it has no tape: it was recorded by an older version, or went on after a restart"
TEXT_SESSION = "it was a session in text"
MENUS_GONE = "the menus that it went through are not kept any more"


class Passed:
    """How calls went through a flow of the new menus, each call counted once."""

    def __init__(self, flow: str) -> None:
        self._flow = flow
        self._nodes: Counter[str] = Counter()
        self._edges: Counter[tuple[str, str]] = Counter()
        self._calls = 0

    def add(self, run: Run) -> None:
        """Count a call."""
        steps = [step for step in run.steps if step.flow == self._flow]
        self._nodes.update({step.node for step in steps})
        self._edges.update({(step.node, step.way) for step in steps if step.way})
        self._calls += bool(steps)

    @property
    def traffic(self) -> Traffic:
        """The calls so far."""
        return Traffic(self._calls, self._nodes, self._edges)


class Chosen(Struct, frozen=True):
    """Which calls are replayed: those ``since`` a moment, or one by its id, unless it is ""."""

    since: datetime
    call: str = ""


async def replays(
    state: State,
    store: Store,
    menus: Path,
    chosen: Chosen,
    passed: Passed,
    progress: Callable[[int], None],
) -> list[Compared]:
    """Calls through the menus of a directory; ``progress``: how many were replayed so far.

    Raises :class:`~ari_app.menus.loading.FlowsError` if these do not pass the check.
    """
    config = state.config()
    recordings = directories(config, state).recordings
    new = kept_menus.setting(kept_menus.loaded(config, menus), recordings)
    with kept_menus.scratch() as scratch:
        kept = KeptMenus(config, state, store, Path(scratch))
        found: list[Compared] = []
        async for one in _calls(store, chosen):
            found.append(await _replayed(one, kept, new, passed))
            progress(len(found))
        return found


async def _calls(store: Store, chosen: Chosen) -> AsyncIterator[TapedCall]:
    if chosen.call:
        if (found := await store.read(tapes.of_call, chosen.call)) is not None:
            yield found
        return
    after = ""
    while page := await store.read(tapes.ended, chosen.since, after, _PAGE):
        for one in page:
            yield one
        after = page[-1].call


async def _replayed(call: TapedCall, kept: KeptMenus, new: Setting, passed: Passed) -> Compared:
    if call.line in ON_SCREENS or call.tape is None:
        why = TEXT_SESSION if call.line in ON_SCREENS else NO_TAPE
        return Compared(call.call, "not-replayed", why=why)
    start = call.tape.start
    start = replace(start, caller=replace(start.caller, number=call.caller))
    why = MENUS_GONE
    async for old in kept.of(call.began, call.flow, call.version):
        try:
            before = as_recorded(old.book, start, call.tape)
        except UnlikeError as error:
            why = f"the menus that are kept want something else: {error}"
            continue
        after, pressed = follow(before, old, new, start, call.began)
        passed.add(after)
        return compared(call.call, before, after, pressed)
    return Compared(call.call, "not-replayed", why=why)
