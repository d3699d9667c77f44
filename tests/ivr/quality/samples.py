"""A score card as a site has one."""

from ivr.quality.card import ScoreCard
from ivr.quality.reading import read

TEXT = """\
title: { en: "Conversation", ru: "Разговор" }
sections:
  - title: { en: "Beginning", ru: "Начало" }
    questions:
      - name: greeted
        asks: { en: "Did the agent say their name?", ru: "Назвали имя?" }
      - name: identified
        asks: { en: "Was the caller identified?", ru: "Абонент опознан?" }
        fatal: yes
        optional: yes
  - title: { en: "Answer", ru: "Ответ" }
    questions:
      - name: solved
        asks: { en: "How well was it solved?", ru: "Насколько решено?" }
        kind: scale
        best: 5
        weight: 3
"""
LANGUAGES = ("ru", "en", "be")


def card(text: str = TEXT) -> ScoreCard:
    """The card of a text without problems."""
    found, problems = read("service", "service.yaml", text, ("support",), LANGUAGES)
    assert not problems
    assert found is not None
    return found
