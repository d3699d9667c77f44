"""The actions of cards as HTML: a third of a card, rendered once for all cards with the same.

What differs from agent to agent, themselves and all the others, is put in for each card: kept with
the rest, the names of hundreds would be kept for each of hundreds.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import Colleague
from ari_app.desk.site import DeskSite
from ivr.model import Operation

KEPT = 1000
"""How many different ones are kept at most: some for each language and department."""

_SELF, _EVERYONE, _OTHERS = map(Markup, "\x00\x01\x02")
"""Where the agent's login and the options of people belong."""
_SLOTS = re.compile("[\x00-\x02]")


class CardActions:
    """See the module. ``page`` renders a template, ``word`` is a text in a language."""

    def __init__(
        self, site: DeskSite, page: Callable[..., str], word: Callable[[str, str], str]
    ) -> None:
        self._site = site
        self._page = page
        self._word = word
        self._kept: dict[tuple[object, ...], str] = {}
        self._people: tuple[Colleague, ...] = ()
        self._options: dict[str, str] = {}
        """By login, the option of each of them."""

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
            "channel": bool(arrival.channel),
            "knows": self._site.knowledge(),
            "number": bool(arrival.number),
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
            slots = {"agent": _SELF, "everyone": _EVERYONE, "others": _OTHERS}
            known = self._page("actions", language, operations=listed, **slots, **values)
            self._kept[key] = known
        return self._for(record.agent, known, people)

    def _for(self, agent: str, html: str, people: Sequence[Colleague]) -> Markup:
        """The actions of an agent."""
        if (everybody := tuple(people)) != self._people:
            self._people = everybody
            self._options = {one.name: _option(one) for one in people}
        own = self._options.get(agent, "")
        everyone = "".join(self._options.values())
        selected = own.replace("<option", "<option selected", 1)
        put_in = {
            _SELF: escape(agent),
            _EVERYONE: everyone.replace(own, selected, 1) if own else everyone,
            _OTHERS: everyone.replace(own, "", 1) if own else everyone,
        }
        # In one pass: a name that is put in may itself have such a character.
        return Markup(_SLOTS.sub(lambda slot: put_in[Markup(slot[0])], html))


def _option(one: Colleague) -> str:
    return f'<option value="{escape(one.name)}">{escape(one.full_name)}</option>'
