"""docs/commands.md names every command with its options, and no other."""

import re
from collections.abc import Iterator

import click

from ari_app.cli import main
from ari_app.demo.operator import code_word
from ivr.identity.keypad import key_form
from tests.docs.markdown import COMMANDS, SUBSCRIBERS, code, section, tables

_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


def commands(group: click.Group, path: str) -> Iterator[tuple[str, set[str]]]:
    """Each command with its long options, besides --state, which every command has."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            shown = [one for one in command.params if not getattr(one, "hidden", False)]
            options = {name for option in shown for name in option.opts}
            assert "--state" in options
            yield (
                f"{path} {name}",
                {name for name in options if name.startswith("--")} - {"--state"},
            )


def test_every_command_and_option_is_described() -> None:
    [table] = tables(section(COMMANDS.read_text(), "All commands"))
    described = {}
    for row in table:
        words = code(row[0])[0].replace("[", " ").replace("]", " ").split()
        command = " ".join(word for word in words if _NAME.fullmatch(word))
        named = {word for word in words if word.startswith("--")}
        described[command] = named
    assert described == dict(commands(main, "firstline"))


def test_the_options_of_all_commands_are_described() -> None:
    text = section(COMMANDS.read_text(), "All commands")
    for option in main.params:
        assert f"`{option.opts[0]}" in text


def test_the_words_of_the_demo_operator_are_described() -> None:
    [table] = tables(section(SUBSCRIBERS.read_text(), "Code words"))
    words = {digit: (word, keys) for digit, word, keys in table}
    for digit in "0123456789":
        word = code_word(digit).reveal()
        assert words[digit] == (word, key_form(word))
