"""Mails of alarms, never more often than ``[mail]`` says.

The first alarm is sent at once. What begins or ends after it, or while the server takes nothing,
is kept, and sent together in the next mail: so no outage ends in a flood. What was not sent when
the application stops is not sent later: an alarm that goes on begins again at the next start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NoReturn

from ari_app.messaging.mail import LONGEST, Mailbox, MailError, one_line
from ari_app.retry import Schedule

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=each) for each in (10, 60, 300, 900))
"""The pause after each attempt that failed; the last one again and again."""
MOST = 100
"""How many lines a mail has; of more the oldest are left out, and counted."""


class AlarmMails:
    """Sends what is added, at most one mail in ``every`` seconds. ``send`` raises
    :class:`MailError`; ``now`` is the clock in the time zone of the site."""

    def __init__(
        self,
        send: Callable[[EmailMessage], Awaitable[str]],
        mailbox: Mailbox,
        every: float,
        now: Callable[[], datetime],
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        self._send = send
        self._mailbox = mailbox
        self._every = every
        self._now = now
        self._schedule = Schedule(tuple(pauses), endless=True)
        self._lines: list[tuple[datetime, str]] = []
        self._left_out = 0
        self._added = asyncio.Event()

    def add(self, text: str) -> None:
        """Send a text, with the time of now. Never waits."""
        self._keep([*self._lines, (self._now(), one_line(text))])
        self._added.set()

    async def run(self) -> NoReturn:
        """Send for ever."""
        attempts = 0
        while True:
            await self._added.wait()
            self._added.clear()
            sending, left_out = self._lines, self._left_out
            self._lines, self._left_out = [], 0
            try:
                answer = await self._send(self._message(sending, left_out))
            except MailError as error:
                now = self._now()
                pause = (self._schedule.next_attempt(attempts, now) or now) - now
                log.warning("mail of %d alarms: retry in %s: %s", len(sending), pause, error)
                attempts += 1
                self._left_out += left_out
                self._keep([*sending, *self._lines])
                self._added.set()
                await asyncio.sleep(pause.total_seconds())
            else:
                log.info("mail of %d alarms: %s", len(sending), answer)
                attempts = 0
                await asyncio.sleep(self._every)

    def _keep(self, lines: list[tuple[datetime, str]]) -> None:
        self._left_out += max(0, len(lines) - MOST)
        self._lines = lines[-MOST:]

    def _message(self, lines: Sequence[tuple[datetime, str]], left_out: int) -> EmailMessage:
        more = len(lines) - 1 + left_out
        subject = lines[0][1][: LONGEST - 20] + (f" (+{more})" if more else "")
        body = [f"{at:%Y-%m-%d %H:%M:%S}  {text}" for at, text in lines]
        earlier = [f"(+{left_out})"] if left_out else []
        named = f"{self._mailbox.name}: {subject}" if self._mailbox.name else subject
        return self._mailbox.message(named, [*earlier, *body], self._now())
