"""`firstline prompts`: what callers are told."""

from pathlib import Path

import click

from ari_app import up as bring
from ari_app.commands.running import Commands, console, run
from ari_app.config import State
from prompts import catalogue
from prompts.speak import Voice


@click.group(cls=Commands)
def prompts() -> None:
    """What callers are told, and the sound of it."""


@prompts.command("list")
@click.option("--lang", default="ru", show_default=True, help="The language to show.")
def list_(lang: str) -> None:
    """All prompts with their texts."""
    for listed in catalogue.shipped().listing():
        click.echo(f"{listed.prompt}: {listed.texts.get(lang, '(missing)')}")


@prompts.command()
def missing() -> None:
    """Prompts that lack a language. Exit code 1 if there are any."""
    found = catalogue.shipped().missing()
    for prompt, language in found:
        click.echo(f"{prompt} is missing in {language}: add it to prompts/{language}.yaml")
    if found:
        raise click.exceptions.Exit(1)
    click.echo("no prompt is missing in any language")


@prompts.command()
@click.pass_obj
def render(state: State) -> None:
    """Speak all prompts without placeholders into the cache; recordings stand as they are."""
    state.make()

    async def rendering() -> None:
        async with bring.spoken(state.config(), state, catalogue.shipped(), console()):
            pass

    run(rendering())
    click.echo(f"all prompts are ready in {state.sounds}")


@prompts.command()
@click.argument("text")
@click.option("--lang", default="ru", show_default=True, help="The language to say it in.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    default=Path("said.wav"),
    show_default=True,
)
@click.pass_obj
def say(state: State, text: str, lang: str, output: Path) -> None:
    """Say TEXT into a WAV file as a caller would hear it; the name of a prompt says that prompt."""
    state.make()
    words = catalogue.shipped()
    if text in words.prompts:
        text = words.listing()[words.prompts.index(text)].texts[lang]

    async def saying() -> None:
        settings = bring.voice_settings(state.config())
        async with Voice(settings, state.sounds, None, words) as voice:
            await voice.say(text, lang, output)

    run(saying())
    click.echo(f"{output}: {text}")
