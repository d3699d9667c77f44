"""Where a page of a list ended, as text that the next request brings back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from ari_app.api.endpoints import Refused
from ari_app.api.values import Page

T = TypeVar("T")
U = TypeVar("U")


def cursor(place: object) -> str:
    """A place as text."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place(text: str, kind: type[T], first: T) -> T:
    """The place of a cursor; ``first`` where there is none. :class:`Refused`: it is no cursor."""
    if not text:
        return first
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
    except (ValueError, msgspec.DecodeError):
        raise Refused(400, "query: the cursor is none that a page had as `next`") from None


def page(
    found: Sequence[T], limit: int, shown: Callable[[T], U], of: Callable[[T], object]
) -> Page[U]:
    """The page of what was found, with one more than it has; ``of`` is the place of a row."""
    more = cursor(of(found[limit - 1])) if len(found) > limit else None
    return Page([shown(one) for one in found[:limit]], more)
