"""The version of what browsers load from the desk."""

import hashlib
from pathlib import Path

from ari_app.pages.words import SHARED

_HERE = Path(__file__).parent


def build() -> str:
    """A hash of all scripts, styles, templates and texts."""
    digest = hashlib.sha256()
    for file in sorted((*_HERE.rglob("*"), *SHARED.glob("*.yaml"))):
        if file.suffix in (".js", ".css", ".html", ".yaml"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
