"""How long the check of flows takes: `python -m tests.bench.check`.

Flows of menus, operations and words are read without and with all rules.
"""

from rich.console import Console
from rich.table import Table

from ivr.loader import load
from tests.ivr.check.test_check import found, large, seconds
from tests.ivr.check.test_rules import OPERATIONS, SLOTS

SIZES = (100, 200, 400, 800, 1600)


def main() -> None:
    """See the module."""
    table = Table("nodes", "read (ms)", "checked (ms)")
    for size in SIZES:
        text = large(size)
        read = seconds(lambda: load({"a.yaml": text}, SLOTS, OPERATIONS))  # noqa: B023 it is called at once
        checked = seconds(lambda: found(text, heard=True))  # noqa: B023 it is called at once
        table.add_row(str(size), f"{read * 1000:.1f}", f"{checked * 1000:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
