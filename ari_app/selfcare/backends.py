"""Who stands behind self-service."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ari_app.selfcare.billing import Billing
from ari_app.selfcare.code_word_port import CodeWords
from ari_app.selfcare.message_port import Messages
from ari_app.selfcare.order_port import Orders
from ari_app.selfcare.request_port import RequestDesk


class NumberDirectory(Protocol):
    """Who has which number."""

    def by_number(self, digits: str) -> int | None:
        """The subscriber whose number was keyed, in whatever form; None if it is nobody's."""

    def number(self, subscriber: int) -> str:
        """The number of a subscriber, "" if it is not known."""


class Backends(Struct, frozen=True):
    """All that operations are done with; ``now`` is the clock, in the time zone of the site."""

    billing: Billing
    requests: RequestDesk
    code_words: CodeWords
    orders: Orders
    messages: Messages
    directory: NumberDirectory
    now: Callable[[], datetime]
