"""The steps of a call, as an agent reads them: what was asked, what was pressed, what failed."""

from collections.abc import Iterable, Iterator

from ari_app.desk.known import Names, Step
from ari_app.store.calls import SECRET
from ari_app.workplace.calling import Taken
from ivr.engine import Step as Walked
from ivr.ways import FLAWS
from prompts.catalogue import Catalogue
from prompts.template import Template

LONGEST = 70
"""Letters of a prompt that are shown."""

FAILED = frozenset((*FLAWS, "failed", "unavailable", "unknown", "refused", "timeout", "locked"))
"""Outcomes with which a caller did not get what he wanted."""

SILENT = ("branch", "set", "hours", "call", "return", "goto", "language")
"""Kinds of nodes of which a caller notices nothing."""


def told(catalogue: Catalogue, taken: Iterable[Taken]) -> Iterator[Step]:
    """The steps that mean something to a human, in their order."""
    for one in taken:
        step = one.step
        if step.kind in SILENT and step.outcome not in FAILED:
            continue
        key = "****" if step.key == SECRET else step.key
        failed = step.outcome in FAILED
        yield Step(one.at, _what(catalogue, step), key, step.outcome if failed else "", failed)


def _what(catalogue: Catalogue, step: Walked) -> Names:
    """What a step told, per language; of one that told nothing, the name of its node."""
    if step.prompt not in catalogue.prompts:
        return {"": step.node}
    texts = ((each, catalogue.template(step.prompt, each)[1]) for each in catalogue.languages)
    return {language: _short(template) for language, template in texts}


def _short(template: Template) -> str:
    text = "".join(part if isinstance(part, str) else "…" for part in template.parts)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
