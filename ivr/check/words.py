"""What callers hear: how long it is, in which languages, and the keys that it promises."""

import re
from collections.abc import Iterable, Iterator

from ivr import nodes
from ivr.check.context import CheckContext, Finding, PromptText, prompts
from ivr.key_grammar import choices, escapes, opening
from ivr.session import Spot
from ivr.terms import ACTIONS, Is

LONG = 30.0
"""Nobody remembers the beginning of a menu that is longer (seconds)."""

HELP = 10.0
"""A help after silence may be longer than a short menu, up to this (seconds)."""

_NAMES = {
    "0": "ноль нуль нолик нуля zero",
    "1": "один одну единицу адзін адну адзінку one",
    "2": "два две двойку дзве two",
    "3": "три тройку тры three",
    "4": "четыре четвёрку четверку чатыры чацвёрку four",
    "5": "пять пятёрку пятерку пяць пяцёрку five",
    "6": "шесть шестёрку шестерку шэсць шасцёрку six",
    "7": "семь семёрку семерку сем сямёрку seven",
    "8": "восемь восьмёрку восьмерку восем васьмёрку eight",
    "9": "девять девятку дзевяць дзявятку nine",
    "*": "звёздочку звездочку звёздочка звездочка зорачку зорачка star asterisk",
    "#": "решётку решетку решётка решетка рашотку рашотка краты hash pound",
}
_KEYS = {word: key for key, words in _NAMES.items() for word in words.split()}
"""How keys are called in all languages together; none means two keys."""

_PRESS = frozenset(
    ("нажмите", "нажать", "нажмёте", "нажимайте", "націсніце", "націснуць", "націскайце", "press")
)
_BETWEEN = frozenset(
    ("на", "клавишу", "кнопку", "цифру", "клавішу", "лічбу", "the", "key", "button", "number")
)
"""What may stand between them and the key."""

_WORD = re.compile(r"[*#]|\d+|\w+|[^\w\s*#]")


def _called(word: str) -> str:
    """The key that a word of a text calls by its name; "" if it calls none."""
    return word if word in "*#" or word.isdecimal() else _KEYS.get(word, "")


def named(text: str) -> set[str]:
    """All keys that a text names, also in a row: ``press one zero`` names 1, 0 and 10."""
    found: set[str] = set()
    row = ""
    for word in [*_WORD.findall(text.lower()), ""]:
        key = _called(word) if word else ""
        row = row + key if key else ""
        found.update(each for each in (key, row) if each)
    return found


def promised(text: str) -> list[str]:
    """The keys that a text asks callers to press, each with all digits of its row."""
    words = _WORD.findall(text.lower())
    found = []
    for index, word in enumerate(words):
        if word in _PRESS:
            rest = iter(words[index + 1 :])
            following = next((each for each in rest if each not in _BETWEEN), "")
            row = ""
            while following and (key := _called(following)):
                row += key
                following = next(rest, "")
            if row:
                found.append(row)
    return found


def _texts(context: CheckContext, told: Iterable[str]) -> dict[str, list[tuple[str, PromptText]]]:
    """Language -> the prompts and what is heard of them, in languages that have all of them."""
    found: dict[str, list[tuple[str, PromptText]]] = {}
    heard = [(prompt, context.standard.heard.get(prompt, {})) for prompt in told]
    for language in dict.fromkeys(each for _, languages in heard for each in languages):
        if all(language in languages for _, languages in heard):
            found[language] = [(prompt, languages[language]) for prompt, languages in heard]
    return found


def _asks(context: CheckContext) -> Iterator[tuple[Spot, nodes.Listens]]:
    for spot, node in context.nodes():
        if isinstance(node, nodes.Listens):
            yield spot, node


def untranslated(context: CheckContext) -> Iterator[Finding]:
    """Prompts that are told in another language than the caller's."""
    for spot, node in context.nodes() if context.standard.heard else ():
        for prompt in dict.fromkeys(prompts(node)):
            there = context.standard.heard.get(prompt, {})
            lacking = [each for each in context.flows[spot[0]].languages if each not in there]
            if lacking:
                text = f"the prompt {prompt} has no text in {', '.join(lacking)}"
                place = context.at(spot, Is.PROMPT, prompt)
                yield place, f"{text}: add it to prompts/{lacking[0]}.yaml"


def long_menus(context: CheckContext) -> Iterator[Finding]:
    """Menus whose beginning is forgotten at their end."""
    for spot, node in _asks(context):
        texts = _texts(context, opening(node))
        seconds, language = max(
            ((sum(heard.seconds for _, heard in told), lang) for lang, told in texts.items()),
            default=(0.0, ""),
        )
        if seconds > LONG:
            text = f"it takes about {seconds:.0f} s to hear in {language}: at most {LONG:.0f} s"
            yield context.at(spot), f"{text}; shorten the text, or make two menus"


def long_help(context: CheckContext) -> Iterator[Finding]:
    """Help after a silence that is longer than the menu."""
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Menu):
            continue
        for prompt in node.silent:
            for language, told in _texts(context, (*node.menu, prompt)).items():
                *menu, (_, help_) = told
                if help_.seconds > max(HELP, sum(heard.seconds for _, heard in menu)):
                    text = f"{prompt} is longer in {language} than the menu, and told instead of it"
                    yield context.at(spot, Is.PROMPT, prompt), f"{text}: let it be the shorter one"
                    break


def promised_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys that callers are asked to press and that do nothing there."""
    for spot, node in _asks(context):
        flow = context.flows[spot[0]]
        keys = set(choices(flow, node))
        if isinstance(node, nodes.Input):
            keys = set(escapes(flow, node)) | {node.stop}
        for prompt in dict.fromkeys((*opening(node), *node.silent)):
            for language, [(_, heard)] in _texts(context, [prompt]).items():
                wrong = [key for key in promised(heard.text) if not _there(node, keys, key)]
                if wrong:
                    text = f"the prompt {prompt} asks to press {wrong[0]} ({language}), which is no"
                    place = context.at(spot, Is.PROMPT, prompt)
                    yield place, f"{text} key here: add the key, or mend the text"
                    break


def _there(node: nodes.Listens, keys: set[str], key: str) -> bool:
    """Whether a key, or the first of a row, can be pressed here."""
    if isinstance(node, nodes.Input) and key.isdigit():
        return True
    return key in keys or key[0] in keys


def hidden_keys(context: CheckContext) -> Iterator[Finding]:
    """Choices of which nobody tells."""
    for spot, node in _asks(context):
        flow = context.flows[spot[0]]
        own = [
            key
            for key, to in choices(flow, node).items()
            if to not in ACTIONS and key not in flow.always
        ]
        if any(context.slots.get(prompt) for prompt in opening(node)):
            continue  # what fills the text may tell the keys
        for language, told in _texts(context, opening(node)).items():
            heard = set().union(*(named(heard.text) for _, heard in told))
            hidden = [key for key in own if key not in heard]
            if hidden:
                text = f"no word of the key {hidden[0]} in {language}"
                place = context.at(spot, Is.KEYS, hidden[0])
                yield place, f"{text}: tell it in {opening(node)[-1]}, or take it out"
                break


def idle_prompts(context: CheckContext) -> Iterator[Finding]:
    """The administrator's own prompts that nothing tells."""
    used = {mention.name for _, mention in context.mentions(Is.PROMPT)}
    rows = {
        kind.split()[1]
        for slots in context.slots.values()
        for kind in slots.values()
        if kind.startswith("each ")
    }
    for prompt, place in context.standard.own.items():
        if prompt not in used | rows:
            yield place, f"no flow tells {prompt}: tell it, or take it out"
