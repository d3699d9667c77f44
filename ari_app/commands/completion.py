"""`firstline completion`: the completion script of a shell."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    bash: add `eval "$(firstline completion bash)"` to ~/.bashrc; zsh: likewise in ~/.zshrc; fish:
    write it to ~/.config/fish/completions/firstline.fish.
    """
    made = get_completion_class(shell)
    assert made is not None
    root = ctx.find_root().command
    click.echo(made(root, {}, "firstline", "_FIRSTLINE_COMPLETE").source())
