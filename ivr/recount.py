"""A board made anew from Asterisk's list of its queues, held against the folded one."""

from collections.abc import Iterator

from msgspec.structs import replace

from ivr.queues import Board, Member, Offer, Queue, Talk


def carried(old: Board, anew: Board, gap: bool) -> Board:
    """A board made from a list, with what no list tells, as far as it still holds.

    After a ``gap`` in what was told, a phone must be seen to ring, and whoever speaks must not
    have ceased to meanwhile. Without one, whoever waits does so since the moment that was told: a
    list has whole seconds.
    """

    def member(one: Offer | Talk) -> Member:
        queue = anew.queues.get(one.queue, Queue())
        return queue.members.get(one.interface, Member(interface=one.interface, name=""))

    def since(name: str, queue: Queue) -> Queue:
        known = {one.call: one for one in old.queues.get(name, Queue()).waiting}
        return replace(queue, waiting=tuple(known.get(one.call, one) for one in queue.waiting))

    def rings(offer: Offer) -> bool:
        waiting = anew.queues.get(offer.queue, Queue()).waiting
        waits = any(one.call == offer.caller.call for one in waiting)
        return waits and (not gap or member(offer).state in ("ringing", "ringing in use"))

    def speaks(talk: Talk) -> bool:
        last = member(talk).last_call
        return not gap or (member(talk).in_call and (last is None or last <= talk.since))

    offers, talks = tuple(filter(rings, old.offers)), tuple(filter(speaks, old.talks))
    queues = anew.queues if gap else {name: since(name, it) for name, it in anew.queues.items()}
    return Board(queues, offers, talks)


def differences(board: Board, anew: Board) -> tuple[str, ...]:
    """What a list knows otherwise than a folded board, a line each; empty if they agree.

    Names, waits and pauses after a call are not compared: they differ by what AMI leaves out.
    """
    return tuple(_differences(board, anew))


def _differences(board: Board, anew: Board) -> Iterator[str]:
    yield from (f"queue {name} was not known" for name in anew.queues if name not in board.queues)
    for name, old in board.queues.items():
        new = anew.queues.get(name)
        if new is None:
            yield f"queue {name} is no more"
            continue
        for interface in sorted({*old.members, *new.members}):
            was, now = _told(old.members.get(interface)), _told(new.members.get(interface))
            if was != now:
                yield f"{interface} in {name} is {now}, not {was}"
        calls, still = ([one.call for one in each.waiting] for each in (old, new))
        if calls != still:
            yield f"in {name} wait {', '.join(still) or 'none'}, not {', '.join(calls) or 'none'}"


def _told(member: Member | None) -> str:
    """What is compared of a member, in words."""
    if member is None:
        return "no member"
    paused, speaks = " and paused" * member.paused, " and speaks" * member.in_call
    return f"{member.state}{paused}{speaks}, penalty {member.penalty}"
