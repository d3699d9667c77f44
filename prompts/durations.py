"""The texts of the catalogue with estimated durations, for the check of flows."""

from collections.abc import Mapping

from ivr.check import PromptText
from prompts.catalogue import Catalogue
from prompts.template import Pause, Slot, Template
from prompts.text_reader import own_language

PER_SECOND = 14.0
"""Estimated characters per second of the voices."""

FILLED = 20
"""Estimated characters of a value that fills a placeholder."""


def prompt_texts(catalogue: Catalogue) -> Mapping[str, Mapping[str, PromptText]]:
    """Prompt -> language -> its text, for languages that have one."""
    return {
        prompt: {
            language: _estimate(found)
            for language in catalogue.languages
            if (found := catalogue.texts[own_language(prompt) or language].get(prompt))
        }
        for prompt in catalogue.prompts
    }


def _estimate(template: Template) -> PromptText:
    words = [part for part in template.parts if isinstance(part, str)]
    slots = sum(isinstance(part, Slot) for part in template.parts)
    silence = sum(part.seconds for part in template.parts if isinstance(part, Pause))
    spoken = (sum(map(len, words)) + slots * FILLED) / PER_SECOND
    return PromptText(" ".join(words), spoken + silence)
