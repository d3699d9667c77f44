"""Every module stands in a room of :mod:`tests.architecture.rooms` and imports what that allows."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.arrows import PRODUCT, arrows, imported, modules
from tests.architecture.rooms import ROOMS, room_of

MOST_LINES = 320

# fmt: off
PURE = frozenset((
    "__future__", "abc", "babel", "bisect", "collections", "copy", "dataclasses", "datetime",
    "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html",
    "importlib", "itertools", "ivr", "jmespath", "math", "msgspec", "num2words", "operator",
    "phonenumbers", "pkgutil", "re", "string", "textwrap", "types", "typing", "typing_extensions",
    "unicodedata", "urllib", "yaml", "zoneinfo",
))
# fmt: on
"""All that `ivr` may import: nothing of it waits, reads a clock or touches the world; `pkgutil`,
`importlib` and some libraries read the data that are shipped with the code."""

BEHIND_DOORS: dict[str, tuple[str, ...]] = {
    "babel": ("ivr.speech.cldr", "tests.ivr.speech.test_languages"),
    "jmespath": ("ivr.http.answers",),
    "joserfc": ("ari_app.desk.web.id_tokens", "tests.desk.openid_provider"),
    "panoramisk": ("ari_app.ami.client",),
    "pjsua2": ("ari_app.phone.sip", "ari_app.phone.softphone"),
    "phonenumbers": ("ivr.world_numbers", "ivr.numbers", "ivr.countries"),
    "pkgutil": ("ivr.speech.languages",),
    "picows": ("ari_app.ari.websocket",),
    "pyttsx3": ("prompts.speech_worker",),
    "sqlite_utils": ("ari_app.store.sqlite",),
}
"""Libraries whose traps are kept behind these modules; no other module imports them."""


def faults(module: str, source: str) -> list[str]:
    """What is wrong with a module: one line for each import or construct that breaks a rule."""
    found = []
    if source.count("\n") > MOST_LINES:
        found.append(f"{module} is longer than {MOST_LINES} lines: split it along a meaning")
    for name in sorted(set(imported(source))):
        found += _import_faults(module, name)
    if _within(module, "ivr"):
        waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
        found += [
            f"{module}:{node.lineno} waits; ivr never does"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, waits)
        ]
    return found


def _import_faults(module: str, name: str) -> Iterator[str]:
    if name.startswith("."):
        yield f"{module} imports {name}: write the whole name"
    top = name.partition(".")[0]
    if _within(module, "ivr") and top not in PURE:
        yield f"{module} imports {name}, which is not among what ivr may know"
    if top in BEHIND_DOORS and module not in BEHIND_DOORS[top]:
        yield f"{module} imports {name}, which only {' and '.join(BEHIND_DOORS[top])} may"
    if top == "tests" and not _within(module, "tests"):
        yield f"{module} imports {name}: the product knows no tests"
    room, other = room_of(module), room_of(name)
    if room and other and room != other and top != module and other not in ROOMS[room].imports:
        yield f"{module} imports {name}: {room} has no arrow to {other} in tests/architecture"


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_every_module_stands_in_a_room() -> None:
    product = modules(*PRODUCT)
    assert {"ivr.events", "prompts.wav", "asterisk_conf.site", "ari_app.main.app"} <= set(product)
    assert [module for module in product if room_of(module) is None and module != "ari_app"] == []


def test_every_import_is_allowed() -> None:
    assert [
        fault
        for module, file in modules(*PRODUCT, "tests").items()
        for fault in faults(module, file.read_text("utf-8"))
    ] == []


def test_production_reaches_the_demo_operator_through_two_modules() -> None:
    importing = {
        module
        for module, file in modules(*PRODUCT).items()
        for name in imported(file.read_text("utf-8"))
        if _within(name, "ari_app.demo") and not _within(module, "ari_app.demo")
    }
    assert importing == {"ari_app.main.demo", "ari_app.main.installation"}


def test_every_allowed_arrow_is_used() -> None:
    used = set(arrows(modules(*PRODUCT)))
    allowed = {(room, other) for room, entry in ROOMS.items() for other in entry.imports}
    assert allowed - used == set()


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("ivr.engine", "import asyncio", "ivr.engine imports asyncio, which is not among"),
        ("ivr.engine", "def f():\n    from time import monotonic", "ivr.engine imports time"),
        ("ivr.engine", "from prompts import wav", "ivr.engine imports prompts"),
        ("ivr.engine", "async def f(): ...", "ivr.engine:1 waits"),
        ("ivr.engine", "from .session import Session", "write the whole name"),
        ("prompts.wav", "import asterisk_conf", "has no arrow to"),
        ("asterisk_conf.site", "from ivr.values import Money", "has no arrow to"),
        ("asterisk_conf.pbx", "from prompts import wav", "has no arrow to"),
        ("ari_app.store.calls", "from ari_app import selfcare", "no arrow to ari_app.selfcare"),
        ("ari_app.selfcare.memory", "import ari_app.store.db", "has no arrow to"),
        ("ari_app.selfcare.memory", "from ari_app.ari.line import Line", "has no arrow to"),
        ("ari_app.ari.line", "from ari_app.store import calls", "has no arrow to"),
        ("ari_app.session.conductor", "from ari_app.ari import line", "has no arrow to"),
        ("ari_app.menus.loading", "from ari_app.main.app import main", "has no arrow to"),
        ("ari_app.main.app", "from tests.pbx_fixture import DEMO", "knows no tests"),
        ("ari_app.ari.line", "import panoramisk", "only ari_app.ami.client may"),
        ("ari_app.main.daemon", "import pyttsx3.drivers", "only prompts.speech_worker may"),
        ("ari_app.store.db", "import sqlite_utils", "only ari_app.store.sqlite may"),
        ("ari_app.main.daemon", "\n" * 321, "longer than 320 lines"),
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
        (
            "ari_app.main.app",
            "from ari_app.store import calls\nfrom ari_app.selfcare import memory",
        ),
        ("ari_app.ami.client", "import panoramisk"),
    ],
)
def test_what_is_allowed_is_no_fault(module: str, source: str) -> None:
    assert faults(module, source) == []
