"""The time of a channel out in the dialplan: in a queue, or connected to a number."""

from collections.abc import Mapping
from math import ceil

from ari_app.ari.channel_state import ChannelState
from ari_app.session.outcomes import fitting
from ivr.events import Bridged, Gone
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.wants import Dial, Enqueue

OWNER = "FIRSTLINE_OWNER"
"""The variable of a channel that names the application to which it comes back first."""


class Dialplan:
    """One channel and the dialplan."""

    def __init__(self, channel: ChannelState) -> None:
        self._channel = channel
        self._ari = channel.link.ari
        self.away = False
        """Whether the channel is out there."""
        self.outcome: str | None = None
        """With which outcome it came back."""

    def returned(self, outcome: str) -> None:
        """StasisStart of a channel that comes back."""
        self.away, self.outcome = False, outcome
        self._channel.changed()

    async def carry_out(self, want: Enqueue | Dial) -> Bridged | Gone:
        """Let the channel go on in the dialplan, and wait until it comes back, without a limit.

        A channel that was taken over may have come back already. Nothing may be playing.
        """
        if self.outcome is None:
            match want:
                case Enqueue():
                    variables = {
                        "CHANNEL(language)": want.language,
                        "FIRSTLINE_PRIORITY": str(want.priority),
                        "FIRSTLINE_TOPIC": want.topic,
                        "FIRSTLINE_PLACE": f"{want.place or ''}",
                        "FIRSTLINE_ONLY": f"{want.only or ''}",
                    }
                    if want.facts:
                        variables["FIRSTLINE_FACTS"] = want.facts
                    await self._leave("firstline-queue", want.queue, variables)
                case Dial():  # the number is a variable, which is filtered; an extension is run
                    variables = {
                        "FIRSTLINE_NUMBER": want.number,
                        "FIRSTLINE_RING": f"{ceil(want.ring)}",
                    }
                    await self._leave("firstline-dial", "s", variables)
        outcome, self.outcome = self.outcome, None
        if self._channel.gone or outcome is None:
            return self._channel.gone or Gone()
        if isinstance(want, Enqueue):
            return fitting(Bridged(outcome), QUEUE_OUTCOMES, "timeout")
        return fitting(Bridged(outcome), DIAL_OUTCOMES, "no-answer")

    async def back(self) -> None:
        """Wait until the channel is back, or gone."""
        while self.away and not self._channel.gone:
            await self._channel.change()

    async def _leave(self, context: str, extension: str, variables: Mapping[str, str]) -> None:
        """Let the channel go, and wait until it is back."""
        channel = self._channel.id
        await self._ari.applications.subscribe(f"channel:{channel}")
        if self._channel.link.settings.shares:
            variables = {**variables, OWNER: self._ari.applications.name}
        for variable, value in variables.items():
            await self._ari.channels.set_channel_var(channel, variable, value)
        self.away = True
        try:
            await self._ari.channels.continue_in_dialplan(channel, context, extension)
            await self.back()
        finally:
            self.away = False
