"""A bad and a good sample of every rule: what breaks it alone, and what breaks none.

A sample is one or more files, each begun by ``---``; ``… N characters more`` stands for so many.
"""

import re
from collections.abc import Mapping

_MORE = re.compile(r"… (\d+) characters more")


def files(text: str) -> Mapping[str, str]:
    """The files of a sample, by name."""
    whole = _MORE.sub(lambda found: "x" * int(found[1]), text)
    return {f"{n}.yaml": part for n, part in enumerate(whole.split("---\n"), 1)}
