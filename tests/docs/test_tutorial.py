"""The tutorial, done as it stands there, from the empty file to the call that was kept."""

import pytest

from tests.docs.markdown import TUTORIAL
from tests.docs.terminal import Command, Terminal, deeds, terminal

__all__ = ["terminal"]  # a fixture

pytestmark = pytest.mark.live


def test_the_tutorial(terminal: Terminal) -> None:
    for deed in deeds(TUTORIAL.read_text()):
        if isinstance(deed, Command):
            terminal.run(deed.line, deed.prints)
        else:
            terminal.write(deed)
    assert (terminal.clone / "office.wav").stat().st_size > 16_000
