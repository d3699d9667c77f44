"""Words before a value: Russian says "со второго", not "с второго"."""

import re

from ivr.speech.languages import language as spoken


def fitted(before: str, words: str, language: str) -> str:
    """``before``, with the word at its end in the form that fits the ``words`` after it."""
    for rule in spoken(language).euphony if language else ():
        found = re.search(rf"(?:{rule.before})(?=\s*$)", before, re.IGNORECASE)
        if found and re.match(rule.words, words):
            return before[: found.start()] + found.expand(rule.instead) + before[found.end() :]
    return before
