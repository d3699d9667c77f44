"""Menus as a call plan: a page to print, for the people who answer for what callers hear."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import escape

from ivr import nodes
from ivr.analysis.graph import Edge, edges_from
from ivr.diagram.picture import Words, node_prompts, node_purpose
from ivr.hours.schedule import Schedule
from ivr.model import Book, Flow
from ivr.nodes import kind

_STYLE = """
body { font: 11pt/1.4 "DejaVu Sans", Helvetica, Arial, sans-serif; color: #1a1a1a; margin: 2em auto;
  max-width: 60em; padding: 0 1em; }
h1 { font-size: 1.6em } h2 { font-size: 1.25em; border-bottom: 2px solid #1a1a1a; margin-top: 2em }
h3 { font-size: 1.05em; margin: 1.5em 0 .3em } a { color: inherit }
table { border-collapse: collapse; width: 100%; margin: .4em 0 }
th, td { border: 1px solid #8a8a8a; padding: .25em .5em; text-align: left; vertical-align: top }
th { background: #eee } td:first-child, th:first-child { width: 12em }
section { break-inside: avoid } .kind { color: #5c5c5c; font-weight: normal }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } }
"""

_SAID: Mapping[str, str] = {
    "silent": "says nothing, presses nothing",
    "wrong": "presses another key",
    "gave-up": "after the last attempt",
    "unanswered": "after the last silence",
}
"""What callers do, for labels of edges that are no keys."""

Texts = Mapping[str, Words]
"""Language -> the text of each prompt."""


def call_plan(book: Book, names: Sequence[str], texts: Texts, title: str, today: date) -> str:
    """The page, as HTML without anything from elsewhere: numbers, hours, people, and each flow."""
    flows = [book.flows[name] for name in names]
    used = {
        node.hours
        for flow in flows
        for node in flow.nodes.values()
        if isinstance(node, nodes.Hours)
    }
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{today.isoformat()}. Languages: {escape(', '.join(texts))}.</p>",
        *_part("Numbers", _table(("Number", "Begins at"), _numbers(flows))),
        *_part("Hours", _hours(book.schedules[name] for name in sorted(used))),
        *_part("People", _table(("Queue or number", "From"), _people(book, flows))),
    ]
    for flow in flows:
        body += [f'<h2 id="{_id(flow.flow)}">{escape(flow.flow)}</h2>', *_flow(book, flow, texts)]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            *body,
            "</body>\n</html>\n",
        ]
    )


def _part(title: str, content: Iterable[str]) -> Iterator[str]:
    lines = list(content)
    if lines:
        yield f"<h2>{title}</h2>"
        yield from lines


def _numbers(flows: Iterable[Flow]) -> Iterator[tuple[str, ...]]:
    for flow in flows:
        for number, node in flow.entries.items():
            yield escape(number), _link(flow.flow, node)


def _hours(schedules: Iterable[Schedule]) -> Iterator[str]:
    for one in schedules:
        rows = [*one.week.items(), *one.except_.items()]
        yield f"<h3>{escape(one.schedule)} <span class=kind>{escape(one.timezone)}</span></h3>"
        yield from _table(("Day", "Hours"), [(escape(day), escape(at)) for day, at in rows])


def _people(book: Book, flows: Iterable[Flow]) -> Iterator[tuple[str, ...]]:
    """Each queue and dialled number, and the numbers and nodes that lead there."""
    found: dict[str, list[str]] = {}

    def lead(origin: str, to: Flow, node: str) -> None:
        target = to.nodes.get(node)
        if isinstance(target, nodes.Queue | nodes.Dial):
            found.setdefault(f"{kind(target)} {node_purpose(target)}", []).append(origin)

    for flow in flows:
        for number, node in flow.entries.items():
            lead(escape(number), flow, node)
        for name in flow.nodes:
            for edge in edges_from(book.flows, book.operations, (flow.flow, name)):
                if edge.node:
                    lead(_link(flow.flow, name), book.flows[edge.flow], edge.node)
    for what, links in sorted(found.items()):
        yield escape(what), ", ".join(dict.fromkeys(links))


def _flow(book: Book, flow: Flow, texts: Texts) -> Iterator[str]:
    if flow.always:
        yield "<p>In each menu that has no other use of them:</p>"
        ways = [(escape(key), _target(book, flow, to)) for key, to in flow.always.items()]
        yield from _table(("Key", "Leads to"), ways)
    for name, node in flow.nodes.items():
        about = f"{kind(node)} {node_purpose(node)}".strip()
        yield f'<section id="{_id(flow.flow, name)}">'
        yield f"<h3>{escape(name)} <span class=kind>{escape(about)}</span></h3>"
        yield from _table(("Language", "What is played"), _played(node, flow, texts))
        edges = edges_from(book.flows, book.operations, (flow.flow, name))
        yield from _table(("When", "Leads to"), _ways(book, flow, edges))
        yield "</section>"


def _played(node: nodes.Node, flow: Flow, texts: Texts) -> Iterator[tuple[str, ...]]:
    prompts = node_prompts(node)
    for language, words in texts.items():
        if prompts and language in flow.languages:
            text = " ".join(words.get(prompt, prompt) for prompt in prompts)
            yield escape(language), f'<span lang="{escape(language)}">{escape(text)}</span>'


def _ways(book: Book, flow: Flow, edges: Iterable[Edge]) -> Iterator[tuple[str, ...]]:
    for edge in edges:
        if flow.always.get(edge.label) != edge.node:
            yield (
                escape(_SAID.get(edge.label, edge.label)),
                _target(book, flow, edge.node, edge.flow),
            )


def _target(book: Book, flow: Flow, name: str, other: str = "") -> str:
    where = book.flows.get(other, flow)
    node = where.nodes.get(name)
    if node is None:
        return escape(name or "back to the flow that called this one")
    about = f" ({kind(node)} {node_purpose(node)})" if node_purpose(node) else ""
    return f"{_link(where.flow, name)}{escape(about)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; none without rows. Cells are HTML already."""
    lines = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
    if lines:
        yield "<table>"
        yield f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"
        yield from lines
        yield "</table>"


def _link(flow: str, node: str) -> str:
    return f'<a href="#{_id(flow, node)}">{escape(node)}</a>'


def _id(*names: str) -> str:
    return escape("/".join(names), quote=True)
