"""The dialplan: what becomes of callers without the application, and who may call out."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from ari_app.doctor.conf import GENERAL, Section
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding

_GOES = re.compile(r"(?:Goto|Gosub|GotoIf|Macro)\((?:[^?]*\?)?([\w-]+),", re.IGNORECASE)
_LOCAL = re.compile(r"Local/[^@,&)]*@([\w-]+)", re.IGNORECASE)
_OUT = re.compile(
    r"(?:PJSIP|SIP|IAX2)/[^,&)]*@(?!\$\{CONTEXT)|(?:SIP|IAX2|DAHDI|PJSIP)/[\w-]+/[^,&)]*\$\{",
    re.IGNORECASE,
)
_STASIS = re.compile(r"(StasisBroadcast|Stasis)\b(?:\((.*)\))?", re.IGNORECASE)
FALLBACK = "same => n,Goto(firstline-fallback,s,1)"


class Step(Struct, frozen=True):
    """A line of an extension: ``exten => 611,1,Answer()``."""

    extension: str
    does: str
    where: str


class Context(Struct, frozen=True):
    """A context: its lines in order, and the contexts that it includes."""

    name: str
    where: str
    steps: tuple[Step, ...]
    includes: tuple[str, ...]


def contexts(facts: Facts) -> Mapping[str, Context]:
    """The contexts of extensions.conf by name."""
    conf = facts.conf("extensions.conf")
    names = dict.fromkeys(one.name for one in conf.real())
    every = (conf.section(name) for name in names if name not in (GENERAL, "globals"))
    return {one.name: _context(one) for one in every}


def _context(section: Section) -> Context:
    steps, extension = [], ""
    for option in section.every("exten", "same"):
        rest = option.value
        if option.key == "exten":
            extension, _, rest = rest.partition(",")
        does = rest.partition(",")[2]
        steps.append(Step(extension.strip(), does.strip(), option.where))
    included = tuple(one.value.partition(",")[0] for one in section.every("include"))
    return Context(section.name, section.where, tuple(steps), included)


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    known = contexts(facts)
    for context in known.values():
        yield from _handed_over(context, known, facts.application)
    yield from _anonymous(facts, known)


def _handed_over(
    context: Context, known: Mapping[str, Context], application: str
) -> Iterator[Finding]:
    """Each place where callers are given to the application."""
    entered = False
    for place, step in enumerate(context.steps):
        by = _offers(step.does, application)
        if not by:
            continue
        entered = True
        following = context.steps[place + 1 : place + 2]
        if not following or following[0].extension != step.extension:
            yield Finding(
                "no-fallback",
                "critical",
                step.where,
                f"nothing follows {by}() in {context.name}: while the application does not run, "
                "callers are hung up on",
                FALLBACK,
            )
        before = (one for one in context.steps[:place] if one.extension == step.extension)
        if not any("TIMEOUT(absolute)" in one.does for one in before):
            yield Finding(
                "no-time-limit",
                "warning",
                step.where,
                f"no time limit is set before {by}(): callers stay in silence in an application "
                "that has died, until they hang up",
                "same => n,Set(TIMEOUT(absolute)=120), before this line",
            )
    reached = _closure(context.name, known, lambda one: one.includes)
    if entered and not any(step.extension == "T" for one in reached for step in one.steps):
        yield Finding(
            "no-dead-man",
            "critical",
            context.where,
            f"{context.name} has no extension T: callers whose time limit passes, because the "
            "application hangs or has died, are hung up on",
            "exten => T,1,Goto(firstline-fallback,s,1)",
        )


def _offers(does: str, application: str) -> str:
    """What offers callers to the application in a line, such as ``Stasis``; "" if nothing does.

    ``StasisBroadcast(timeout,app_filter,…)`` offers them to the applications whose names its
    regular expression matches, to all without one (`core show application StasisBroadcast`).
    """
    found = _STASIS.match(does)
    if found is None:
        return ""
    first, *more = (one.strip() for one in (found[2] or "").split(","))
    if found[1].lower() == "stasis":
        return "Stasis" if first.lower() == application.lower() else ""
    try:
        apart = more and not re.search(more[0], application)
    except re.error:
        apart = False
    return "" if apart else "StasisBroadcast"


def _anonymous(facts: Facts, known: Mapping[str, Context]) -> Iterator[Finding]:
    for endpoint in facts.conf("pjsip.conf").named("anonymous"):
        if endpoint.get("type") != "endpoint":
            continue
        for context in _closure(endpoint.get("context", "default"), known, _onward):
            for step in context.steps:
                if "Dial(" in step.does and _OUT.search(step.does):
                    yield Finding(
                        "anonymous-out",
                        "critical",
                        endpoint.at("context"),
                        f"a call of anyone, without a password, reaches {step.does} ({step.where})",
                        "context = (one that dials no trunk)",
                    )
                    return


def _onward(context: Context) -> tuple[str, ...]:
    """Where a call in a context may go."""
    gone = (name for step in context.steps for name in _GOES.findall(step.does))
    local = (name for step in context.steps for name in _LOCAL.findall(step.does))
    return (*context.includes, *gone, *local)


def _closure(
    first: str, known: Mapping[str, Context], following: Callable[[Context], Sequence[str]]
) -> tuple[Context, ...]:
    """The context of a name, and all that it leads to."""
    found: dict[str, Context] = {}
    left = [first]
    while left:
        name = left.pop()
        if name in known and name not in found:
            found[name] = known[name]
            left += following(known[name])
    return tuple(found.values())
