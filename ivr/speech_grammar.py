"""What may be said instead of keys, and what spoken words mean. Pure text: sound is elsewhere.

A menu is answered by the names of its keys and by its ``phrases``, a confirm by yes and no, an
input by digits one by one, a ``listen`` by its ``phrases``.
"""

import re
from collections.abc import Container, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from ivr.nodes import Confirm, Input, Listen, Listens, Menu
from ivr.speech.languages import language as spoken_language
from ivr.terms import SAID

DID_YOU_SAY, AGAIN, KEYS_ALONE = "speech-did-you-say", "speech-again", "speech-keys"
PROMPTS = (DID_YOU_SAY, AGAIN, KEYS_ALONE)
"""What is said about speech itself: a doubt, a first failure, and the last one."""

YES, NO = "1", "2"
"""The keys that settle a doubt."""


class SpeechGrammar(Struct, frozen=True):
    """What an ask understands.

    ``phrases``: plain words (:func:`plain_words`) -> what they answer. With ``most`` above 0 the
    ``phrases`` are digits, said one by one, and from ``least`` to ``most`` of them are an answer.
    ``agrees``: the answers that count only where nothing else is said, as "I do not agree" agrees
    to nothing. ``language``: of the words, ISO 639.
    """

    language: str
    phrases: Mapping[str, str] = {}
    least: int = 1
    most: int = 0
    agrees: frozenset[str] = frozenset()


@lru_cache(4096)
def plain_words(text: str) -> str:
    """Words as they are compared: lower case, no marks but apostrophes, one space between."""
    return " ".join(re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold().replace("ё", "е")))


def digit_words(language: str, forms: int | None = None) -> Mapping[str, str]:
    """Plain word -> the digit that it names in a language, in so many of the forms that callers
    use; by default in every one."""
    keys = spoken_language(language).keys
    return {plain_words(each): key for key, all_ in keys.items() if key.isdigit()
            for each in all_.split()[:forms]}  # fmt: skip


def speech_grammar(node: Listens, keys: frozenset[str], language: str) -> SpeechGrammar | None:
    """What a node understands in a language besides ``keys``; None if it only takes keys.

    A confirm takes the first name of its keys alone, as the others sound like more words that are
    no answer ("одну" like "окно").
    """
    if not (node.spoken or isinstance(node, Listen)):
        return None
    digits = digit_words(language, 1 if isinstance(node, Confirm) else None)
    if isinstance(node, Input):
        return SpeechGrammar(language, digits, node.least, node.most)
    found = {word: key for word, key in digits.items() if key in keys}
    for phrase, answer in _own(node, language):
        found[plain_words(phrase)] = answer
    agrees = frozenset({node.yes_key} if isinstance(node, Confirm) else ())
    return SpeechGrammar(language, found, agrees=agrees)


def yes_or_no(language: str) -> SpeechGrammar:
    """What settles a doubt: yes and no. The name of a key does not, as that may be another choice
    of the question."""
    words = spoken_language(language)
    yes, no = dict.fromkeys(words.agrees, YES), dict.fromkeys(words.declines, NO)
    found = {plain_words(word): key for word, key in {**yes, **no}.items()}
    return SpeechGrammar(language, found, agrees=frozenset({YES}))


def _own(node: Listens, language: str) -> Iterator[tuple[str, str]]:
    """The phrases of a node -> what they answer."""
    words = spoken_language(language)
    match node:
        case Confirm():
            yield from ((word, node.yes_key) for word in words.agrees)
            yield from ((word, node.no_key) for word in words.declines)
        case Menu():
            for key, said in node.phrases.items():
                yield from ((phrase, key) for phrase in said.get(language, ()))
        case Listen():
            for target, said in node.phrases.items():
                yield from ((phrase, SAID + target) for phrase in said.get(language, ()))


def understood(heard: SpeechGrammar, text: str) -> str:
    """What spoken text answers; "" if nothing, or two things at once.

    The longest phrase within the text counts; digits must be all of it.
    """
    words = plain_words(text)
    if heard.most:
        found = "".join(heard.phrases.get(each, each if each.isdigit() else " ")
                        for each in words.split())  # fmt: skip
        return found if found.isdigit() and heard.least <= len(found) <= heard.most else ""
    return heard.phrases.get(matched(heard, text), "") if words else ""


def matched(heard: SpeechGrammar, text: str) -> str:
    """The phrase that spoken text is, or the longest within it; "" if two things are meant, or if
    other words stand beside one that agrees."""
    words = plain_words(text)
    if words in heard.phrases:
        return words
    within = [each for each in heard.phrases if each and f" {each} " in f" {words} "]
    longest = max((len(each.split()) for each in within), default=0)
    found = [each for each in within if len(each.split()) == longest]
    answers = {heard.phrases[each] for each in found}
    if len(answers) != 1 or (answers <= heard.agrees and _others(heard, answers, words)):
        return ""
    return found[0]


def _others(heard: SpeechGrammar, answers: Container[str], words: str) -> str:
    """The words beside the phrases of these answers."""
    phrases = [each for each, answer in heard.phrases.items() if answer in answers]
    for each in sorted(phrases, key=len, reverse=True):
        words = re.sub(rf"\b{re.escape(each)}\b", "", words)
    return words.strip()


def menu_words(heard: SpeechGrammar, text: str) -> str:
    """What stands for the caller's words: the phrase of ours that they are, or the digits."""
    return spelled(heard, understood(heard, text)) if heard.most else matched(heard, text)


def spelled(heard: SpeechGrammar, digits: str) -> str:
    """Digits by their names."""
    names = {digit: word for word, digit in reversed(list(heard.phrases.items()))}
    return " ".join(names.get(each, each) for each in digits)
