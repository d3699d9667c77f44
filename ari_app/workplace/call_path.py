"""The steps of a call as agents read them: what was played, what was chosen, what failed."""

import re
from collections.abc import Iterable, Iterator, Mapping

from ari_app.desk.cards.caller_profile import Names, Step
from ari_app.desk.forms.offered import MENUS_ONLY
from ari_app.store.calls import PASSING, PLAYBACK, RESTART, SECRET
from ari_app.workplace.live_calls import TimedStep
from ivr import nodes
from ivr.acd.contact_reason import SaidWords
from ivr.analysis.graph import FAILED_INPUT, edges_from
from ivr.analysis.reachability import shortest_to_human
from ivr.engine import Step as Walked
from ivr.model import Book
from ivr.nodes import Node, kind
from ivr.speech.key_names import key_names
from ivr.speech.language import PhraseError
from ivr.speech.languages import language as spoken_language
from ivr.spoken import words_of
from ivr.terms import ACTIONS, SAID
from ivr.values import Phrase, Values
from prompts.catalogue import Catalogue
from prompts.plan import phrase_text
from prompts.template import Pause, Template

LONGEST = 70
"""Characters of a prompt that are shown."""

FAILED = frozenset(
    (*FAILED_INPUT, "failed", "unavailable", "unknown", "refused", "timeout", "locked")
)
"""Outcomes with which the caller did not get what they wanted."""

SILENT = (
    *("announce", "branch", "call", "goto", "hours", "language", "return", "set"),
    *(PLAYBACK, RESTART),
)
"""Kinds of nodes that the caller does not notice."""

_WORD = re.compile(r"\w+")


class CallNarrator:
    """Describes steps of these menus."""

    def __init__(self, catalogue: Catalogue, book: Book) -> None:
        self.catalogue = catalogue
        self.book = book
        self._to_human = shortest_to_human(book.flows, book.operations)

    def narrate(self, steps: Iterable[TimedStep]) -> Iterator[Step]:
        """The steps that mean something to an agent, in order."""
        for one in steps:
            step = one.step
            if step.kind == PASSING:
                state, _, to = step.outcome.partition(" ")
                failed = state in ("returns", "front", "left")
                yield Step(one.at, {"": to}, "", f"passing-{state}", failed)
                continue
            failed = step.outcome in FAILED
            nothing = step.kind == "do" and (
                step.outcome == "none" or self._operation(step) in MENUS_ONLY
            )
            offer = isinstance(node := self._node(step), nodes.Say) and node.other_languages
            if failed or not (step.kind in SILENT or nothing or offer):
                said = words_of(step.filled)
                key = "****" if step.key == SECRET else step.key
                key = "" if said or key.startswith(SAID) else key
                outcome = step.outcome if failed else ""
                words = SaidWords(*said) if said else None
                yield Step(one.at, self._name(step), key, outcome, failed, words)

    def heard(self, flow: str, node: str) -> Names | None:
        """What a node is about, per language; None if callers do not notice it."""
        step = Walked(flow, node, "")
        found = self._node(step)
        if found is not None and kind(found) in SILENT:
            return None
        return None if self._operation(step) in MENUS_ONLY else self._name(step)

    def places(self, flow: str) -> Mapping[str, int]:
        """The nodes of a flow, each with its place: those that calls come to first are first."""
        found = self.book.flows.get(flow)
        if found is None:
            return {}
        reached = [found.start]
        for node in reached:
            for edge in edges_from(self.book.flows, self.book.operations, (flow, node)):
                if edge.flow == flow and edge.node in found.nodes and edge.node not in reached:
                    reached.append(edge.node)
        return {node: place for place, node in enumerate(reached)}

    def queue(self, flow: str, node: str) -> str:
        """The queue to which a node leads; "" if it leads to none."""
        found = self._node(Walked(flow, node, ""))
        return found.queue if isinstance(found, nodes.Queue) else ""

    def _operation(self, step: Walked) -> str:
        """The operation that a step ran; "" if it ran none, or its node is gone."""
        node = self._node(step)
        return node.do if isinstance(node, nodes.Do) else ""

    def _node(self, step: Walked) -> Node | None:
        """The node of a step; None if it is gone."""
        flow = self.book.flows.get(step.flow)
        return flow.nodes.get(step.node) if flow else None

    def _name(self, step: Walked) -> Names:
        """What a step was about, per language; else the operation or the name of the node."""
        if operation := self._operation(step):
            return {"": operation}
        prompts = (
            (step.prompt,) if step.prompt in self.catalogue.prompts else _prompts(self._node(step))
        )
        found: dict[str, str] = {}
        for language in self.catalogue.languages:
            texts = [_text(self.catalogue.template(one, language)[1]) for one in prompts]
            chosen = (choice(text, step.key) for text in texts if step.key)
            common = spoken_language(language).labels.get(self._target(step), "")
            written = (self._written(one, step.filled, language) for one in prompts)
            text = next(filter(None, chosen), "") or common or _beginning(" ".join(written))
            if text:
                found[language] = text
        return found or {"": step.node}

    def _written(self, prompt: str, filled: Values, language: str) -> str:
        """A prompt with the values that filled it, "…" for all of them if one is not kept."""
        language, template = self.catalogue.template(prompt, language)
        try:
            if template.slots and filled.keys() >= template.slots.keys():
                return phrase_text(self.catalogue, Phrase(prompt, filled), language, "written")
        except PhraseError:  # the text has changed since
            pass
        return _text(template)

    def _target(self, step: Walked) -> str:
        """Where a key or a queue led, if it has a name of its own: back, repeat, ``human``; else
        ""."""
        flow, node = self.book.flows.get(step.flow), self._node(step)
        if isinstance(node, nodes.Queue):
            return "human"
        if flow is None or not step.key or not isinstance(node, nodes.Menu):
            return ""
        target = node.keys.get(step.key) or flow.always.get(step.key, "")
        if target in ACTIONS:
            return target
        lead = self._to_human.get((step.flow, target))
        return "human" if lead is not None and not lead.keys else ""


def _prompts(node: Node | None) -> tuple[str, ...]:
    match node:
        case nodes.Menu(menu=prompts) | nodes.Input(input=prompts) | nodes.Confirm(confirm=prompts):
            return prompts
        case nodes.Listen(listen=prompts):
            return prompts
        case nodes.Say(say=prompts) | nodes.Hold(hold=prompts) | nodes.End(end=prompts):
            return prompts
    return ()


def _text(template: Template) -> str:
    words = (part for part in template.parts if not isinstance(part, Pause))
    return "".join(part if isinstance(part, str) else "…" for part in words)


def _beginning(text: str) -> str:
    """The first sentence of a text, shortened to what is shown."""
    text = re.split(r"(?<=[.!?]) ", text, maxsplit=1)[0]
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def choice(text: str, key: str) -> str:
    """What a menu's text offers for a key of one digit: "Ваш тариф, два." offers "Ваш тариф"
    for 2. Empty if the key is not in the text."""
    if not (len(key) == 1 and key.isdigit()):
        return ""
    names = key_names()
    words = {key, *(word for word, named in names.keys.items() if named == key)}
    press = re.compile(rf"\b({'|'.join(names.press | names.dial)})\b", re.IGNORECASE)
    for sentence in re.split(r"[.!?;]", text):
        clauses = [press.sub("", one).strip() for one in sentence.split(",")]
        for index, clause in enumerate(clauses):
            spoken = _WORD.findall(clause)
            if not words & {word.lower() for word in spoken}:
                continue
            rest = " ".join(word for word in spoken if word.lower() not in words)
            return rest or ", ".join(clauses[:index]).strip()
    return ""
