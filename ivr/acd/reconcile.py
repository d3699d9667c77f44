"""Reconciles the board with a fresh list of queues from Asterisk (QueueStatus)."""

from collections.abc import Container, Iterator

from msgspec.structs import replace

from ivr.acd.board import Board, Member, Offer, Queue, Talk, of_member


def reconciled(old: Board, listed: Board, alive: Container[str] | None) -> Board:
    """The listed board, with the old board's offers and conversations that still hold.

    ``alive``: the ids and names of the present channels after a gap in the events (reconnect): then
    a member's phone must be in state ringing, and a talk must not have ended meanwhile. None if
    there was no gap: then waits keep their exact start, which a list has in whole seconds only.
    """

    def member(one: Offer | Talk) -> Member:
        queue = listed.queues.get(one.queue, Queue())
        return queue.members.get(one.interface, Member(interface=one.interface, name=""))

    def lives(one: Offer | Talk) -> bool:
        return alive is None or (one.caller.call in alive and one.leg in alive)

    def since(name: str, queue: Queue) -> Queue:
        known = {one.call: one for one in old.queues.get(name, Queue()).waiting}
        return replace(queue, waiting=tuple(known.get(one.call, one) for one in queue.waiting))

    def rings(offer: Offer) -> bool:
        waiting = listed.queues.get(offer.queue, Queue()).waiting
        waits = not offer.queue or any(one.call == offer.caller.call for one in waiting)
        if not of_member(listed, offer):
            return waits and lives(offer)
        return waits and (alive is None or member(offer).state in ("ringing", "ringing in use"))

    def speaks(talk: Talk) -> bool:
        if not of_member(listed, talk):
            return lives(talk)
        last = member(talk).last_call
        return alive is None or (member(talk).in_call and (last is None or last <= talk.since))

    offers, talks = tuple(filter(rings, old.offers)), tuple(filter(speaks, old.talks))
    if alive is not None:
        return Board(listed.queues, offers, talks)
    return Board({name: since(name, it) for name, it in listed.queues.items()}, offers, talks)


def differences(board: Board, listed: Board) -> tuple[str, ...]:
    """What differs between the board and a list, a line each; empty if they agree.

    Names, wait times and wrap-up are not compared: AMI's lists leave out parts of them.
    """
    return tuple(_differences(board, listed))


def _differences(board: Board, listed: Board) -> Iterator[str]:
    yield from (f"queue {name} was missing" for name in listed.queues if name not in board.queues)
    for name, old in board.queues.items():
        new = listed.queues.get(name)
        if new is None:
            yield f"queue {name} does not exist any more"
            continue
        for interface in sorted({*old.members, *new.members}):
            was, now = _state(old.members.get(interface)), _state(new.members.get(interface))
            if was != now:
                yield f"{interface} in {name} is {now}, not {was}"
        calls, still = ([one.call for one in each.waiting] for each in (old, new))
        if calls != still:
            yield f"in {name} wait {', '.join(still) or 'none'}, not {', '.join(calls) or 'none'}"


def _state(member: Member | None) -> str:
    """What is compared of a member, as text."""
    if member is None:
        return "no member"
    paused, speaks = " and paused" * member.paused, " and speaks" * member.in_call
    return f"{member.state}{paused}{speaks}, penalty {member.penalty}"
