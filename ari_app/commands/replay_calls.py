"""Recorded calls of an installation, run through other menus."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
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
from ari_app.store.tapes import TapedCall
from ivr.diagram.picture import Traffic

_PAGE = 200
"""Calls that are read at once."""

NO_TAPE = "it has no tape: it was recorded by an older version, or went on after a restart"
TEXT_SESSION = "it was a session in text"
MENUS_GONE = "the menus that it went through are not kept any more"


class Replayed(Struct, frozen=True):
    """A call before and after, and its run through the new menus, if there is one."""

    compared: Compared
    after: Run | None = None


async def replays(
    state: State, store: Store, menus: Path, since: datetime, call: str
) -> list[Replayed]:
    """The calls since a moment, or one, through the menus of a directory.

    Raises :class:`~ari_app.menus.loading.FlowsError` if these do not pass the check.
    """
    config = state.config()
    recordings = directories(config, state).recordings
    new = kept_menus.setting(kept_menus.loaded(config, menus), recordings)
    with kept_menus.scratch() as scratch:
        kept = KeptMenus(config, state, store, Path(scratch))
        return [await _replayed(one, kept, new) async for one in _calls(store, since, call)]


async def _calls(store: Store, since: datetime, call: str) -> AsyncIterator[TapedCall]:
    if call:
        if (found := await store.read(tapes.of_call, call)) is not None:
            yield found
        return
    after = ""
    while page := await store.read(tapes.ended, since, after, _PAGE):
        for one in page:
            yield one
        after = page[-1].call


async def _replayed(call: TapedCall, kept: KeptMenus, new: Setting) -> Replayed:
    if call.tape is None:
        why = TEXT_SESSION if call.line == "ussd" else NO_TAPE
        return Replayed(Compared(call.call, "not-replayed", why=why))
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
        return Replayed(compared(call.call, before, after, pressed), after)
    return Replayed(Compared(call.call, "not-replayed", why=why))


def traffic(found: Sequence[Replayed], flow: str) -> Traffic:
    """How the calls went through a flow of the new menus, each call counted once."""
    nodes: Counter[str] = Counter()
    edges: Counter[tuple[str, str]] = Counter()
    calls = 0
    for one in found:
        steps = [step for step in (one.after.steps if one.after else ()) if step.flow == flow]
        nodes.update({step.node for step in steps})
        edges.update({(step.node, step.way) for step in steps if step.way})
        calls += bool(steps)
    return Traffic(calls, nodes, edges)
