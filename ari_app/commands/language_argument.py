"""A language as an argument of a command: one that the installation knows, or its callers hear."""

import click

from ari_app.config.state import State
from ivr.problems import near
from ivr.site_languages import unspoken
from ivr.speech import languages


class LanguageCode(click.ParamType[str]):
    """The code of a language, shipped or the administrator's own."""

    name = "LANG"

    def __init__(self, of_site: bool = False) -> None:
        """``of_site``: only languages that callers are served in."""
        self._of_site = of_site

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code; the settings are read first, for they say where own languages are."""
        state = ctx.find_object(State) if ctx else None
        config = state.config() if state is not None else None
        if config and self._of_site and (fault := unspoken(value, config.site.languages)):
            self.fail(fault, param, ctx)
        if value not in languages.known():
            known = near(value, languages.known())
            self.fail(f"{value} is not a supported language: {known}", param, ctx)
        return value


LANGUAGE = LanguageCode()

CALLERS_LANGUAGE = LanguageCode(of_site=True)
