"""Spoken answers: acted on, asked back when they are not sure, and keys alone after two failures.

A sure answer is as its key. A secret is never asked back, because that would say it aloud.
"""

from msgspec.structs import replace

from ivr import listening, listing
from ivr.draft import Draft
from ivr.events import Keyed, Said, Silent
from ivr.key_grammar import hears
from ivr.listening import MISHEARD
from ivr.nodes import Input, Listens
from ivr.speech_grammar import (
    AGAIN,
    DID_YOU_SAY,
    KEYS_ALONE,
    NO,
    YES,
    menu_words,
    understood,
    yes_or_no,
)
from ivr.values import Count, Name, Phrase, Values
from ivr.wants import Ask, Done, Grammar, Screen

SAID, SURE = "said", "sure"
"""Names of what the call record keeps: the words, and how sure they are in percent."""


def words_of(filled: Values) -> tuple[str, int] | None:
    """What a caller said in a step of the call record, and how sure that is in percent."""
    words, sure = filled.get(SAID), filled.get(SURE)
    if isinstance(words, Name) and isinstance(sure, Count):
        return words.in_(""), sure.number
    return None


def answer(key: str, filled: Values) -> str:
    """How a caller answered in a step of the call record, in words; "" if not at all."""
    if said := words_of(filled):
        return 'said "{}" ({} %)'.format(*said)
    return f"key {key}" if key else ""


def answered(draft: Draft, node: Listens, event: Keyed | Silent | Said) -> Ask | Done | str:
    """The caller pressed keys, said something, or neither."""
    if draft.session.doubted:
        return _settled(draft, node, event)
    if isinstance(event, Said):
        return _said(draft, node, event)
    return listening.answered(draft, node, event)


def _said(draft: Draft, node: Listens, event: Said) -> Ask | Done | str:
    heard = hears(draft.flow, node, draft.session.language, listing.keys(draft, node))
    answer = understood(heard, event.words) if heard else ""
    secret = isinstance(node, Input) and node.secret
    if not answer or heard is None or (event.doubtful and secret):
        return _misheard(draft, node, event)
    event = replace(event, words=menu_words(heard, event.words))
    return (
        _doubt(draft, node, answer, event) if event.doubtful else _act(draft, node, answer, event)
    )


def _act(draft: Draft, node: Listens, answer: str, event: Said) -> Ask | Done | str:
    """Do as the key would; the call record has what was said, in the words of the menu."""
    first = len(draft.steps)
    following = listening.answered(draft, node, Keyed(answer, event.sealed, event.whole))
    if not (event.sealed or isinstance(node, Input)):
        said = {SAID: Name({"": event.words}), SURE: Count(round(event.sure * 100))}
        step = draft.steps[first]
        draft.steps[first] = replace(step, filled={**step.filled, **said})
    return following


def _doubt(draft: Draft, node: Listens, answer: str, event: Said) -> Ask:
    """Ask back whether that was said."""
    listening.present(draft, node, event)
    at = draft.session
    draft.record(node, at.heard, outcome="doubtful")
    phrase = Phrase(DID_YOU_SAY, {SAID: Name({"": event.words})})
    draft.session = replace(at, doubted=answer, doubt=(event.words, event.sure), heard=(phrase,))
    keys = Grammar(frozenset((YES, NO)), first=node.wait, between=node.between)
    screen = Screen((phrase,), at.language)
    return Ask(screen, keys, flush=True, speech=yes_or_no(at.language))


def _settled(draft: Draft, node: Listens, event: Keyed | Silent | Said) -> Ask | Done | str:
    """A doubt was answered: yes, no, or by a key of the node itself. Two doubts agree to nothing:
    a yes that is not sure, either, is none."""
    at = draft.session
    answer, (words, sure) = at.doubted, at.doubt
    key = event.digits if isinstance(event, Keyed) else ""
    if isinstance(event, Said):
        known = "" if event.doubtful else understood(yes_or_no(at.language), event.words)
        key = known or NO
    draft.session = replace(at, doubted="", doubt=("", 0.0))
    if key == YES:
        return _act(draft, node, answer, Said(words, sure))
    if isinstance(event, Keyed) and key != NO:
        return listening.answered(draft, node, event)
    return _misheard(draft, node, Said(words, sure))


def _misheard(draft: Draft, node: Listens, event: Said) -> Ask | Done | str:
    """Say so, and ask again; after the second time in a node keys alone count there."""
    listening.present(draft, node, event)
    at = draft.session
    times = at.misheard + 1
    draft.session = replace(at, misheard=times)
    apology = draft.phrases((AGAIN if times < MISHEARD else KEYS_ALONE,))
    return listening.missed(draft, node, "misheard", apology=apology)
