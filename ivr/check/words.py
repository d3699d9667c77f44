"""Rules for prompt texts: their length, languages, and the keys that they name."""

import re
from collections.abc import Iterable, Iterator

from ivr import nodes
from ivr.check.context import CheckContext, Finding, PromptText, prompts
from ivr.key_grammar import choices, escapes, list_keys, opening
from ivr.session import Spot
from ivr.speech.key_names import key_names
from ivr.terms import ACTIONS, SAID, Is

LONG = 30.0
"""The longest menu whose start callers remember at its end (seconds)."""

HELP = 10.0
"""Help after a silence may be longer than a short menu, up to this (seconds)."""

_WORD = re.compile(r"[*#]|\d+|\w+|[^\w\s*#]")


def named(text: str) -> set[str]:
    """All keys that a text names, also in a row: ``press one zero`` names 1, 0 and 10."""
    called = key_names().called
    found: set[str] = set()
    row = ""
    for word in [*_WORD.findall(text.lower()), ""]:
        key = called(word) if word else ""
        row = row + key if key else ""
        found.update(each for each in (key, row) if each)
    return found


def promised(text: str) -> list[str]:
    """The keys that a text asks callers to press, each with all digits of its row."""
    names = key_names()
    words = _WORD.findall(text.lower())
    found = []
    for index, word in enumerate(words):
        if word in names.press:
            rest = iter(words[index + 1 :])
            following = next((each for each in rest if each not in names.between), "")
            row = ""
            while following and (key := names.called(following)):
                row += key
                following = next(rest, "")
            before = names.called(words[index - 1]) if index else ""
            if row or before:  # "press one", or "one press", as word order has it
                found.append(row or before)
    return found


def _texts(context: CheckContext, played: Iterable[str]) -> dict[str, list[tuple[str, PromptText]]]:
    """Language -> the prompts and their texts, in languages that have all of them."""
    found: dict[str, list[tuple[str, PromptText]]] = {}
    heard = [(prompt, context.standard.heard.get(prompt, {})) for prompt in played]
    for language in dict.fromkeys(each for _, languages in heard for each in languages):
        if all(language in languages for _, languages in heard):
            found[language] = [(prompt, languages[language]) for prompt, languages in heard]
    return found


def _asks(context: CheckContext) -> Iterator[tuple[Spot, nodes.Listens]]:
    for spot, node in context.nodes():
        if isinstance(node, nodes.Listens):
            yield spot, node


def untranslated(context: CheckContext) -> Iterator[Finding]:
    """Prompts without a text in a language of the flow."""
    for spot, node in context.nodes() if context.standard.heard else ():
        for prompt in dict.fromkeys(prompts(node)):
            there = context.standard.heard.get(prompt, {})
            spoken = context.standard.site.spoken(context.flows[spot[0]].languages)
            lacking = [each for each in spoken if each not in there]
            if lacking:
                text = f"the prompt {prompt} has no text in {', '.join(lacking)}"
                place = context.at(spot, Is.PROMPT, prompt)
                yield place, f"{text}: add it to prompts/{lacking[0]}.yaml"


def long_menus(context: CheckContext) -> Iterator[Finding]:
    """Menus that take too long to play."""
    for spot, node in _asks(context):
        texts = _texts(context, opening(node))
        seconds, language = max(
            ((sum(heard.seconds for _, heard in played), lang) for lang, played in texts.items()),
            default=(0.0, ""),
        )
        if seconds > LONG:
            text = f"it takes about {seconds:.0f} s to play in {language}: at most {LONG:.0f} s"
            yield context.at(spot), f"{text}; shorten the text, or make two menus"


def long_help(context: CheckContext) -> Iterator[Finding]:
    """Help after a silence that is longer than the menu itself."""
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Menu):
            continue
        for prompt in node.silent:
            for language, texts in _texts(context, (*node.menu, prompt)).items():
                *menu, (_, help_) = texts
                if help_.seconds > max(HELP, sum(heard.seconds for _, heard in menu)):
                    text = (
                        f"{prompt} is longer in {language} than the menu, and played instead of it"
                    )
                    yield context.at(spot, Is.PROMPT, prompt), f"{text}: make it shorter"
                    break


def promised_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys that a prompt asks for and that do nothing."""
    for spot, node in _asks(context):
        flow = context.flows[spot[0]]
        keys = {*choices(flow, node), *list_keys(node)}
        if isinstance(node, nodes.Input):
            keys = set(escapes(flow, node)) | {node.stop}
        more = node.each.more if isinstance(node, nodes.Menu) and node.each else ()
        for prompt in dict.fromkeys((*opening(node), *node.silent, *more)):
            for language, [(_, heard)] in _texts(context, [prompt]).items():
                wrong = [key for key in promised(heard.text) if not _there(node, keys, key)]
                if wrong:
                    text = (
                        f"the prompt {prompt} asks to press {wrong[0]} ({language}), which is not a"
                    )
                    place = context.at(spot, Is.PROMPT, prompt)
                    yield place, f"{text} key here: add the key, or correct the text"
                    break


def _there(node: nodes.Listens, keys: set[str], key: str) -> bool:
    """Whether a key, or the first of a row, can be pressed here."""
    if isinstance(node, nodes.Input) and key.isdigit():
        return True
    return key in keys or key[0] in keys


def hidden_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys that no prompt names."""
    for spot, node in _asks(context):
        flow = context.flows[spot[0]]
        known = {*flow.always, *getattr(node, "unread", ())}
        own = [
            key
            for key, to in choices(flow, node).items()
            if to not in ACTIONS and key not in known and not key.startswith(SAID)
        ]
        if any(context.slots.get(prompt) for prompt in opening(node)):
            continue  # the values may name the keys
        for language, texts in _texts(context, opening(node)).items():
            heard = set().union(*(named(heard.text) for _, heard in texts))
            hidden = [key for key in own if key not in heard]
            if hidden:
                text = f"no prompt names the key {hidden[0]} in {language}"
                place = context.at(spot, Is.KEYS, hidden[0])
                yield place, f"{text}: name it in {opening(node)[-1]}, or remove it"
                break


def idle_prompts(context: CheckContext) -> Iterator[Finding]:
    """The administrator's own prompts that nothing plays."""
    used = {mention.name for _, mention in context.mentions(Is.PROMPT)}
    rows = {
        kind.split()[1]
        for slots in context.slots.values()
        for kind in slots.values()
        if kind.startswith("each ")
    }
    for prompt, place in context.standard.own.items():
        if prompt not in used | rows:
            yield place, f"no flow plays {prompt}: play it, or remove it"
