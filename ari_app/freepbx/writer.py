"""Draft menus as files: flows, schedules, lists and texts, with what is said beside them."""

import json
import re
from collections.abc import Iterator, Mapping

from ari_app.freepbx.draft import DraftMenus, DraftNode, Plain

WIDTH = 100
_PLAIN = re.compile(r"[a-z][a-z0-9-]*|[0-9]+(?:s|ms|m)")
_WORDS = frozenset(("yes", "no", "on", "off", "true", "false", "null", "y", "n"))


def files(menus: DraftMenus, source: str) -> Mapping[str, str]:
    """Name -> text of each file. ``source`` says what they were made from."""
    head = f"# Imported from {_comment(source)}. Read it, change it: it is yours now.\n"
    found = {f"{menus.flow}.yaml": head + "\n".join(_flow(menus)) + "\n"}
    for name, one in menus.schedules.items():
        lines = [*(f"# {_comment(note)}" for note in one.notes), f"schedule: {name}"]
        lines += [f"timezone: {_scalar(one.zone)}"] if one.zone else []
        lines += [f"week: {_mapping(one.calendar.week)}"]
        if one.calendar.exceptions:
            lines.append("except:")
            lines += [
                f"  {_scalar(day)}: {_scalar(hours)}"
                for day, hours in one.calendar.exceptions.items()
            ]
        found[f"{name}.yaml"] = "\n".join([*lines, ""])
    for name, entries in menus.lists.items():
        found[f"{name}.yaml"] = f"list: {name}\nentries: {_value(list(entries))}\n"
    for language in menus.languages if menus.prompts else ():
        found[f"prompts/{language}.yaml"] = "\n".join([*_texts(menus), ""])
    return found


def _flow(menus: DraftMenus) -> Iterator[str]:
    left = [each for each in menus.findings if each.outcome == "not imported"]
    if left:
        yield "# Not imported, and why:"
        yield from (f"#   {_comment(f'{each.what}: {each.why}')}" for each in left)
    yield f'flow: "{menus.flow}"'
    yield f"numbers: {_value(list(menus.numbers))}"
    yield f"languages: {_value(list(menus.languages))}"
    yield f"start: {menus.start}"
    if menus.patience != 12:
        yield f"patience: {menus.patience}"
    yield f"farewell: {menus.farewell}"
    yield ""
    yield "nodes:"
    for name, node in menus.nodes.items():
        yield from _node(name, node)


def _node(name: str, node: DraftNode) -> Iterator[str]:
    for note in node.notes:
        yield f"  # {_comment(note)}"
    short = f"  {name}: {_value(node.body)}"
    if len(short) <= WIDTH and "menu" not in node.body:
        yield short
        return
    yield f"  {name}:"
    for key, value in node.body.items():
        yield from _line(key, value)


def _line(key: str, value: Plain) -> Iterator[str]:
    line = f"    {key}: {_value(value)}"
    if len(line) <= WIDTH or isinstance(value, str):
        yield line
    elif isinstance(value, dict):
        yield f"    {key}:"
        yield from (f"      {_key(each)}: {_scalar(to)}" for each, to in value.items())
    else:
        yield f"    {key}:"
        yield from (f"    - {_scalar(each)}" for each in value)


def _texts(menus: DraftMenus) -> Iterator[str]:
    yield "# Texts of the recordings. A recording wins over its text; where it is missing, the text"
    yield "# is spoken. `text unknown`: FreePBX knows only what the recording is about."
    for name, prompt in menus.prompts.items():
        files = "&".join(prompt.sound)
        unknown = "" if prompt.known else "text unknown: "
        yield f"# {unknown}{_comment(files)}"
        yield f"{name}: {json.dumps(prompt.text, ensure_ascii=False)}"


def _value(value: Plain | Mapping[str, Plain]) -> str:
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    return _mapping(value)


def _mapping(value: Mapping[str, Plain]) -> str:
    inner = ", ".join(f"{_key(key)}: {_value(each)}" for key, each in value.items())
    return f"{{ {inner} }}" if inner else "{}"


def _key(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text not in _WORDS - {"on"} else _scalar(text)


def _scalar(text: str) -> str:
    """A text as YAML reads it back: bare where it is a word, else in double quotes."""
    if _PLAIN.fullmatch(text) and (text not in _WORDS or text in ("yes", "no")):
        return text
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    """On one line; without what YAML allows in no comment."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
