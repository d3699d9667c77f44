"""What a file of menus holds, by its keys: a flow, a schedule, an operation, or a list."""

from collections.abc import Mapping

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

_SHAPES: Mapping[str, type[Struct]] = {
    "flow": Flow,
    "operation": HttpOperation,
    "list": Listed,
    "schedule": Schedule,
}
"""The key that says what a file holds -> its type; the first that is there counts."""


def shape_of(root: yaml.MappingNode) -> type[Struct]:
    """What a file holds, by its keys: a schedule, an operation, a list, or else a flow."""
    keys = _keys(root)
    for name, shape in _SHAPES.items():
        if name in keys:
            return shape
    # The key that says so is missing or mistyped: what has most of the others, or else a flow.
    return max(_SHAPES.values(), key=lambda shape: len(keys & described(shape).keys()))


def is_schedule(file: str, text: str) -> bool:
    """Whether a text is a schedule of opening hours; False if it cannot be read."""
    root = compose(file, text)
    return isinstance(root, yaml.MappingNode) and shape_of(root) is Schedule


def _keys(root: yaml.MappingNode) -> set[str]:
    return {key.value for key, _ in root.value if isinstance(key, yaml.ScalarNode)}


def stray(file: str, root: yaml.MappingNode) -> Problem | None:
    """The problem of a file that holds no flow, schedule, operation or list."""
    if _keys(root) & {name for shape in _SHAPES.values() for name in described(shape)}:
        return None
    cure = "begin with `flow: name`, `schedule: name`, `operation: name` or `list: name`"
    *above, _, name = ["", "", *file.split("/")]
    if name.partition(".")[0] in languages.known():
        cure = f"texts of prompts are read from {'/'.join([*above[2:], 'prompts'])}: move it"
    return Problem(place(file, root), f"this is no flow and no schedule: {cure}", "not-a-flow")
