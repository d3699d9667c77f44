"""A form of a card that was filled in."""

from collections.abc import Mapping

from msgspec import Struct

from ari_app.desk.cards import Card


class NotFilled(Exception):  # noqa: N818 - named by what is so, not as an error
    """A field of a form is not filled in, or not so that it can be read: its name."""


class Filled(Struct, frozen=True):
    """A form, as an agent filled it in. ``key`` names this filling: the same twice is one."""

    card: Card
    key: str
    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """What must be filled in; :class:`NotFilled` if it is not."""
        text = self.values.get(name, "").strip()
        if not text:
            raise NotFilled(name)
        return text
