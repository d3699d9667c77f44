"""docs/operating.md names every command with its options, and no other."""

from collections.abc import Iterator

import click

from ari_app.cli import main
from tests.docs.markdown import OPERATING, code, section, tables


def commands(group: click.Group, path: str) -> Iterator[tuple[str, set[str]]]:
    """Each command with its long options, besides --state, which every command has."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            options = {name for option in command.params for name in option.opts}
            assert "--state" in options
            yield (
                f"{path} {name}",
                {name for name in options if name.startswith("--")} - {"--state"},
            )


def test_every_command_and_option_is_described() -> None:
    [table] = tables(section(OPERATING.read_text(), "All commands"))
    described = {}
    for row in table:
        words = code(row[0])[0].replace("[", " ").replace("]", " ").split()
        command = " ".join(word for word in words if word.isalpha() and word.islower())
        named = {word for word in words if word.startswith("--")}
        described[command] = named
    assert described == dict(commands(main, "firstline"))


def test_the_options_of_all_commands_are_described() -> None:
    text = section(OPERATING.read_text(), "All commands")
    for option in main.params:
        assert f"`{option.opts[0]}" in text
