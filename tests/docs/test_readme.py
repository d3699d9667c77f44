"""The commands of the README, run as they stand there, print what the README says.

All ``sh`` fences are run in order in one directory that looks like a clone. Commands that take
minutes or a phone in the hand stand in the text instead.
"""

import pytest

from tests.deadlines import allowed
from tests.docs.markdown import README
from tests.docs.terminal import FOREGROUND, Command, Terminal, instructions, terminal

__all__ = ["terminal"]  # a fixture

pytestmark = pytest.mark.live


def test_the_commands_of_the_readme(terminal: Terminal) -> None:
    said = [each for each in instructions(README.read_text()) if isinstance(each, Command)]
    assert said[0].line == FOREGROUND
    assert "./firstline call 611 --press 1 --record b.wav" in [each.line for each in said]
    for command in said:
        terminal.run(command.line, command.prints)
    assert (terminal.clone / "b.wav").stat().st_size > 16_000
    assert terminal.up is not None
    assert terminal.up.wait(allowed(40)) == 0
