"""A language as an argument of a command: one that the installation knows."""

import click

from ari_app.config.state import State
from ivr.problems import near
from ivr.speech import languages


class LanguageCode(click.ParamType[str]):
    """The code of a language, shipped or the administrator's own."""

    name = "LANG"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code; the settings are read first, for they say where own languages are."""
        state = ctx.find_object(State) if ctx else None
        if state is not None:
            state.config()
        if value not in languages.known():
            known = near(value, languages.known())
            self.fail(f"{value} is not a supported language: {known}", param, ctx)
        return value


LANGUAGE = LanguageCode()
