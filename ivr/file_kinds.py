"""What a file of menus holds, by its keys: a flow, a schedule, an operation, or a list."""

import yaml
from msgspec import Struct

from ivr.annotations import described
from ivr.hours.schedule import Schedule
from ivr.http.declaration import HttpOperation
from ivr.lists import Listed
from ivr.model import Flow
from ivr.problems import Problem
from ivr.source import compose, place
from ivr.speech import languages


def shape_of(root: yaml.MappingNode) -> type[Struct]:
    """What a file holds, by its keys: a schedule, an operation, a list, or else a flow."""
    keys = _keys(root)
    if "operation" in keys and "flow" not in keys:
        return HttpOperation
    if "list" in keys and "flow" not in keys:
        return Listed
    return Schedule if _is_schedule(root) else Flow


def is_schedule(file: str, text: str) -> bool:
    """Whether a text is a schedule of opening hours; False if it cannot be read."""
    root = compose(file, text)
    return isinstance(root, yaml.MappingNode) and _is_schedule(root)


def _is_schedule(root: yaml.MappingNode) -> bool:
    """Whether a file holds a schedule and no flow."""
    keys = _keys(root)
    return "schedule" in keys and "flow" not in keys


def _keys(root: yaml.MappingNode) -> set[str]:
    return {key.value for key, _ in root.value if isinstance(key, yaml.ScalarNode)}


def stray(file: str, root: yaml.MappingNode) -> Problem | None:
    """The problem of a file that holds no flow, schedule, operation or list."""
    shapes = (Flow, Schedule, HttpOperation, Listed)
    if _keys(root) & {name for shape in shapes for name in described(shape)}:
        return None
    cure = "begin with `flow: name`, `schedule: name`, `operation: name` or `list: name`"
    *above, _, name = ["", "", *file.split("/")]
    if name.partition(".")[0] in languages.known():
        cure = f"texts of prompts are read from {'/'.join([*above[2:], 'prompts'])}: move it"
    return Problem(place(file, root), f"this is no flow and no schedule: {cure}", "not-a-flow")
