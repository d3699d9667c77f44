"""Which IVR led a caller where: what *return* means depends on it.

FreePBX keeps the last IVR of a call in a variable, and for each IVR the one before it. Here all
pairs of a destination and the IVR before it are followed once, so that most returns lead to a node
that is known, and only the others need a value of the call.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ari_app.freepbx.company import Company, Ivr, Passage
from ari_app.freepbx.destinations import Destination, destination
from ari_app.freepbx.texts import whole


class Before(NamedTuple):
    """What is known of a call when it comes to a destination: the IVR before, "" for none, and its
    priority in queues, "" as long as nothing has set one."""

    menu: str = ""
    priority: str = ""


class Contexts:
    """All that calls from some destinations may come to, and what may be before it."""

    def __init__(self, company: Company, starts: Iterable[str], direct: Iterable[str] = ()) -> None:
        self._company = company
        self._direct = tuple(direct)
        self.before: dict[Destination, set[Before]] = {}
        """Destination -> what may be before it; of an IVR, without the ways *back* into it."""
        self._seen: set[tuple[Destination, Before]] = set()
        waiting = [(destination(each), Before()) for each in starts]
        for place, before in waiting:
            self.before.setdefault(place, set()).add(before)
            if (place, before) not in self._seen:
                self._seen.add((place, before))
                waiting += self._next(place, before)

    def menus_before(self, place: Destination) -> frozenset[str]:
        """The IVRs that may be the last one before a destination; "" stands for none."""
        return frozenset(before.menu for before in self.before.get(place, ()))

    def priorities(self, place: Destination) -> frozenset[str]:
        """The priorities that calls may have that come to a queue."""
        return frozenset(before.priority for before in self.before.get(place, ()))

    @property
    def tracked(self) -> bool:
        """Whether the last IVR must be a value of the call: some return depends on it."""
        return any(self._depends(place) for place in self.before)

    def depends(self, number: str) -> bool:
        """Whether the IVR before this one must be a value of the call."""
        one = self._company.ivrs.get(number)
        place = Destination("ivr", number)
        return one is not None and returning(one) and len(self.menus_before(place)) > 1

    def _depends(self, place: Destination) -> bool:
        menus = self.menus_before(place)
        company = self._company
        match place:
            case Destination("ivr", key):
                return self.depends(key)
            case Destination("announcement", key):
                one = company.announcements.get(key)
                return one is not None and one.returns and len(menus) > 1
            case Destination("voicemail", _):
                return any(self.back_after_voicemail(each) for each in menus) and len(menus) > 1
        return False

    def back_after_voicemail(self, menu: str) -> bool:
        """Whether a caller of whom this was the last IVR is led back after a voicemail box."""
        return menu in self._company.ivrs and self._company.ivrs[menu].after_voicemail

    def _next(self, place: Destination, before: Before) -> Iterator[tuple[Destination, Before]]:
        company = self._company
        one = company.find(place.kind, place.key)
        onward = list(one.onward) if one else []
        match one:
            case Ivr(direct="all"):
                onward += [f"from-did-direct,{number},1" for number in self._direct]
            case Passage() if place.kind == "priority":
                before = Before(before.menu, priority_of(one) or before.priority)
        if isinstance(one, Ivr):
            before = Before(one.id, before.priority)
        if place.kind == "route":
            onward = [each.dest for each in company.routes if each.number == place.key]
        yield from ((destination(each), before) for each in onward)


def priority_of(one: Passage) -> str:
    """The priority that a call gets, "" for one that is none: FreePBX's page offers 0 to 20."""
    value = whole(one.value, -1)
    return str(value) if 0 <= value < 1000 else ""


def returning(ivr: Ivr) -> bool:
    """Whether something of an IVR leads back to the IVR that led there."""
    entries = any(entry.returns for entry in ivr.entries)
    return entries or ivr.wrong.returns or ivr.silent.returns
