"""How commands are loaded, listed and ended by expected errors."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.commands.groups import EXPECTED, LazyCommands

LEAST_LOADED = ("aiohttp", "ari_app.store.db", "ari_app.main.daemon", "phonenumbers", "rich")


def every_command(
    group: click.Group, path: str = "firstline"
) -> Iterator[tuple[str, click.Command]]:
    """Each group and command, with its path."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from every_command(command, f"{path} {name}")


def lazy_groups() -> Iterator[LazyCommands]:
    """The groups that load their commands by name."""
    assert isinstance(main, LazyCommands)
    yield main
    for _, command in every_command(main):
        if isinstance(command, LazyCommands):
            yield command


def test_help_loads_no_command() -> None:
    """Measured by what is imported, which is the same on every machine."""
    program = (
        "import sys; from ari_app.cli import main; main(['--help'], standalone_mode=False); "
        f"print([one for one in {LEAST_LOADED!r} if one in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.stderr, ran.returncode) == ("[]\n", 0)
    assert "Run:" in ran.stdout


def test_every_summary_begins_the_help_of_its_command() -> None:
    for group in lazy_groups():
        for commands in group.sections.values():
            for name, one in commands.items():
                whole = " ".join((one.load().help or "").split())
                assert whole.startswith(one.summary), name


def test_every_help_is_a_short_imperative_sentence() -> None:
    for path, command in every_command(main):
        first = (command.help or "").split()[0].rstrip(",")
        assert first in VERBS, f"{path}: {command.help}"
        assert not command.get_short_help_str(80).endswith("..."), path


VERBS = {
    "Add", "Announce", "Be", "Call", "Cancel", "Change", "Check", "Close", "Dial", "Draw", "End",
    "Erase", "Extend", "Fetch", "Force", "Have", "Import", "Install", "Keep", "List", "Lift",
    "Make", "Mark", "Place", "Plan", "Print", "Put", "Reload", "Remove", "Render", "Replace",
    "Restore", "Revoke", "Run", "Send", "Serve", "Set", "Show", "Sign", "Start", "Stop",
    "Synthesize", "Unlock", "Write",
}  # fmt: skip


def test_the_installation_is_known_before_arguments_that_are_read_by_its_settings() -> None:
    """`agents add anna --language pl --state X` knows the languages of X."""
    ways = [
        one for _, command in every_command(main) for one in command.params if one.name == "state"
    ]
    where = [one for one in ways if isinstance(one.type, click.Path)]
    assert where
    assert all(one.is_eager for one in where)


def test_every_command_stands_under_one_heading() -> None:
    for group in lazy_groups():
        names = [name for commands in group.sections.values() for name in commands]
        assert sorted(names) == group.list_commands(click.Context(group))


def test_every_expected_error_is_an_exception() -> None:
    for each in EXPECTED:
        module, _, name = each.partition(":")
        assert issubclass(getattr(import_module(module), name), Exception)


def test_an_unknown_command_is_an_error_of_usage() -> None:
    result = CliRunner().invoke(main, ["nothing"])
    assert result.exit_code == 2
    assert "No such command 'nothing'" in result.output


@pytest.mark.parametrize("no_color", ["", "1"])
def test_no_color_is_honoured(no_color: str) -> None:
    result = CliRunner().invoke(main, ["flows", "rules"], color=True, env={"NO_COLOR": no_color})
    assert result.exit_code == 0
    assert ("\x1b[" in result.output) is not bool(no_color)
