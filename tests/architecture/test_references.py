"""What docstrings refer to exists: `:class:`, `:func:` and their like, by absolute or own names."""

import ast
import builtins
import re
import sys
from collections.abc import Iterator, Mapping

import pytest

from tests.architecture.arrows import PRODUCT, modules

ROLE = re.compile(r":(?:mod|class|func|meth|data|attr|exc):`~?([\w.]+)`")

OTHERS = sys.stdlib_module_names | {"click", "msgspec", *dir(builtins)}


def names(tree: ast.Module) -> set[str]:
    """The names of a module, also imported ones, and ``Class.member``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {one.asname or one.name.partition(".")[0] for one in node.names}
    for node in tree.body:
        found |= set(_defined(node))
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for each in node.body for name in _defined(each)}
            init = (each for each in ast.walk(node) if isinstance(each, ast.Attribute))
            found |= {f"{node.name}.{each.attr}" for each in init if _is_self(each)}
    return found


def _is_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.Assign():
            yield from (one.id for target in node.targets for one in _names_in(target))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.If() | ast.Try():
            for each in node.body:
                yield from _defined(each)


def _names_in(target: ast.expr) -> Iterator[ast.Name]:
    yield from (one for one in ast.walk(target) if isinstance(one, ast.Name))


def broken(sources: Mapping[str, str]) -> list[str]:
    """The references of the docstrings of ``sources`` (module -> source) that lead nowhere."""
    known = {module: names(ast.parse(source)) for module, source in sources.items()}

    def is_there(module: str, target: str) -> bool:
        parts = target.split(".")
        if parts[0] not in PRODUCT:
            inside = {name.rpartition(".")[2] for name in known[module]}
            own = target in known[module] or (len(parts) == 1 and parts[0] in inside)
            return own or parts[0] in OTHERS
        for cut in range(len(parts), 0, -1):
            if (there := ".".join(parts[:cut])) in known:
                return cut == len(parts) or ".".join(parts[cut:]) in known[there]
        return False

    return [
        f"{module}: {target}"
        for module, source in sources.items()
        for target in ROLE.findall(source)
        if not is_there(module, target)
    ]


def test_references_lead_somewhere() -> None:
    found = {name: file.read_text("utf-8") for name, file in modules(*PRODUCT).items()}
    assert broken(found) == []


@pytest.mark.parametrize(
    ("reference", "leads"),
    [
        (":class:`Order`", True),
        (":meth:`Order.pay`", True),
        (":meth:`pay`", True),
        (":attr:`Order.sum`", True),
        (":mod:`ivr.shop`", True),
        (":class:`~ivr.shop.Order`", True),
        (":class:`ValueError`", True),
        (":class:`Bill`", False),
        (":mod:`ivr.market`", False),
        (":class:`~ivr.shop.Bill`", False),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(reference: str, leads: bool) -> None:
    shop = "class Order:\n    def pay(self):\n        self.sum = 1\n"
    assert broken({"ivr.shop": shop + f'"""{reference}"""'}) == (
        [] if leads else [f"ivr.shop: {reference.strip(':`').partition('`')[2].lstrip('~')}"]
    )
