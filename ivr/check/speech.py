"""Rules for what callers may say: it leads to one thing, in each of their languages."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations

from ivr import nodes
from ivr.check.context import CheckContext, Finding
from ivr.key_grammar import choices
from ivr.session import Spot
from ivr.speech_grammar import plain_words, speech_grammar
from ivr.terms import SAID, Is
from ivr.vocabulary import spoken_nodes

ALIKE = 0.85
"""From this likeness of their letters on, from 0 to 1, phrases are taken for each other."""

LONGEST = 80
"""Letters of the longest phrase: a sentence of that length is said by no two callers alike."""

Meant = tuple[str, str]
"""A phrase, and what it answers."""


def same_phrase(context: CheckContext) -> Iterator[Finding]:
    """Phrases that answer two things."""
    for spot, language, said in _phrases(context):
        seen: dict[str, str] = {}
        for phrase, answer in said:
            other = seen.setdefault(plain_words(phrase), answer)
            if other != answer:
                text = f"{phrase!r} answers both {_shown(other)} and {_shown(answer)} in {language}"
                yield context.at(spot, Is.PHRASE, phrase), f"{text}: keep it for one of them"


def alike_phrases(context: CheckContext) -> Iterator[Finding]:
    """Phrases for different things that sound nearly the same."""
    for spot, language, said in _phrases(context):
        for (one, first), (other, second) in combinations(said, 2):
            plain = plain_words(one), plain_words(other)
            if first == second or plain[0] == plain[1]:
                continue
            if SequenceMatcher(None, *plain).ratio() >= ALIKE:
                text = f"{one!r} and {other!r} sound alike in {language} and lead to different ends"
                yield context.at(spot, Is.PHRASE, other), f"{text}: say one of them otherwise"
                break


def unsayable(context: CheckContext) -> Iterator[Finding]:
    """Phrases that are no words, or too many."""
    for spot, language, said in _phrases(context):
        for phrase, _ in said:
            length = len(plain_words(phrase))
            if 0 < length <= LONGEST:
                continue
            text = f"the phrase {phrase!r} has no letters in {language}: write what callers say"
            if length:
                text = (
                    f"a phrase has {length} letters in {language}, and the most is {LONGEST}: "
                    "write the two or three words of it that count"
                )
            yield context.at(spot, Is.PHRASE, phrase), text


def no_phrases(context: CheckContext) -> Iterator[Finding]:
    """Languages in which something cannot be said, although it can in others."""
    for flow in context.flows.values():
        for name, node in flow.nodes.items():
            if not isinstance(node, nodes.Menu | nodes.Listen):
                continue
            for target, said in node.phrases.items():
                for language in context.standard.site.spoken(flow.languages):
                    if not said.get(language):
                        text = f"there are no phrases for {target} in {language}: write some"
                        yield context.at((flow.flow, name), Is.NODE, target), text
                        break


def unheard(context: CheckContext) -> Iterator[Finding]:
    """Phrases of a menu that are not listened to."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Menu) and node.phrases and not node.spoken:
            yield context.at(spot), "it has phrases, but callers only press keys: add `spoken: yes`"


def no_recogniser(context: CheckContext) -> Iterator[Finding]:
    """Nodes that are answered by voice, in a site that does not listen; yes and no are not asked
    for: who says them presses a key elsewhere."""
    if context.standard.site.listens is not False:
        return
    for flow, name, node in spoken_nodes(context.flows):
        if isinstance(node, nodes.Confirm):
            continue
        text = "callers are asked to speak, and no recogniser is set, so that keys alone work: set"
        yield context.at((flow.flow, name)), f'{text} engine = "built-in" in [speech]'
        return


def _phrases(context: CheckContext) -> Iterator[tuple[Spot, str, list[Meant]]]:
    """The phrases of each node in each language, with the names of its keys."""
    for flow, name, node in spoken_nodes(context.flows):
        if not isinstance(node, nodes.Menu | nodes.Listen):
            continue
        own = node.keys if isinstance(node, nodes.Listen) else choices(flow, node)
        bare = nodes.Listen(listen=(), phrases={}, gave_up="", keys=node.keys)
        for language in flow.languages:
            names = speech_grammar(bare, frozenset(own), language)
            begin = SAID if isinstance(node, nodes.Listen) else ""
            said = list(names.phrases.items()) if names else []
            said += [
                (phrase, begin + answer)
                for answer, by_language in node.phrases.items()
                for phrase in by_language.get(language, ())
            ]
            yield (flow.flow, name), language, said


def _shown(answer: str) -> str:
    return answer.removeprefix(SAID) if answer.startswith(SAID) else f"the key {answer}"
