"""No module of the program imports itself by way of others, not even for its types alone."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from tests.architecture.arrows import PRODUCT, imported_modules, modules


def cycle(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a circle, each the next; empty if there is none."""
    graph = {
        module: imported_modules(source, sources) - {module} for module, source in sources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_cycle() -> None:
    sources = {module: file.read_text("utf-8") for module, file in modules(*PRODUCT).items()}
    assert cycle(sources) == []


def test_a_cycle_is_found_also_for_types_and_within_functions() -> None:
    typed = "if TYPE_CHECKING:\n    from shop import checkout"
    late = "def buy():\n    from shop.basket import Basket"
    assert cycle({"shop": "", "shop.basket": typed, "shop.checkout": late}) != []
    assert cycle({"shop": "from shop.basket import Basket", "shop.basket": "import shop"}) != []


def test_a_package_that_exports_its_modules_is_no_cycle() -> None:
    """``from package import module`` imports the module, not what the package exports."""
    sources = {
        "shop": "from shop.checkout import pay",
        "shop.checkout": "from shop import basket",
        "shop.basket": "",
    }
    assert cycle(sources) == []
