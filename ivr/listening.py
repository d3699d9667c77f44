"""Menus, inputs and confirms: what they ask, and what keys and silence do.

Each function returns the next want or, as a string, the next node.

A yes counts only when all that the confirm says was presented to its end. Until then a silence or a
wrong key plays all of it again, and not only the question.
"""

from msgspec.structs import replace

from ivr import listing
from ivr.draft import Draft
from ivr.events import Keyed, Said, Silent
from ivr.key_grammar import (
    answers,
    choices,
    codes,
    consent,
    escapes,
    grammar,
    hears,
    nth,
    opening,
)
from ivr.nodes import Confirm, Input, Listens, Listing, Menu, Record
from ivr.secret import Secret
from ivr.speech_grammar import SpeechGrammar
from ivr.terms import BACK, REPEAT
from ivr.values import Count, Digits, Phrase, Sealed, Value
from ivr.wants import Ask, Done, Screen

MISHEARD = 2
"""After so many failures to understand what is said, keys alone count for the rest of the node."""


def ask(draft: Draft, node: Listens) -> Ask | str:
    """Ask for the first time; pending phrases are played first. A list may have no rows."""
    over = listing.listing(node)
    if over is not None and not listing.rows(draft, over):
        draft.record(node, outcome=over.none, way="none")
        return over.none
    return _ask(draft, node, listing.phrases(draft, node, opening(node)))


def answered(draft: Draft, node: Listens, event: Keyed | Silent) -> Ask | Done | str:
    """The caller pressed keys, or the timer ran out without one."""
    present(draft, node, event)
    if isinstance(event, Silent):
        return missed(draft, node, "silent")
    keys = event.digits
    if keys in consent(node) and not _presented(draft):
        return missed(draft, node, "early", keys)
    return _typed(draft, node, keys) if isinstance(node, Input) else _chosen(draft, node, keys)


def present(draft: Draft, node: Listens, event: Keyed | Said | Silent) -> None:
    """The phrases of a confirm were presented: keep them if that was to their end."""
    at = draft.session
    if event.whole and consent(node):
        draft.session = replace(at, presented=(*at.presented, *at.heard))


def _presented(draft: Draft) -> bool:
    """Whether all that an ask says was presented to its end."""
    return all(phrase in draft.session.presented for phrase in draft.session.again)


def unsaid(draft: Draft, node: Record) -> Done | str:
    """Nothing was said into a recording: counts as a silence against the call's patience."""
    at, flow = draft.session, draft.flow
    over = at.misses >= flow.patience
    way = "empty"
    if over:
        way = "farewell" if flow.farewell else ""
    draft.record(node, draft.phrases(node.record), outcome="empty", way=way)
    draft.session = replace(at, misses=at.misses + 1)
    return (flow.farewell or Done("ended")) if over else node.empty


def _chosen(draft: Draft, node: Listens, keys: str) -> Ask | Done | str:
    over = listing.listing(node)
    if over is not None and keys in listing.keys(draft, node):
        return _listed(draft, node, over, keys)
    action = choices(draft.flow, node).get(keys)
    if action is None:
        coded = keys in codes(draft.book, draft.flow, node)
        return _coded(draft, node, keys) if coded else missed(draft, node, "wrong", keys)
    own = {node.yes_key: "yes", node.no_key: "no"} if isinstance(node, Confirm) else {}
    draft.record(node, draft.session.heard, keys, action, own.get(keys, keys))
    at = draft.session
    if keys in consent(node):
        draft.session = replace(at, agreed=at.presented)
    elif isinstance(node, Menu):
        draft.session = replace(at, agreed=None)  # a yes was not for this choice
    return _act(draft, node, action)


def _listed(draft: Draft, node: Listens, over: Listing, key: str) -> Ask | str:
    """The key of a row, or the one for the next rows."""
    row = listing.offered(draft, node).get(key)
    draft.record(
        node,
        draft.session.heard,
        key,
        "more" if row is None else over.then,
        "more" if row is None else "row",
    )
    draft.session = replace(draft.session, agreed=None)  # a yes was not for this choice
    if row is not None:
        draft.set_values({name: row[of] for name, of in over.take.items() if of in row})
        return _act(draft, node, over.then)
    at = draft.session
    draft.session = replace(at, page=at.page + 1, silences=0, wrongs=0)
    return ask(draft, node)


def _coded(draft: Draft, node: Listens, code: str) -> str:
    """A code was keyed: go on as if it had been dialled."""
    flow = draft.book.answering(code)
    assert flow is not None, "the codes are those of flows"
    draft.record(node, draft.session.heard, code, flow.codes[code], code)
    draft.begin(flow)
    return flow.codes[code]


def _typed(draft: Draft, node: Input, digits: str) -> Ask | Done | str:
    shown = "secret" if node.secret else digits
    action = draft.flow.always.get(digits)
    if action is not None and digits in escapes(draft.flow, node):
        draft.record(node, draft.session.heard, digits, action, digits)
        return _act(draft, node, action)
    if not answers(node, digits):
        return missed(draft, node, "wrong", shown)
    draft.record(node, draft.session.heard, shown, node.then, "then")
    draft.set_values({node.into: _value(node, digits)})
    draft.session = replace(draft.session, presented=())
    return node.then


def _value(node: Input, digits: str) -> Value:
    if node.secret:
        return Sealed(Secret(digits))
    return Count(int(digits)) if node.takes == "count" else Digits(digits)


def _act(draft: Draft, node: Listens, action: str) -> Ask | str:
    """Carry out a key's action: go to a node, repeat, or go back."""
    target = back(draft) if action == BACK else action
    if target == REPEAT:
        return _ask(draft, node, draft.session.again)
    draft.session = replace(draft.session, presented=())
    return target


def back(draft: Draft) -> str:
    """The menu before this one; from a flow's first menu, the last one of the calling flow.

    Without one it is the menu itself; a confirm is repeated, because it means nothing without what
    was said before it.
    """
    while True:
        at = draft.session
        here = (at.flow, at.node)
        trail = tuple(place for place in at.trail if place != here)
        if trail:
            flow, node = trail[-1]
            draft.session = replace(at, trail=trail[:-1], flow=flow)
            return node
        if not any(frame.trail for frame in at.frames):
            return REPEAT if isinstance(draft.node, Confirm) else at.node
        draft.leave()


def missed(
    draft: Draft, node: Listens, how: str, key: str = "", apology: tuple[Phrase, ...] = ()
) -> Ask | Done | str:
    """Count a silence or a wrong key, and ask again, after an ``apology``, or give up.

    What was misheard is no wrong key: :data:`MISHEARD` is its limit, and the call's patience. Once
    that is used up the call ends, so that an abandoned line does not loop.
    """
    at, flow = draft.session, draft.flow
    silences = at.silences + (how == "silent")
    wrongs = at.wrongs + (how not in ("silent", "misheard"))
    spent = max(silences, wrongs) >= node.attempts or at.misses + 1 >= flow.patience
    over = at.misses >= flow.patience
    unanswered = node.unanswered if isinstance(node, Menu) and not (wrongs or at.misheard) else ""
    left = "unanswered" if unanswered else "gave-up"
    way = left if spent else "silent" if how == "silent" else "wrong"
    if over:
        way = "farewell" if flow.farewell else ""
    draft.record(node, draft.session.heard, key, left if spent else how, way)
    draft.session = replace(at, silences=silences, wrongs=wrongs, misses=at.misses + 1)
    if over:
        return flow.farewell or Done("ended")
    if spent:
        return unanswered or node.gave_up
    wrong = apology or draft.phrases(nth(node.wrong, wrongs) if how == "wrong" else ())
    if consent(node) and not _presented(draft):
        phrases = (*wrong, *at.again)
    elif how == "silent":
        phrases = listing.phrases(draft, node, nth(node.silent, silences) or opening(node))
    else:
        phrases = (*wrong, *listing.phrases(draft, node, opening(node)))
    return _ask(draft, node, phrases, at.again, flush=how != "silent")


def _ask(
    draft: Draft,
    node: Listens,
    phrases: tuple[Phrase, ...],
    again: tuple[Phrase, ...] = (),
    flush: bool = False,
) -> Ask:
    """Ask; pending phrases are played first.

    ``again``: what "repeat" plays, if not the same. ``flush`` drops keys typed ahead: after a wrong
    key the rest was meant for another menu.
    """
    at = draft.session
    heard = (*at.pending, *phrases)
    here = (at.flow, at.node)
    trail = at.trail
    if not isinstance(node, Confirm):  # no way back to a question whose subject was said before it
        trail = (*trail[: trail.index(here)], here) if here in trail else (*trail, here)
    draft.session = replace(at, heard=heard, again=again or heard, pending=(), trail=trail)
    taken = grammar(draft.book, draft.flow, node)
    return Ask(
        Screen(heard, at.language, node.barge_in, _pause_at(draft, node, heard), node.pause),
        replace(taken, choices=taken.choices | listing.keys(draft, node)),
        flush=flush or node.type_ahead == "flush",
        secret=isinstance(node, Input) and node.secret,
        consent=frozenset() if _presented(draft) else consent(node),
        speech=_hears(draft, node),
    )


def _hears(draft: Draft, node: Listens) -> SpeechGrammar | None:
    """What may be said here, unless that failed too often."""
    if draft.session.misheard >= MISHEARD:
        return None
    return hears(draft.flow, node, draft.session.language, listing.keys(draft, node))


def _pause_at(draft: Draft, node: Listens, heard: tuple[Phrase, ...]) -> int | None:
    """Where what a node asks begins after other words; None if it does not."""
    own = listing.phrases(draft, node, opening(node))
    before = len(heard) - len(own)
    if heard[before:] != own:
        return None
    return before if before or draft.said else None
