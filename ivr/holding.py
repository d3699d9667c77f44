"""A hold: the caller does something, hears music meanwhile, and presses a key when it is done.

Silence is what a hold is for, so it costs no patience.
"""

from msgspec.structs import replace

from ivr.digits import KEYS
from ivr.draft import Draft
from ivr.events import Keyed, Silent
from ivr.listening import back
from ivr.nodes import Hold
from ivr.terms import BACK, REPEAT
from ivr.values import Phrase
from ivr.wants import Ask, Grammar, Screen


def ask(draft: Draft, node: Hold) -> Ask:
    """Play the prompts, pending ones first, and wait for a key.

    Keys pressed before are dropped: they cannot mean that it is done.
    """
    return _ask(draft, node, (*draft.session.pending, *draft.phrases(node.hold)))


def answered(draft: Draft, node: Hold, event: Keyed | Silent) -> Ask | str:
    """The caller pressed a key, or replied, or the time is over."""
    key = event.digits if isinstance(event, Keyed) else ""
    action = draft.flow.always.get(key, "")
    outcome = action or ("done" if isinstance(event, Keyed) else "time")
    draft.record(node, draft.session.heard, key, outcome, key if action else "then")
    if action == REPEAT:
        return _ask(draft, node, draft.session.again)
    draft.session = replace(draft.session, presented=(), agreed=None)
    return back(draft) if action == BACK else action or node.then


def _ask(draft: Draft, node: Hold, phrases: tuple[Phrase, ...]) -> Ask:
    at = draft.session
    draft.session = replace(at, heard=phrases, again=phrases, pending=())
    keys = Grammar(KEYS | frozenset(draft.flow.always), first=node.wait)
    return Ask(Screen(phrases, at.language), keys, flush=True, music=True)
