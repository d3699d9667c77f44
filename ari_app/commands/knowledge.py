"""`firstline knowledge`: the articles that agents look things up in."""

import click

from ari_app.commands.groups import Commands
from ari_app.config.state import State
from ari_app.knowledge import index
from ari_app.knowledge.articles import faults
from ari_app.main.site_names import knowledge_directory
from ivr.speech import languages


@click.group(cls=Commands)
def knowledge() -> None:
    """Check the articles of the knowledge base."""


@knowledge.command()
@click.pass_obj
def check(state: State) -> None:
    """Check all articles: each fault with its file and line. Exit code 1 if there is any."""
    config = state.config()
    directory = knowledge_directory(config, state)
    if not directory.is_dir():
        raise click.ClickException(
            f"there is no {directory}: make it, or name another as directory of [knowledge]"
        )
    articles, wrong = index.read(directory, index.found(directory))
    for one in articles:
        wrong += faults(one, config.tickets.topics, languages.known())
    for fault in sorted(wrong):
        click.echo(fault)
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo(f"{directory}: {len(articles)} articles, no faults")
