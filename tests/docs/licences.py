"""The licences of all locked packages; `python -m tests.docs.licences` writes their table.

What a package says of itself in its metadata is taken; the few that say nothing are in
:data:`UNSAID`, with the place where their licence is.
"""

import re
from collections.abc import Iterator
from importlib import metadata

from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "licences.md"
BEGIN, END = "<!-- begin: made by python -m tests.docs.licences -->", "<!-- end -->"
LOCKS = {"run": "requirements.lock", "develop": "requirements-dev.lock"}

UNSAID = {
    "aiofastnet": "MIT",  # its LICENSE file
    "axe-playwright-python": "MIT AND MPL-2.0",  # its LICENSE file; axe-core's head
    "picows": "MIT",  # its LICENSE file
    "pjsua2-python": "GPL-2.0-or-later",  # that of PJSIP, whose binding it is
    "setuptools": "MIT",
}
_OLD_NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "LGPL": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "public domain",
}


def locked(lock: str) -> tuple[str, ...]:
    """The packages that a lock file pins, by name."""
    return tuple(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE))


def licence(package: str) -> str:
    """The licence of an installed package, as an SPDX expression where there is one."""
    if package in UNSAID:
        return UNSAID[package]
    try:
        about = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        raise LookupError(f"{package} is not installed: ./test installs what is locked") from None
    said = about.json.get("license_expression") or about.json.get("license") or ""
    if not said or len(str(said)) > 60:
        classifiers = [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
        said = classifiers[0].rpartition(":: ")[2] if classifiers else ""
    if not said:
        raise LookupError(f"{package} does not say its licence: look it up, add it to UNSAID")
    return _OLD_NAMES.get(str(said), str(said))


def rows() -> Iterator[str]:
    """The lines of the table: what is needed to run first, then what only developers need."""
    yield "| package | licence | needed to |"
    yield "|---|---|---|"
    seen: set[str] = set()
    for need, lock in LOCKS.items():
        for package in locked(lock):
            if package not in seen:
                seen.add(package)
                yield f"| {package} | {licence(package)} | {need} |"


def page(text: str) -> str:
    """The page with its table made again."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return "\n".join((f"{before}{BEGIN}", *rows(), f"{END}{after}"))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
