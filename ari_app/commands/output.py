"""Where commands print tables and progress, with rich."""

from typing import NoReturn

from rich.console import Console


class Output(Console):
    """A console whose closed pipe is an error like that of any other output."""

    def on_broken_pipe(self) -> NoReturn:
        """Let the error pass to :class:`~ari_app.commands.groups.Commands`."""
        raise  # the error that rich handles just now
