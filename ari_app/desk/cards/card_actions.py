"""The actions of cards as HTML: a third of a card, rendered once for all cards with the same."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import Colleague
from ari_app.desk.site import DeskSite
from ivr.model import Operation

KEPT = 1000
"""How many different ones are kept at most; an agent has some for each language and topic."""


class CardActions:
    """See the module. ``page`` renders a template, ``word`` is a text in a language."""

    def __init__(
        self, site: DeskSite, page: Callable[..., str], word: Callable[[str, str], str]
    ) -> None:
        self._site = site
        self._page = page
        self._word = word
        self._kept: dict[tuple[object, ...], Markup] = {}

    def of(
        self,
        record: CardRecord,
        language: str,
        operations: Mapping[str, Operation],
        people: Sequence[Colleague],
    ) -> Markup:
        """The actions of a card, with the ``operations`` that there are now and all agents."""
        arrival = record.arrival
        values = {
            "agent": record.agent,
            "channel": bool(arrival.channel),
            "knows": self._site.knowledge(),
            "number": bool(arrival.number),
            "people": tuple(people),
            "subscriber": bool(arrival.subscriber),
            "usual": self._site.tickets.usual_department(arrival.topic),
        }
        listed = operations.values()
        named = [
            (one.name, one.costs, self._word(f"operation-{one.name}", language)) for one in listed
        ]
        key = (language, *values.values(), *named)
        if (known := self._kept.get(key)) is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            known = Markup(self._page("actions", language, operations=listed, **values))
            self._kept[key] = known
        return known
