"""The installation of a state directory, as every command takes it: light to import."""

from pathlib import Path

from ari_app.config.state import State
from ari_app.demo.settings import SETTINGS


def installation(directory: Path) -> State:
    """The installation of a state directory; the demo operator's, unless its settings say whose."""
    return State(directory, SETTINGS)
