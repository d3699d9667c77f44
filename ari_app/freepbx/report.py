"""What became of each object of a FreePBX, as a table, and what is still to do."""

from collections.abc import Iterable, Iterator, Mapping

from ari_app.freepbx.company import Company
from ari_app.freepbx.draft import DraftMenus, DraftNode, Finding
from ari_app.freepbx.planner import NAMES
from ari_app.freepbx.selection import is_caller

_STAYS = "the rest of it stays in FreePBX: members, music, join announcement, prefix, longest wait"

_BESIDE = (
    "",
    "[ari]",
    'url = "http://127.0.0.1:8088"',
    'dialplan = "freepbx"  # of 17; "freepbx-16" for 13 to 16',
)


def findings(company: Company, menus: DraftMenus, *, routes: bool = True) -> tuple[Finding, ...]:
    """What became of all objects: those that calls come to, and the others.

    ``routes``: whether it begins at inbound routes, and not at an IVR.
    """
    found = {each.what: each for each in menus.findings}
    why = (
        "it is not beside the dialplan: keys that leave a queue are not known, and what only they "
        "lead to is left out"
    )
    lacking = company.queues and not company.keys_of_queues
    listed = [
        *([Finding("queues_additional.conf", "", "not imported", (), why)] if lacking else []),
        *_routes(company, menus if routes else None),
        *(_with_rest(each) for each in menus.findings),
        *(
            Finding(what, name, "left out", (), "no call to these numbers gets there")
            for what, name in _all(company)
            if what not in found
        ),
    ]
    return tuple(listed)


def _with_rest(finding: Finding) -> Finding:
    if not finding.what.startswith("Queue ") or finding.what.startswith("Queue Priority"):
        return finding
    why = "; ".join(filter(None, (finding.why, _STAYS)))
    return Finding(finding.what, finding.name, finding.outcome, finding.nodes, why)


def _routes(company: Company, menus: DraftMenus | None) -> Iterator[Finding]:
    for one in company.routes:
        what = f"Inbound Route {one.number or 'any'}" + (f" / {one.caller}" if one.caller else "")
        if menus is None or one.number not in menus.numbers:
            why = "not chosen, comes to no IVR, or is for any number; it stays in FreePBX"
            yield Finding(what, one.name, "left out", (), why)
            continue
        if one.caller and not is_caller(one.caller):
            why = f"{one.caller} is no number of a caller: these calls go on as all others do"
            yield Finding(what, one.name, "not imported", (), why)
            continue
        yield Finding(what, one.name, "imported", (menus.start,), "")


def _all(company: Company) -> Iterator[tuple[str, str]]:
    """Sort and name of all objects but routes and extensions, which stay in FreePBX."""
    sorts: Mapping[str, Iterable[tuple[str, str]]] = {
        "ivr": ((one.id, one.name) for one in company.ivrs.values()),
        "announcement": ((one.id, one.name) for one in company.announcements.values()),
        "condition": ((one.id, one.name) for one in company.conditions.values()),
        "queue": ((one.number, one.name) for one in company.queues.values()),
        "group": ((one.number, one.name) for one in company.groups.values()),
        "switch": ((one.id, one.name) for one in company.switches.values()),
        "language": ((one.id, one.name) for one in company.languages.values()),
        "priority": ((one.id, one.name) for one in company.priorities.values()),
        "caller-id": ((one.id, one.name) for one in company.caller_ids.values()),
        "misc": ((one.id, one.name) for one in company.misc.values()),
        "application": ((one.number, one.name) for one in company.applications.values()),
        "custom": ((one.id, one.name) for one in company.custom.values()),
    }
    for kind, objects in sorts.items():
        yield from ((f"{NAMES[kind]} {key}", name) for key, name in objects)


def markdown(found: Iterable[Finding], source: str = "FreePBX") -> str:
    """The findings as a table of Markdown; ``source`` is what they are of."""
    rows = [(source, "Name", "Outcome", "Node", "What to know"), ("---",) * 5]
    rows += [
        (one.what, one.name, one.outcome, ", ".join(one.nodes), one.why) for one in found
    ]  # fmt: skip
    cells = [[cell.replace("|", "\\|") or " " for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def to_do(
    menus: DraftMenus, directory: str, problems: Iterable[str], *, freepbx: bool = True
) -> Iterator[str]:
    """What is left to do, as paragraphs of Markdown."""
    queues = sorted({one for node in menus.nodes.values() for one in _queue(node)})
    numbers = ", ".join(f'"{number}"' for number in menus.numbers)
    named = ", ".join(f'"{queue}"' for queue in queues)
    yield "## Settings"
    yield "In `firstline.toml`; what a table such as `[site]` has already is put into that one."
    yield "\n".join(
        [
            "```toml",
            "[menus]",
            f'directory = "{directory}"',
            "",
            "[site]",
            f"numbers = [{numbers}]",
            *([f"queues = [{named}]"] if queues else []),
            "",
            "[voice]",
            f'recordings = "{directory}/recordings"',
            *(_BESIDE if freepbx else ()),
            "```",
        ]
    )
    yield "## Calls to it"
    way = (
        "In FreePBX that is a *Custom Destination*, to which an Inbound Route or a Misc "
        "Application leads once all is tried; `firstline pbx render --freepbx` writes the files "
        "that belong there."
        if freepbx
        else "Lead its extension there with a `Goto` once all is tried; `firstline pbx render` "
        "writes the files that belong into Asterisk."
    )
    yield "\n".join(
        f"- {number}: its calls go to `firstline,{number},1`. {way}" for number in menus.numbers
    )
    if menus.prompts:
        yield "## Recordings and texts"
        lines = [f"- {each}" for each in problems]
        yield "\n".join(
            [
                "What recordings say is not known: the texts in `prompts/` say what they are "
                "about. Write what is played, and take the keys that it names out of "
                "`unread`: then the check compares keys and words.",
                *(["", *lines] if lines else []),
            ]
        )


def _queue(node: DraftNode) -> Iterator[str]:
    if isinstance(queue := node.body.get("queue"), str):
        yield queue
