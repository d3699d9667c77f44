"""What differs between two releases of menus, in words: nodes, keys, prompts, schedules."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import structs

from ari_app.menus.loading import Menus
from ivr.model import Book, Flow
from ivr.nodes import Menu, Node
from prompts.catalogue import Catalogue
from prompts.template import Template

_LONGEST = 70
"""Most characters of a text that is shown whole."""


def differences(old: Menus, new: Menus) -> tuple[str, ...]:
    """A line for each difference: what the caller of a flow meets, then texts, then schedules."""
    return (
        *_flows(old.book, new.book),
        *_texts(old.catalogue, new.catalogue),
        *_changed("schedule", old.book.schedules, new.book.schedules, "other hours"),
        *_changed("list", old.book.lists.entries, new.book.lists.entries, "other entries"),
        *_changed("operation", old.book.operations, new.book.operations, "declared otherwise"),
        *_changed("language", old.languages, new.languages, "described otherwise"),
    )


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what differs; what is not in ``new`` is gone."""
    return tuple(name if name in new else f"{name} (gone)" for name, _, _ in _pairs(old, new))


def _changed(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], otherwise: str
) -> Iterator[str]:
    for name, before, after in _pairs(old, new):
        yield f"{kind} {name}: {_change(before, after, otherwise)}"


def _flows(old: Book, new: Book) -> Iterator[str]:
    for name, before, after in _pairs(old.flows, new.flows):
        if before is None or after is None:
            yield f"flow {name}: {_change(before, after)}"
        elif before.version != after.version:
            lines = [*_settings(before, after), *_nodes(before, after)]
            yield from (f"flow {name}: {line}" for line in lines or ["only its writing"])


def _settings(old: Flow, new: Flow) -> Iterator[str]:
    skipped = ("nodes", "version", "file", "flow", "always")
    yield from _keys(old.always, new.always, "key {key} of every menu")
    yield from _fields(old, new, skipped)


def _nodes(old: Flow, new: Flow) -> Iterator[str]:
    for name, before, after in _pairs(old.nodes, new.nodes):
        where = f"node {name}"
        if before is None or after is None or type(before) is not type(after):
            yield f"{where}: {_change(before, after, _kinds(before, after))}"
            continue
        if isinstance(before, Menu) and isinstance(after, Menu):
            own = (_own(before, old), _own(after, new))
            yield from (f"{where}: {line}" for line in _keys(*own, "key {key}"))
        yield from (f"{where}: {line}" for line in _fields(before, after, ("keys",)))


def _own(menu: Menu, flow: Flow) -> Mapping[str, str]:
    """The keys of a menu that it has not as every menu of its flow has them."""
    return {key: target for key, target in menu.keys.items() if flow.always.get(key) != target}


def _kinds(old: Node | None, new: Node | None) -> str:
    return f"{type(old).__name__.lower()} -> {type(new).__name__.lower()}"


def _keys(old: Mapping[str, str], new: Mapping[str, str], form: str) -> Iterator[str]:
    for key, before, after in _pairs(old, new):
        yield f"{form.format(key=key)}: {before or 'nothing'} -> {after or 'nothing'}"


def _fields(old: Any, new: Any, skipped: tuple[str, ...]) -> Iterator[str]:
    before, after = structs.asdict(old), structs.asdict(new)
    for name in before:
        if name not in skipped and before[name] != after[name]:
            shown = name.strip("_").replace("_", "-")
            yield f"{shown}: {_shown(before[name])} -> {_shown(after[name])}"


def _texts(old: Catalogue, new: Catalogue) -> Iterator[str]:
    for language, before, after in _pairs(old.texts, new.texts):
        for prompt, was, now in _pairs(before or {}, after or {}):
            yield f"prompt {prompt} ({language}): {_quoted(was)} -> {_quoted(now)}"


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(name, old, new) of what differs; None for what is not there."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield name, before, after


def _change(old: object, new: object, otherwise: str = "") -> str:
    if old is None:
        return "new"
    return "removed" if new is None else otherwise


def _quoted(text: Template | None) -> str:
    return "nothing" if text is None else f"“{_cut(text.source)}”"


def _shown(value: object) -> str:
    match value:
        case tuple() | list() | frozenset():
            return ", ".join(map(_shown, value)) or "nothing"
        case Mapping():
            return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items()) or "nothing"
        case "" | None:
            return "nothing"
    return _cut(str(value))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
