"""What an Asterisk of FreePBX lacks to serve Firstline's callers, and what collides there."""

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from ari_app.doctor.conf import Conf, Section, parsed, yes
from ari_app.doctor.dialplan import Context, Step, contexts
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding

INTO = {
    "extensions_custom.conf": "extensions.conf",
    "globals_custom.conf": "extensions.conf",
    "queues_post_custom.conf": "queues.conf",
    "ari_additional_custom.conf": "ari.conf",
    "manager_custom.conf": "manager.conf",
}
"""A file of the administrator's -> the file of Asterisk's that includes it."""

_LIMIT = 1000
_SETTINGS = (
    ("http.conf", "enabled", "HTTPENABLED", 1),
    ("ari.conf", "enabled", "ENABLE_ARI", 1),
    ("ari.conf", "websocket_write_timeout", "ARI_WS_WRITE_TIMEOUT", _LIMIT),
    ("http.conf", "sessionlimit", "HTTPSESSIONLIMIT", _LIMIT),
)
"""A file, the key in its section general, FreePBX's setting for it, and its least value."""

_HELD = ("ext-local", "ext-queues", "ext-group", "ext-meetme", "app-miscapps", "app-pagegroups")
"""Contexts whose extensions are numbers that phones inside dial."""

OURS = "firstline"
"""The context that callers come to."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What there should be: the rendered files, name -> text; numbers that callers dial; queues;
    the extensions of agents, each with who has it; and :attr:`dialplan` of the settings."""

    files: Mapping[str, str]
    numbers: tuple[str, ...]
    queues: tuple[str, ...]
    agents: Mapping[str, str]
    dialplan: str


def lacking(facts: Facts, wanted: Wanted) -> Iterator[Finding]:
    """All that is missing or wrong; passwords are not in it."""
    known = contexts(facts)
    yield from _files(facts, wanted)
    yield from _spelling(known, wanted)
    yield from _settings(facts)
    for queue in wanted.queues:
        yield from _queue(facts, known, queue)
    for number in wanted.numbers:
        yield from _number(facts, known, number)
    yield from _agents(facts, known, wanted)


def _files(facts: Facts, wanted: Wanted) -> Iterator[Finding]:
    for name, text in wanted.files.items():
        into = facts.conf(INTO[name])
        head = "[globals]\n" if name == "globals_custom.conf" else ""
        sections = parsed({name: head + text}, name).sections
        other = [one.name for one in sections if _differs(one, into)]
        if other and not any(_is_read(one, into) for one in sections):
            yield Finding(
                "freepbx-file",
                "critical",
                facts.path(name),
                f"what Firstline rendered for {name} is not read",
                f"#include firstline/{name}",
            )
        elif other:
            yield Finding(
                "freepbx-old",
                "critical",
                facts.path(name),
                f"this is not as Firstline renders it now: {', '.join(other)}",
                "firstline pbx render --freepbx /etc/asterisk/firstline && fwconsole reload",
            )


def _is_read(ours: Section, into: Conf) -> bool:
    """Whether a line of ours is in force."""
    return bool(_lines(ours) & _lines(into.section(ours.name)))


def _differs(ours: Section, into: Conf) -> bool:
    """Whether a section lacks a line of ours; of a key that has one value the last line counts."""
    there = into.section(ours.name)
    if ours.option("exten") is None and not ours.name.startswith("firstline"):
        return any(there.get(one.key) != one.value for one in ours.options)
    return not into.named(ours.name) or bool(_lines(ours) - _lines(there))


def _lines(section: Section) -> Counter[tuple[str, str]]:
    """The lines; not those for events, of which an older Asterisk needs others."""
    kept = (one for one in section.options if not one.key.startswith("eventfilter"))
    return Counter((one.key, one.value) for one in kept)


def _spelling(known: Mapping[str, Context], wanted: Wanted) -> Iterator[Finding]:
    queues = known.get("ext-queues")
    if queues is None:
        return
    macros = any(step.does.startswith("Macro(") for step in queues.steps)
    right = "freepbx-16" if macros else "freepbx"
    if right != wanted.dialplan:
        yield Finding(
            "freepbx-dialplan",
            "critical",
            "firstline.toml",
            f"this FreePBX calls subroutines by {'Macro' if macros else 'Gosub'}(): say so in "
            "[ari], and render the files again",
            f'dialplan = "{right}"',
        )


def _settings(facts: Facts) -> Iterator[Finding]:
    for file, key, name, least in _SETTINGS:
        general = facts.conf(file).general
        value = general.get(key)
        enough = yes(value) if least == 1 else value.isdigit() and int(value) >= least
        if not enough:
            yield Finding(
                "freepbx-setting",
                "critical" if least == 1 else "warning",
                general.at(key) or facts.path(file),
                f"{key} is {value or 'not set'}",
                f"fwconsole setting {name} {least} && fwconsole reload",
            )


def _queue(facts: Facts, known: Mapping[str, Context], name: str) -> Iterator[Finding]:
    conf = facts.conf("queues.conf")
    queue = conf.section(name)
    dialled = known.get("ext-queues")
    if dialled is None or name not in {step.extension for step in dialled.steps}:
        others = sorted(one.name for one in conf.real() if one.name.isdigit() and one.name != name)
        yield Finding(
            "freepbx-queue",
            "critical",
            "firstline.toml",
            f"FreePBX has no queue {name}; it has {', '.join(others) or 'none'}",
            f"queues = {others}".replace("'", '"') if others else "Applications, Queues: add it",
        )
        return
    menu = next(
        (one for one in queue.every("context") if one.value.startswith(("ivr-", "app-"))), None
    )
    if menu is not None:
        yield Finding(
            "freepbx-break-out",
            "warning",
            menu.where,
            f"the queue {name} has the IVR Break Out Menu {menu.value}, which the key of "
            "Firstline's replaces for all its callers",
            f"Applications, Queues, {name}: IVR Break Out Menu: None",
        )
    if not queue.every("member"):
        yield Finding(
            "freepbx-members",
            "note",
            queue.where,
            f"the queue {name} has no static agents: it rings those who log in",
            f"Applications, Queues, {name}, Queue Agents: add them",
        )


def _number(facts: Facts, known: Mapping[str, Context], number: str) -> Iterator[Finding]:
    entry = f"Goto({OURS},{number},1)"
    if not any(entry in step.does for one in known.values() for step in one.steps):
        yield Finding(
            "freepbx-destination",
            "warning",
            facts.path("extensions_additional.conf"),
            f"nothing leads to {OURS},{number},1",
            f"Admin, Custom Destinations: add one with the target {OURS},{number},1",
        )
    for name in _HELD:
        steps = [step for step in _steps(known, name) if step.extension == number]
        if steps and not any(OURS in each.does or "customdests" in each.does for each in steps):
            yield Finding(
                "freepbx-collision",
                "warning",
                steps[0].where,
                f"{number} is a number of FreePBX's own ({name}): phones inside reach that, not "
                "Firstline",
                "give one of the two another number",
            )


def _agents(facts: Facts, known: Mapping[str, Context], wanted: Wanted) -> Iterator[Finding]:
    there = {step.extension for step in _steps(known, "ext-local")}
    if not there:
        return
    for extension, agent in wanted.agents.items():
        if extension in wanted.numbers or extension not in there:
            yield Finding(
                "freepbx-agent",
                "warning",
                facts.path("extensions_additional.conf"),
                f"the agent {agent} has the extension {extension}, which FreePBX has not: the desk "
                "does not know their phone",
                "Connectivity, Extensions: add it, or give the agent theirs",
            )


def _steps(known: Mapping[str, Context], name: str) -> tuple[Step, ...]:
    found = known.get(name)
    return found.steps if found else ()
