"""The back ends behind the operations of self-service."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ari_app.selfcare.billing import Billing
from ari_app.selfcare.code_word_port import CodeWords
from ari_app.selfcare.http.operations import HttpOperations
from ari_app.selfcare.message_port import Messages
from ari_app.selfcare.one_time_code_port import OneTimeCodes
from ari_app.selfcare.order_port import Orders
from ari_app.selfcare.request_port import RequestDesk
from ari_app.selfcare.surveys import NoSurveys, Surveys


class NumbersUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """Subscribers cannot be looked up now."""


class NumberDirectory(Protocol):
    """Subscribers by number; all may raise :class:`NumbersUnavailable`."""

    async def by_number(self, digits: str) -> int | None:
        """The subscriber whose number was keyed, in any form; None if there is none."""

    async def number(self, subscriber: int) -> str:
        """The number of a subscriber, "" if unknown."""

    async def area(self, subscriber: int) -> str | None:
        """Where a subscriber lives, "" if unknown; None if there is no such subscriber."""


Lesson = Callable[[str, str], Awaitable[str]]
"""Returns the text about something (a word) in a language, "" if there is none."""


class Backends(Struct, frozen=True):
    """What operations are carried out with; ``now`` is the clock, in the site's time zone.

    ``words``: the operator's own words, such as its web address, each per language; ``lesson``: the
    knowledge base's text about something for subscribers.
    """

    billing: Billing
    requests: RequestDesk
    code_words: CodeWords
    one_time_codes: OneTimeCodes
    orders: Orders
    messages: Messages
    directory: NumberDirectory
    now: Callable[[], datetime]
    words: Mapping[str, Mapping[str, str]] = {}
    lesson: Lesson | None = None
    http: HttpOperations | None = None
    """What the operator's own operations are run by; None where none can be."""
    surveys: Surveys = NoSurveys()
    earliest_call: Callable[[datetime], datetime] = lambda at: at
    """From a moment on, when a caller may be called back."""
