"""A board made anew from Asterisk's list of its queues, held against the folded one."""

from collections.abc import Container, Iterator

from msgspec.structs import replace

from ivr.acd.board import Board, Member, Offer, Queue, Talk, of_member


def reconciled(old: Board, anew: Board, alive: Container[str] | None) -> Board:
    """A board made from a list, with what no list tells, as far as it still holds.

    ``alive`` are the ids and names of the channels that there are after a gap in what was told:
    then a member's phone must be seen to ring, and he who speaks must not have ceased to meanwhile.
    Without a gap, None, whoever waits does so since the moment that was told: a list has whole
    seconds.
    """

    def member(one: Offer | Talk) -> Member:
        queue = anew.queues.get(one.queue, Queue())
        return queue.members.get(one.interface, Member(interface=one.interface, name=""))

    def lives(one: Offer | Talk) -> bool:
        return alive is None or (one.caller.call in alive and one.leg in alive)

    def since(name: str, queue: Queue) -> Queue:
        known = {one.call: one for one in old.queues.get(name, Queue()).waiting}
        return replace(queue, waiting=tuple(known.get(one.call, one) for one in queue.waiting))

    def rings(offer: Offer) -> bool:
        waiting = anew.queues.get(offer.queue, Queue()).waiting
        waits = not offer.queue or any(one.call == offer.caller.call for one in waiting)
        if not of_member(anew, offer):
            return waits and lives(offer)
        return waits and (alive is None or member(offer).state in ("ringing", "ringing in use"))

    def speaks(talk: Talk) -> bool:
        if not of_member(anew, talk):
            return lives(talk)
        last = member(talk).last_call
        return alive is None or (member(talk).in_call and (last is None or last <= talk.since))

    offers, talks = tuple(filter(rings, old.offers)), tuple(filter(speaks, old.talks))
    if alive is not None:
        return Board(anew.queues, offers, talks)
    return Board({name: since(name, it) for name, it in anew.queues.items()}, offers, talks)


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
