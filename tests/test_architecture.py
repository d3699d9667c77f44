"""The arrows between the packages, read from their imports, and the limits of the house.

prompts -> ivr <- ari_app -> prompts, asterisk_conf; inside ari_app the parts know only what
:data:`BARRED` leaves them, and `app.py` (with the command line) joins them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ivr", "prompts", "asterisk_conf", "ari_app", "tests")
MOST_LINES = 320

# fmt: off
PURE = frozenset((
    "__future__", "abc", "bisect", "collections", "copy", "dataclasses", "datetime",
    "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html",
    "itertools", "ivr", "math", "msgspec", "num2words", "operator", "re", "string",
    "textwrap", "types", "typing", "typing_extensions", "unicodedata", "yaml", "zoneinfo",
))
# fmt: on
"""All that `ivr` may import: nothing of it waits, reads a clock or touches the world."""

PARTS = ("selfcare", "store", "desk", "ami")
LINES = ("ari", "agi", "ussd", "sim")
JOINTS = ("app", "cli", "up", "commands", "rehearsal")


def _in_app(*parts: str) -> tuple[str, ...]:
    return tuple(f"ari_app.{part}" for part in parts)


BARRED: dict[str, tuple[str, ...]] = {
    "prompts": ("ari_app", "asterisk_conf", "tests"),
    "asterisk_conf": ("ari_app", "ivr", "prompts", "tests"),
    "ari_app": ("tests",),
    "ari_app.conductor": _in_app(*PARTS, *LINES, *JOINTS),
    "ari_app.line": _in_app(*PARTS, *LINES, *JOINTS, "conductor"),
    "ari_app.flows": _in_app(*PARTS, *LINES, *JOINTS, "conductor"),
    "ari_app.reload": _in_app(*PARTS, *LINES, *JOINTS, "conductor"),
    "ari_app.phone": (
        *_in_app(*PARTS, *LINES, *JOINTS, "conductor", "line", "flows", "config", "control"),
        "asterisk_conf",
        "ivr",
    ),
    **{
        f"ari_app.{part}": _in_app(*(p for p in PARTS if p != part), *LINES, *JOINTS, "conductor")
        for part in PARTS
    },
    **{
        f"ari_app.{line}": _in_app(*PARTS, *(one for one in LINES if one != line), *JOINTS)
        for line in LINES
    },
}
"""What a module, and all below it, may not import."""

BEHIND_DOORS: dict[str, tuple[str, ...]] = {
    "panoramisk": _in_app("ami.client", "agi.door"),
    "pjsua2": _in_app("phone.sip", "phone.softphone"),
    "picows": _in_app("ari.websocket"),
    "pyttsx3": ("prompts.worker",),
    "sqlite_utils": ("ari_app.store.sqlite",),
}
"""Packages whose traps are kept behind these modules; nobody else may import them."""


def faults(module: str, source: str) -> list[str]:
    """What is wrong with a module: one line for each import or construct that breaks a rule."""
    tree = ast.parse(source)
    found = []
    if source.count("\n") > MOST_LINES:
        found.append(f"{module} is longer than {MOST_LINES} lines: split it along a meaning")
    for name in sorted(set(_imports(tree))):
        found += _import_faults(module, name)
    if _within(module, "ivr"):
        waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
        found += [
            f"{module}:{node.lineno} waits; ivr never does"
            for node in ast.walk(tree)
            if isinstance(node, waits)
        ]
    return found


def _import_faults(module: str, name: str) -> Iterator[str]:
    if name.startswith("."):
        yield f"{module} imports {name}: write the whole name"
    top = name.partition(".")[0]
    if _within(module, "ivr") and top not in PURE:
        yield f"{module} imports {name}, which is not among what ivr may know"
    for who, barred in BARRED.items():
        if _within(module, who) and any(_within(name, one) for one in barred):
            yield f"{module} imports {name}, which turns an arrow round"
    if top in BEHIND_DOORS and module not in BEHIND_DOORS[top]:
        yield f"{module} imports {name}, which only {' and '.join(BEHIND_DOORS[top])} may"


def _imports(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported anywhere in the source, also inside of functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _modules() -> dict[str, Path]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def test_every_arrow_points_as_it_should() -> None:
    modules = _modules()
    assert {"ivr.events", "prompts.wav", "asterisk_conf.site", "ari_app.app"} <= set(modules)
    assert [
        fault for module, file in modules.items() for fault in faults(module, file.read_text())
    ] == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("ivr.engine", "import asyncio", "ivr.engine imports asyncio, which is not among"),
        ("ivr.engine", "def f():\n    from time import monotonic", "ivr.engine imports time"),
        ("ivr.engine", "from prompts import wav", "ivr.engine imports prompts"),
        ("ivr.engine", "async def f(): ...", "ivr.engine:1 waits"),
        ("ivr.engine", "from .session import Session", "write the whole name"),
        ("prompts.wav", "import asterisk_conf", "turns an arrow round"),
        ("asterisk_conf.site", "from ivr.values import Money", "turns an arrow round"),
        ("asterisk_conf.pbx", "from prompts import wav", "turns an arrow round"),
        ("ari_app.store.calls", "from ari_app import selfcare", "imports ari_app.selfcare"),
        ("ari_app.selfcare.memory", "import ari_app.store.db", "turns an arrow round"),
        ("ari_app.selfcare.memory", "from ari_app.ari.line import Line", "turns an arrow round"),
        ("ari_app.ari.line", "from ari_app.store import calls", "turns an arrow round"),
        ("ari_app.conductor", "from ari_app.ari import line", "turns an arrow round"),
        ("ari_app.flows", "from ari_app.app import main", "turns an arrow round"),
        ("ari_app.app", "from tests.pbx_fixture import DEMO", "turns an arrow round"),
        ("ari_app.ari.line", "import panoramisk", "only ari_app.ami.client and ari_app.agi.door"),
        ("ari_app.up", "import pyttsx3.drivers", "only prompts.worker may"),
        ("ari_app.store.db", "import sqlite_utils", "only ari_app.store.sqlite may"),
        ("ari_app.up", "\n" * 321, "longer than 320 lines"),
    ],
)
def test_a_broken_rule_is_found(module: str, source: str, fault: str) -> None:
    assert any(fault in one for one in faults(module, source)), faults(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ivr.engine", "import msgspec, re\nfrom ivr.events import Event"),
        ("prompts.plan", "from ivr.values import Value\nimport numpy"),
        ("ari_app.ari.line", "from ivr.events import Keyed\nfrom ari_app.ari.rest import play"),
        ("ari_app.app", "from ari_app.store import calls\nfrom ari_app.selfcare import memory"),
        ("ari_app.ami.client", "import panoramisk"),
        ("ari_app.ariadne", "from ari_app.store import calls"),
    ],
)
def test_what_is_allowed_is_no_fault(module: str, source: str) -> None:
    assert faults(module, source) == []
