"""Text messages to callers, posted to the outbox."""

from collections.abc import Callable, Sequence

from ari_app.messaging.outbox import Outbox
from ari_app.selfcare.message_port import MessagesUnavailable
from ari_app.selfcare.request_port import Asker
from ari_app.store.errors import StoreError
from ivr.numbers import NumberPlan
from ivr.values import Phrase


class StoredMessages:
    """See :class:`ari_app.selfcare.message_port.Messages`.

    ``say`` writes a phrase in a language, ``""`` for the first of the site; ``numbers`` is the
    operator's number plan.
    """

    def __init__(
        self, outbox: Outbox, say: Callable[[Phrase, str], str], numbers: NumberPlan
    ) -> None:
        self._outbox = outbox
        self._say = say
        self._numbers = numbers

    async def post(self, asker: Asker, texts: Sequence[Phrase], key: str) -> bool:
        """Post texts in their order."""
        number = self._numbers.whole(asker.texts_to)
        if number is None:
            return False
        try:
            for place, phrase in enumerate(texts, 1):
                text = self._say(phrase, asker.language)
                await self._outbox.post(f"{key}:{place}", number, text, asker.call)
        except StoreError as error:
            raise MessagesUnavailable(str(error)) from error
        return True
