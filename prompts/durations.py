"""What callers hear of the catalogue, as the check of flows judges it: texts and their length."""

from collections.abc import Mapping

from ivr.check import PromptText
from prompts.catalogue import Catalogue
from prompts.template import Template
from prompts.text_reader import own_language

PER_SECOND = 14.0
"""About so many characters our voices say in a second."""

FILLED = 20
"""About so many characters what fills a placeholder has when it is said."""


def prompt_texts(catalogue: Catalogue) -> Mapping[str, Mapping[str, PromptText]]:
    """Prompt -> language -> what is heard, in languages that have a text of their own."""
    return {
        prompt: {
            language: _heard(found)
            for language in catalogue.languages
            if (found := catalogue.texts[own_language(prompt) or language].get(prompt))
        }
        for prompt in catalogue.prompts
    }


def _heard(template: Template) -> PromptText:
    words = [part for part in template.parts if isinstance(part, str)]
    slots = len(template.parts) - len(words)
    return PromptText(" ".join(words), (sum(map(len, words)) + slots * FILLED) / PER_SECOND)
