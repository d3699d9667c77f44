"""Queues whose phones cannot ring."""

from collections.abc import Iterator

from ari_app.doctor.facts import Facts, Member, Queue
from ari_app.doctor.findings import Finding

_CANNOT = frozenset({"unavailable", "invalid", "unknown"})


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    yield from _without_endpoint(facts)
    for queue in facts.live.queues if facts.live else ():
        yield from _silent(facts, queue)


def _without_endpoint(facts: Facts) -> Iterator[Finding]:
    """Members of queues.conf that no endpoint of pjsip.conf is."""
    phones = facts.conf("pjsip.conf")
    known = {one.name for one in phones.real() if one.get("type") == "endpoint"}
    if not known:  # they may be in a database
        return
    for queue in facts.conf("queues.conf").real():
        for option in queue.every("member"):
            interface = option.value.partition(",")[0].strip()
            if interface.startswith("PJSIP/") and interface.removeprefix("PJSIP/") not in known:
                yield Finding(
                    "member-unknown",
                    "warning",
                    option.where,
                    f"{interface} of the queue {queue.name} is no phone: pjsip.conf has no such "
                    "endpoint",
                    f"; member => {option.value}",
                )


def _silent(facts: Facts, queue: Queue) -> Iterator[Finding]:
    if any(_rings(one) for one in queue.members):
        return
    states = ", ".join(f"{one.interface} {_shown(one)}" for one in queue.members)
    yield Finding(
        "queue-silent",
        "critical" if queue.waiting else "note",
        f"the queue {queue.name}",
        f"no phone of it can ring ({states or 'it has no members'}); {queue.waiting} callers wait",
        _remedy(facts, queue),
    )


def _remedy(facts: Facts, queue: Queue) -> str:
    if not queue.members:
        return "give it members: `firstline agents add`, or `member =>` in queues.conf"
    paused = next((one for one in queue.members if one.paused), None)
    if paused is None:
        return f"register its phones; which are: {facts.console} 'pjsip show contacts'"
    return f"{facts.console} 'queue unpause member {paused.interface} queue {queue.name}'"


def _rings(member: Member) -> bool:
    return not member.paused and member.state.lower() not in _CANNOT


def _shown(member: Member) -> str:
    return "paused" if member.paused else member.state.lower()
