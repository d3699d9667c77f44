"""All that callers may say in a book of flows."""

from collections.abc import Iterator, Mapping

from ivr import nodes
from ivr.key_grammar import hears
from ivr.listing import listing
from ivr.model import Flow
from ivr.speech.languages import language as spoken_language
from ivr.speech_grammar import yes_or_no


def spoken_nodes(flows: Mapping[str, Flow]) -> Iterator[tuple[Flow, str, nodes.Listens]]:
    """The nodes that may be answered by voice, each with its flow and name."""
    for flow in flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, nodes.Listens) and (node.spoken or isinstance(node, nodes.Listen)):
                yield flow, name, node


def vocabulary(flows: Mapping[str, Flow]) -> frozenset[tuple[str, str]]:
    """(language, plain words) of all of it, and of what sounds like it and means nothing; empty if
    nothing is answered by voice."""
    found = set[tuple[str, str]]()
    for flow, _, node in spoken_nodes(flows):
        over = listing(node)
        rows = frozenset(over.keys) if over else frozenset[str]()
        for language in flow.languages:
            heard = hears(flow, node, language, rows)
            words = {**(heard.phrases if heard else {}), **yes_or_no(language).phrases}
            found.update((language, each) for each in (*words, *spoken_language(language).alike))
    return frozenset(found)
