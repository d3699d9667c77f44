"""The tutorial, done as it stands there, from the empty file to the call that was kept."""

import pytest

from tests.docs.markdown import TUTORIAL
from tests.docs.terminal import Command, Terminal, instructions, terminal

__all__ = ["terminal"]  # a fixture

pytestmark = pytest.mark.live


def test_the_tutorial(terminal: Terminal) -> None:
    for instruction in instructions(TUTORIAL.read_text()):
        if isinstance(instruction, Command):
            terminal.run(instruction.line, instruction.prints)
        else:
            terminal.write(instruction)
    assert (terminal.clone / "office.wav").stat().st_size > 16_000
