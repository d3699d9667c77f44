"""Hears what callers say: a channel that snoops on the caller's sends the sound to the recogniser.

The snooping channel is made at the first ask of a call that may be answered by voice. It hears the
caller alone, so that prompts are not taken for speech, and disturbs neither them nor keys. Its
sound never passes through this process: Asterisk's AudioSocket() sends it to the recogniser's.
"""

import logging
import uuid
from collections.abc import Callable, Coroutine
from contextlib import suppress

from ari_app.ari.channel_state import ChannelState
from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.events import Event, StasisEnd, StasisStart
from ari_app.ari.link import Link
from ari_app.ari.rest import Channels
from ari_app.speech_recognition.messages import Began, Heard, Listen, Lost
from ari_app.speech_recognition.recognition import Recognition
from ivr.gather import Gather
from ivr.wants import Ask

log = logging.getLogger(__name__)

PREFIX = "ear-"
"""How the ids of those channels begin; the port of the recogniser and a UUID follow."""

CONTEXT = "firstline-listen"
"""Where they go in the dialplan."""


class Ears:
    """What hears the callers of all channels."""

    def __init__(
        self,
        link: Link,
        recognition: Recognition,
        listens: Callable[[str], bool],
        begin: Callable[[Coroutine[None, None, None]], object],
    ) -> None:
        """``listens``: whether callers who speak a language are heard. ``begin`` runs a task."""
        self._link = link
        self.recognition = recognition
        self.listens = listens
        self._begin = begin

    def of(self, channel: ChannelState) -> "Ear":
        """What hears the caller of a channel."""
        return Ear(self, channel)

    async def snoop(self, channel: str, snoop: str) -> None:
        """Have a channel made that hears what comes from another one."""
        with suppress(UnreachableError):
            await self._requests().snoop_speech(channel, snoop, self._link.ari.whispering.name)

    async def hang_up(self, snoop: str) -> None:
        """End such a channel."""
        with suppress(UnreachableError):
            await self._requests().hangup(snoop)

    def handling(self, following: Callable[[Event], None]) -> Callable[[Event], None]:
        """Takes the events of these channels, and passes all others on."""

        def handle(event: Event) -> None:
            match event:
                case StasisStart(channel=channel) if channel.id.startswith(PREFIX):
                    self._begin(self._entered(channel.id))
                case StasisEnd(channel=channel) if channel.id.startswith(PREFIX):
                    pass
                case _:
                    following(event)

        return handle

    async def _entered(self, snoop: str) -> None:
        """A channel that snoops is there: its sound goes to the recogniser."""
        extension = snoop.removeprefix(PREFIX)
        with suppress(UnreachableError):
            await self._requests().continue_in_dialplan(snoop, CONTEXT, extension)

    def _requests(self) -> Channels:
        return Channels(self._link.fire_and_forget(_failed))


class Ear:
    """Hears the caller of one channel, ask by ask."""

    def __init__(self, ears: Ears, channel: ChannelState) -> None:
        self._ears = ears
        self._channel = channel
        self._recognition = ears.recognition
        self._call = self._snoop = ""
        self._turn = 0
        self._listening = False
        self._gather: Gather | None = None

    async def attend(self, ask: Ask, gather: Gather) -> None:
        """Be ready for what is said to an ask; nothing where only keys count."""
        heard = ask.speech
        if heard is None or not self._recognition.port or not self._ears.listens(heard.language):
            return
        self._gather, self._ask = gather, ask
        if not self._call:
            self._call = str(uuid.uuid4())
            self._snoop = f"{PREFIX}{self._recognition.port:05}{self._call}"
            self._recognition.begin(self._call, self._take)
            await self._ears.snoop(self._channel.id, self._snoop)

    def look(self) -> None:
        """Begin to listen as soon as what is said counts."""
        gather = self._gather
        if gather is None or self._listening or not (self._call and gather.listens):
            return
        self._listening, self._turn = True, self._turn + 1
        heard = self._ask.speech
        assert heard is not None
        self._recognition.listen(
            Listen(
                self._call,
                self._turn,
                heard.language,
                heard.phrases,
                heard.most,
                self._ask.secret,
            )
        )

    def rest(self) -> None:
        """The ask is over."""
        self._gather = None
        if self._listening:
            self._listening, self._turn = False, self._turn + 1  # a late report is for no ask
            self._recognition.stop(self._call)

    async def close(self) -> None:
        """Hear the caller no more: they go elsewhere."""
        if self._call:
            self.forget()
            await self._ears.hang_up(self._snoop)

    def forget(self) -> None:
        """Hear the caller no more: they hung up, or go on without the session. Nothing is asked of
        Asterisk: the recogniser ends the connection, if the channel that snoops is there still."""
        if self._call:
            self._recognition.end(self._call)
            self._call = ""

    def _take(self, report: Began | Heard | Lost) -> None:
        gather, now, listening = self._gather, self._channel.clock(), self._listening
        if isinstance(report, Lost):
            self._call, self._listening = "", False  # the next ask makes another connection
        if gather is None or not listening:
            return
        match report:
            case Lost():
                gather.heard(now, None)
            case Began(turn=turn, early=early) if turn == self._turn:
                gather.speaking(now, early)
            case Heard(turn=turn) if turn == self._turn:
                gather.heard(now, report.words, report.sure, report.doubtful)
        self._channel.changed()


def _failed(error: AriError | UnreachableError) -> None:
    """The caller may have hung up; otherwise they have their keys."""
    if not isinstance(error, GoneError):
        log.warning("a caller is not heard: %s", error)
