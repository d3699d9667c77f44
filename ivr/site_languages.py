"""Flows as a site has them that speaks some of their languages only."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from ivr.model import Flow
from ivr.nodes import Language, Menu, Node


def spoken_only(flow: Flow, languages: Sequence[str]) -> Flow:
    """A flow without what it has for other languages than those of the site, in the site's order.

    Of menus the keys go that lead to another language, and the prompts that are spoken in it: those
    whose name ends with it, such as ``language-be``. A flow in none of them stays as it is.
    """
    spoken = tuple(each for each in languages if each in flow.languages)
    others = set(flow.languages) - set(spoken)
    if not spoken or not others:
        return replace(flow, languages=spoken or flow.languages)
    left_out = {
        name
        for name, node in flow.nodes.items()
        if isinstance(node, Language) and node.language in others
    }
    nodes: dict[str, Node] = {
        name: _without(node, left_out, others) if isinstance(node, Menu) else node
        for name, node in flow.nodes.items()
    }
    return replace(flow, languages=spoken, nodes=nodes)


def _without(menu: Menu, left_out: Collection[str], others: Collection[str]) -> Menu:
    keys = {key: target for key, target in menu.keys.items() if target not in left_out}

    def stay(prompts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in prompts if each.rpartition("-")[2] not in others)

    return replace(
        menu, menu=stay(menu.menu) or menu.menu, silent=stay(menu.silent), keys=keys or menu.keys
    )
