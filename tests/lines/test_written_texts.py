"""What lines of text show makes sense in writing: a lint over all shipped texts."""

import re
from collections.abc import Iterable

import pytest

from ari_app.ussd.sessions import PROMPTS
from ivr import nodes
from ivr.digits import KEYS
from ivr.identity.keypad import normalise
from ivr.key_grammar import choices, escapes
from ivr.model import Flow
from ivr.nodes import Node
from ivr.screens import Choice, listed
from prompts.template import Slot
from prompts.text_reader import WRITTEN
from tests import shipped

SHIPPED = shipped.texts()
BOOK = shipped.menus().book

SPOKEN = {
    "ru": "на линии|не слыш|услыш|нажм|нажать|нажав|звёздоч|решётк|послуша|трубк|сигнала|клавиш|"
    "вы позвонили|спасибо за звонок|пока мы говорили|соединяем",
    "be": "на лініі|не чуем|пачулі|пачуеце|націсн|зорачк|рашотк|паслуха|слухаўк|сігнал|клавіш|"
    "вы патэлефанавалі|дзякуй за званок|пакуль мы гаварылі|злучаем",
    "en": "on the line|cannot hear|did not hear|you hear|press|keyed|key the|keys|star\\b|hash|"
    "hang up|the tone|you have called|for calling|read it out|connecting you|putting you through",
}
"""Words that make no sense where nothing is heard and no key is pressed."""


def on_text_lines(flow: Flow, node: Node) -> tuple[tuple[str, ...], Iterable[str]]:
    """The prompts of a node that a line of text shows, and its keys. It is never silent there."""
    match node:
        case nodes.Menu():
            return (*node.menu, *node.wrong), choices(flow, node)
        case nodes.Confirm():
            return (*node.confirm, *node.wrong), choices(flow, node)
        case nodes.Input():
            return (*node.input, *node.wrong), escapes(flow, node)
        case nodes.Hold():
            return node.hold, KEYS
        case nodes.Say():
            return node.say, ()
        case nodes.End():
            return node.end, ()
        case nodes.Announce():
            return node.announce, ()
        case nodes.Sms():
            return node.sms, ()
    return (), ()


def shown() -> dict[str, set[str]]:
    """Prompt -> the keys that its choices may have."""
    found: dict[str, set[str]] = {prompt: set() for prompt in PROMPTS}
    for flow in BOOK.flows.values():
        for node in flow.nodes.values():
            prompts, keys = on_text_lines(flow, node)
            for prompt in prompts:
                found.setdefault(prompt, set()).update(keys)
    return found


@pytest.mark.parametrize("language", SPOKEN)
def test_no_text_asks_to_listen_or_to_press(language: str) -> None:
    wrong = []
    for prompt, keys in shown().items():
        if prompt not in SHIPPED.texts[language]:
            continue
        _, template = SHIPPED.template(prompt, language, written=True)
        text = "".join("5" if isinstance(part, Slot) else str(part) for part in template.parts)
        wrong += [
            f"{prompt}: {line}"
            for line in listed(text, keys)
            if re.search(SPOKEN[language], line, re.IGNORECASE)
        ]
    assert wrong == [], f"write NAME{WRITTEN} in prompts/{language}.yaml"


@pytest.mark.parametrize("language", SPOKEN)
def test_every_written_form_is_shown(language: str) -> None:
    names = {name.removesuffix(WRITTEN) for name in SHIPPED.texts[language] if WRITTEN in name}
    assert names <= shown().keys()
    assert len(names) > 30


def test_the_way_back_is_a_line_of_its_own() -> None:
    for language in SPOKEN:
        _, template = SHIPPED.template("tariff-code", language, written=True)
        *_, back = listed(template.source, {"*"})
        assert isinstance(back, Choice)
        assert back.startswith("* ")


@pytest.mark.parametrize("letters", ["[a-z ]+", "[а-яёўі ]+"])
def test_a_word_in_each_alphabet_finds_each_code(letters: str) -> None:
    written = {word for flow in BOOK.flows.values() for word in flow.words}
    found = {BOOK.words[normalise(word)] for word in written if re.fullmatch(letters, word)}
    assert found == {code for flow in BOOK.flows.values() for code in flow.codes}
