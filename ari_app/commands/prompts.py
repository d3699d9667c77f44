"""`firstline prompts`: the texts of prompts and their sound."""

from collections.abc import Mapping
from pathlib import Path

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands, Lazy
from ari_app.commands.recordings import MENUS
from ari_app.commands.runner import begins, console, run
from ari_app.config.state import State
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ivr.value_readers import READERS
from ivr.values import Phrase, Value, Values
from prompts import plan
from prompts.template import unspoken


@click.group(cls=Commands)
def prompts() -> None:
    """List prompts and render their sound."""


prompts.lazy = {
    "studio": Lazy("recordings:studio"),
    "record-check": Lazy("recordings:record_check"),
    "export": Lazy("translations:export"),
    "import": Lazy("translations:import_"),
}


@prompts.command("list")
@click.option("--lang", help="The language to show  [default: the site's first].")
@MENUS
@json_option(": placeholders, and the texts in all languages")
@click.pass_obj
def list_(state: State, lang: str | None, menus: Path | None, as_json: bool) -> None:
    """List all prompts with their texts."""
    words = loading.prompts_in_use(state.config(), menus)
    if as_json:
        print_json(words.listing())
        return
    lang = lang or words.languages[0]
    for listed in words.listing():
        click.echo(f"{listed.prompt}: {listed.texts.get(lang, '(missing)')}")


@prompts.command()
@MENUS
@json_option()
@click.pass_obj
def missing(state: State, menus: Path | None, as_json: bool) -> None:
    """List prompts without a text in a language of a flow that plays them. Exit code 1 if any."""
    config = state.config()
    words = loading.prompts_in_use(config, menus)
    played = loading.played(menus or loading.directory(config), words, CATALOGUE)
    found = [each for each in words.missing() if each in played]
    if as_json:
        print_json([{"prompt": prompt, "language": language} for prompt, language in found])
    for prompt, language in () if as_json else found:
        click.echo(f"{prompt} is missing in {language}: add it to prompts/{language}.yaml")
    if found:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("no prompt is missing in any language")


@prompts.command()
@MENUS
@click.pass_obj
def render(state: State, menus: Path | None) -> None:
    """Render all prompts without placeholders into the cache, except recorded ones."""
    from ari_app.main import speech

    state.make()
    config = state.config()
    begins("rendering the prompts: minutes if they are new")
    words = loading.prompts_in_use(config, menus)

    async def rendering() -> None:
        async with speech.spoken(config, state, words, console(), seconds=None):
            pass

    run(rendering())
    click.echo(f"all prompts are ready in {state.sounds}")


@prompts.command()
@click.argument("text")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--lang", help="The language to say it in  [default: the site's first].")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    default=Path("said.wav"),
    show_default=True,
)
@MENUS
@click.pass_obj
def say(
    state: State,
    text: str,
    values: tuple[str, ...],
    lang: str | None,
    output: Path,
    menus: Path | None,
) -> None:
    """Synthesize TEXT into a WAV file as a caller would hear it.

    TEXT may be the name of a prompt; its placeholders are filled with NAME=VALUE: balance=12.50.
    """
    from ari_app.main import speech, voices
    from prompts.media import PromptMedia
    from prompts.voice import Voice

    state.make()
    words = loading.prompts_in_use(state.config(), menus)
    lang = lang or words.languages[0]
    config = state.config()
    phrase = None
    if text in words.prompts:
        phrase = Phrase(text, _filled(words.slots(text), values))
        text = plan.phrase_text(words, phrase, lang)
    for fault in unspoken(text):
        raise click.UsageError(fault.text)

    async def saying() -> None:
        async with Voice(voices.settings(config, state), state.sounds) as voice:
            if phrase is None:
                await voice.say(text, lang, output)
            else:
                recordings = speech.recordings(config, state)
                await PromptMedia(voice, words, recordings).write(phrase, lang, output)

    run(saying())
    click.echo(f"{output}: {text}")


def _filled(slots: Mapping[str, str], given: tuple[str, ...]) -> Values:
    """The values of a prompt's placeholders, from NAME=VALUE arguments."""
    texts = dict(each.partition("=")[::2] for each in given)
    values: dict[str, Value] = {}
    for name, slot in slots.items():
        read = READERS.get(slot.split()[0])
        if name not in texts or read is None:
            why = f"give {name}=…" if read else "lists exist only in calls"
            raise click.UsageError(f"the prompt needs {name} ({slot}): {why}")
        try:
            values[name] = read(texts[name])
        except (ValueError, ArithmeticError) as error:
            raise click.UsageError(f"{name}={texts[name]} is not a {slot}") from error
    return values
