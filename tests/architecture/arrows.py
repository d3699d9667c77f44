"""The imports of the program, read from its source, and the arrows that they make between rooms."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.architecture.rooms import room_of

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ivr", "prompts", "asterisk_conf", "ari_app")


def modules(*packages: str) -> dict[str, Path]:
    """Module -> its file, of all modules in the packages."""
    files = [file for package in packages for file in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def _imports(source: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Kept, since several tests ask for those of every module."""
    every = ast.walk(ast.parse(source))
    return tuple(node for node in every if isinstance(node, ast.Import | ast.ImportFrom))


def imported(source: str) -> Iterator[str]:
    """The names that are imported anywhere in a source, also inside of functions."""
    for node in _imports(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imported_modules(source: str, product: Iterable[str]) -> set[str]:
    """The modules of the program that a source imports anywhere, also for its types alone."""
    known = frozenset(product)
    found: set[str] = set()
    for node in _imports(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in known else node.module for name in names}
    return found & known


def arrows(product: Mapping[str, Path]) -> dict[tuple[str, str], set[str]]:
    """(importing room, imported room) -> the modules that import; rooms of no name are skipped."""
    found: dict[tuple[str, str], set[str]] = {}
    for module, file in product.items():
        room = room_of(module)
        for name in imported(file.read_text("utf-8")):
            target = name if name in product else name.rpartition(".")[0]
            if target not in product:
                continue
            other = room_of(target)
            if room and other and room != other:
                found.setdefault((room, other), set()).add(module)
    return found
