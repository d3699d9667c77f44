"""Completes stays by Asterisk's ``queue_log``: what happened while the application did not hear it,
and what no event says.

Only what is missing is filled in: times of events are exact, those of the log whole seconds.
"""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from ari_app.statistics.queue_log import ENDS, TALK_ENDS, Logged
from ari_app.store import calls, queue_calls, subscribers
from ari_app.store.sqlite import Database
from ari_app.store.times import moment
from ivr.acd.callbacks import of_channel
from ivr.acd.figures import SECOND, How, Stay

NEAR = 2 * SECOND
"""By how much the second of a line may differ from the time of its event."""

_UNSURE: tuple[How, ...] = ("waiting", "lost", "key")
"""Ends of which the log knows more: of a caller who was withdrawn the menu knows that they left."""


def completed(stay: Stay, one: Logged, agent: Callable[[str], str]) -> Stay:
    """A stay with what a line says of it; ``agent``: the login of a queue's member by name."""
    match one.event:
        case "CONNECT" if stay.answered is None:
            who = agent(one.member) or one.member
            return replace(stay, answered=one.at, left=one.at, how="answered", agent=who)
        case event if event in TALK_ENDS:
            stay = replace(stay, transferred=stay.transferred or one.transferred)
            if stay.answered is None:  # its CONNECT was not read
                return stay
            return replace(stay, ended=max(one.at, stay.answered)) if stay.ended is None else stay
        case event if event in ENDS and stay.answered is None and stay.how in _UNSURE:
            left = one.at if stay.left is None else stay.left
            stands_in = event == "ABANDON" and of_channel(stay.channel)
            how: How = "withdrawn" if stands_in else ENDS[event]
            return replace(stay, left=max(left, stay.joined), how=how)
        case "QUEUESTART":
            return _cut(stay, one.at)
    return stay


def _cut(stay: Stay, at: int) -> Stay:
    """Asterisk ended: so did all that went on in it."""
    if stay.joined >= at:
        return stay
    if stay.left is None:
        return replace(stay, left=at, how="lost")
    if stay.answered is not None and stay.ended is None:
        return replace(stay, ended=at)
    return stay


def belongs(stay: Stay, one: Logged) -> bool:
    """Whether a line is about a stay: it is about the newest one that began before it."""
    return (stay.channel, stay.queue) == (one.channel, one.queue) and stay.joined <= one.at + NEAR


def complete(db: Database, lines: Iterable[Logged], agent: Callable[[str], str]) -> list[Stay]:
    """The stays of the store that lines change or add, as they are now."""
    known: dict[tuple[str, str], list[Stay]] = {}
    changed: dict[tuple[str, str, int], Stay] = {}

    def keep(stay: Stay) -> None:
        stays = known.setdefault((stay.channel, stay.queue), [])
        stays[:] = [one for one in stays if one.joined != stay.joined] + [stay]
        stays.sort(key=lambda one: one.joined)
        changed[stay.channel, stay.queue, stay.joined] = stay

    for one in lines:
        if one.event == "QUEUESTART":
            found = [
                *queue_calls.unfinished(db),
                *(each for some in known.values() for each in some),
            ]
            for each in found:
                if (after := completed(each, one, agent)) != each:
                    keep(after)
            continue
        key = (one.channel, one.queue)
        if key not in known:
            stays = queue_calls.of_channel(db, one.channel)
            known[key] = [stay for stay in stays if stay.queue == one.queue]
        stay = next((each for each in reversed(known[key]) if belongs(each, one)), None)
        if one.event == "ENTERQUEUE":
            if stay is None or one.at - stay.joined > NEAR:
                keep(entered(db, one))
        elif stay is not None and (after := completed(stay, one, agent)) != stay:
            keep(after)
    return list(changed.values())


def entered(db: Database, one: Logged) -> Stay:
    """A stay of which only the log knows; the call is that of the number, if one went on then."""
    number = one.values[1] if len(one.values) > 1 else ""
    subscriber = subscribers.by_number(db, number) if number else None
    stay = Stay(channel=one.channel, queue=one.queue, joined=one.at, number=number)
    if subscriber is None:
        return stay
    call = calls.going_on(db, subscriber.id, moment(one.at))
    if call is None:
        return replace(stay, subscriber=subscriber.id, language=subscriber.language)
    return replace(
        stay,
        subscriber=subscriber.id,
        call=call.call,
        language=call.language,
        flow=call.flow,
        version=call.version,
    )


def members(names: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """The login of a member by the name under which queues have it: an unknown name itself, and ""
    where several have the name."""
    logins: dict[str, str] = {}
    for name, login in names:
        logins[name] = login if logins.get(name, login) == login else ""
    return lambda name: logins.get(name, name)
