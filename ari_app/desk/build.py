"""The version of what browsers load from the desk."""

import hashlib
from functools import cache
from pathlib import Path

from ari_app.pages.words import SHARED

_HERE = Path(__file__).parent


@cache
def build() -> str:
    """A hash of all scripts, styles, templates and texts, which are those of the first call."""
    digest = hashlib.sha256()
    for file in sorted((*_HERE.rglob("*"), *SHARED.glob("*.yaml"))):
        if file.suffix in (".js", ".css", ".html", ".yaml"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
