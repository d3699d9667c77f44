"""Flows as a site has them that speaks some of their languages only."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from ivr.model import Flow
from ivr.nodes import Language, Menu, Node, Say
from ivr.speech.languages import known

CHOICE = "languages"
"""How the names of prompts end that offer a choice of languages, such as ``rest-languages``."""


def unspoken(code: str, languages: Sequence[str]) -> str:
    """Why something cannot be in a language; "" if it is one of the site's ``languages``. Only a
    code that is known is repeated."""
    if code in languages:
        return ""
    ours = ", ".join(languages)
    if code in known():
        remedy = f"write one of {ours}, or add it to `languages` of [site]"
        return f"callers are not served in {code} — {remedy}"
    return f"it is unknown — write one of {ours}"


def spoken_only(flow: Flow, languages: Sequence[str]) -> Flow:
    """A flow without what it has for other languages than those of the site, in the site's order.

    The keys of menus go that lead to another language, and the prompts that are spoken in it: those
    whose name ends with it, such as ``language-be``. Where one language is left, what offers a
    choice goes, too: keys to a menu that only chooses the language, and prompts whose name ends in
    ``languages``. A flow in none of the languages stays as it is.
    """
    spoken = tuple(each for each in languages if each in flow.languages)
    others = set(flow.languages) - set(spoken)
    if not spoken or not others:
        return replace(flow, languages=spoken or flow.languages)
    left_out = {
        name
        for name, node in flow.nodes.items()
        if isinstance(node, Language) and (node.language in others or len(spoken) == 1)
    }
    endings = set(others)
    if len(spoken) == 1:
        left_out |= {name for name, node in flow.nodes.items() if _chooses(flow, node)}
        endings.add(CHOICE)
    nodes = {name: _without(node, left_out, endings) for name, node in flow.nodes.items()}
    return replace(flow, languages=spoken, nodes=nodes)


def _chooses(flow: Flow, node: Node) -> bool:
    """Whether a node is a menu whose own keys all lead to languages."""
    if not isinstance(node, Menu):
        return False
    own = [to for key, to in node.keys.items() if flow.always.get(key) != to]
    return bool(own) and all(isinstance(flow.nodes.get(to), Language) for to in own)


def _without(node: Node, left_out: Collection[str], endings: Collection[str]) -> Node:
    def stay(prompts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in prompts if each.rpartition("-")[2] not in endings)

    match node:
        case Say():
            return replace(node, say=stay(node.say) if node.other_languages else node.say)
        case Menu():
            keys = {key: target for key, target in node.keys.items() if target not in left_out}
            return replace(
                node,
                menu=stay(node.menu) or node.menu,
                silent=stay(node.silent),
                keys=keys or node.keys,
            )
    return node
