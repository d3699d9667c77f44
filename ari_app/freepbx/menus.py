"""A company as menus of ours: from its routes or an IVR, all that calls come to."""

from typing import Final

from ari_app.freepbx.circles import break_circles
from ari_app.freepbx.company import Company
from ari_app.freepbx.draft import DraftMenus
from ari_app.freepbx.kinds import KINDS
from ari_app.freepbx.planner import MENU, Choice, Planner

FAREWELL: Final = "farewell"
PATIENCE: Final = 12
"""The patience that a flow has by itself."""


def menus(company: Company, choice: Choice) -> DraftMenus:
    """The menus of a choice."""
    plan = Planner(company, choice, KINDS)
    lists: dict[str, tuple[str, ...]] = {}
    starts = {number: _route(plan, number, lists) for number in choice.starts}
    begin = next(iter(starts.values()))
    if len(starts) > 1:
        number, begin = next(iter(starts.items()))
        others = {key: to for key, to in starts.items() if key != number}
        plan.put("number", {"branch": "dialled", "when": others, "else": begin})
        begin = "number"
    if plan.contexts.tracked:
        plan.put("begin", {"set": {MENU: "none"}, "then": begin})
        begin = "begin"
    plan.finish()
    circles = tuple(break_circles(plan.nodes, begin))
    plan.put(FAREWELL, {"end": "silence-bye"})
    attempts = [int(str(each.body.get("attempts", 0))) for each in plan.nodes.values()]
    return DraftMenus(
        choice.flow,
        tuple(choice.starts),
        tuple(plan.languages),
        begin,
        max(PATIENCE, *attempts),
        plan.nodes,
        plan.schedules,
        lists,
        plan.prompts.made,
        (*plan.findings.values(), *circles),
        FAREWELL,
    )


def _route(plan: Planner, number: str, lists: dict[str, tuple[str, ...]]) -> str:
    """Where a number leads, which may depend on who calls."""
    otherwise = plan.node(plan.choice.starts[number])
    special: dict[str, list[str]] = {}
    for caller, dest in plan.choice.callers.get(number, ()):
        special.setdefault(plan.node(dest), []).append(caller)
    if not special:
        return otherwise
    cases = {}
    for count, (node, callers) in enumerate(special.items()):
        name = f"callers-of-{number}" + (f"-{count + 1}" if count else "")
        lists[name] = tuple(callers)
        cases[f"in {name}"] = node
    plan.put(
        f"caller-of-{number}",
        {"branch": "number", "when": cases, "else": otherwise},
        "Inbound routes for callers of their own.",
    )
    return f"caller-of-{number}"
