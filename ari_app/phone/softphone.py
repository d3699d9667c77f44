"""The process of a phone: commands come in on stdin, events go out on stdout, a JSON line each.

Run as ``python -m ari_app.phone.softphone``; the first line is a
:class:`~ari_app.phone.messages.Start`. It ends when stdin ends, because its parent is gone then.
A SIP stack that hangs is ended by SIGALRM.
"""

import heapq
import os
import signal
import struct
import sys
import wave
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import monotonic

import pjsua2 as pj

from ari_app.phone import messages as m
from ari_app.phone.keypad import Keypad
from ari_app.phone.pipes import events_out, lines_in
from ari_app.phone.sip import Call, SipError, Stack, from_header

POLL = 10
"""How long a poll lasts at most, in milliseconds; a command waits no longer than this."""
PATIENCE = 1.0
"""How long the server may take to confirm a hang-up or an unregistration, in seconds."""
WATCHDOG = 15
"""After so many seconds without an iteration of the loop the process is ended."""

WAV_HEADER = 44
"""Length of the header of a WAV file, in bytes."""

BUSY_HERE = 486
RINGING = 180
OK = 200


class Softphone:
    """One phone: carries out commands, and calls ``report`` with events."""

    def __init__(self, start: m.Start, report: Callable[[m.Event], None]) -> None:
        self._report = report
        self._answer_after = start.answer_after
        self._record = Path(start.record) if start.record else None
        self._calls = 0
        self._call: Call | None = None
        self._held: Call | None = None
        """The first call, while its transfer target is consulted."""
        self._connected = self._rings = False
        self._registered = False
        self._later: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self._keypad = Keypad(
            self._press_one,
            lambda: self._report(m.Released(at=monotonic())),
            lambda seconds, action: self._at(monotonic() + seconds, lambda _: action()),
        )
        self._stack = Stack(start.account, start.transport)

    def do(self, command: m.Command) -> None:
        """Carry out a command; a failure is reported as :class:`~ari_app.phone.messages.Failed`."""
        try:
            match command:
                case m.Register():
                    self._stack.line.setRegistration(True)
                case m.Dial(number):
                    self._dial(number)
                case m.Consult() | m.Transfer():
                    self._transfer(command)
                case m.Text(number, text):
                    self._stack.text(number, text)
                case m.Answer():
                    self._answer()
                case m.Press(keys):
                    self._press(keys)
                case m.Play(path):
                    self._play(path)
                case m.Hangup():
                    self._hangup()
                case m.Start():
                    raise ValueError("the phone has started already")
        except SipError as error:
            self._fail(command, error.reason)
        except (ValueError, OSError, EOFError, wave.Error) as error:
            self._fail(command, str(error) or type(error).__name__)

    def turn(self) -> None:
        """Let the SIP stack run for a moment and report what happened."""
        self._stack.poll(POLL)
        while self._stack.line.changes:
            self._on_registration(*self._stack.line.changes.popleft())
        while self._stack.line.incoming:
            self._on_incoming(self._stack.line.incoming.popleft())
        while self._stack.line.texts:
            header, text = self._stack.line.texts.popleft()
            self._report(m.Texted(from_header(header)[1], text, at=monotonic()))
        while self._stack.line.deliveries:
            code, reason = self._stack.line.deliveries.popleft()
            sent = m.Sent(at=monotonic())
            self._report(sent if code < 300 else m.Failed("text", reason, code, at=monotonic()))
        if self._held is not None:
            self._follow_transfer(self._held)
        if self._call is not None:
            self._follow(self._call)
        while self._later and self._later[0][0] <= monotonic():
            at, _, action = heapq.heappop(self._later)
            action(at)

    def close(self) -> None:
        """Hang up, unregister and close the stack."""
        if self._held is not None and not self._held.over:
            self._held.hang_up()
            self._turn_while(lambda: self._held is not None)
        if self._call is not None:
            self.do(m.Hangup())
            self._turn_while(lambda: self._call is not None)
        if self._registered:
            self._stack.line.setRegistration(False)
            self._turn_while(lambda: self._registered)
        if self._call is not None:
            self._call.finish_files()
        self._stack.close()

    def _turn_while(self, condition: Callable[[], bool]) -> None:
        deadline = monotonic() + PATIENCE
        while condition() and monotonic() < deadline:
            self.turn()

    def _ours(self) -> Call:
        if self._call is None:
            raise ValueError("there is no call")
        return self._call

    def _dial(self, number: str) -> None:
        if self._call is not None:
            raise ValueError("there is a call already; hang up first")
        if not number or not number.isprintable():
            raise ValueError(f"{number!r} is no number")
        self._begin(self._stack.dial(number))
        self._report(m.Dialled(number, at=monotonic()))

    def _transfer(self, command: m.Consult | m.Transfer) -> None:
        """Start a consultation, or transfer the call; the server then ends it."""
        match command:
            case m.Consult(number):
                self._held, self._call = self._ours(), None
                self._dial(number)
            case m.Transfer(""):
                if self._held is None:
                    raise ValueError("no consultation: give the number to transfer to")
                self._held.attended_transfer(self._ours())
            case m.Transfer(number):
                self._ours().blind_transfer(self._stack.uri(number))

    def _hangup(self) -> None:
        if self._call is None:
            self._report(m.Idle(at=monotonic()))
        else:
            self._call.hang_up(BUSY_HERE if self._rings else 0)

    def _begin(self, call: Call) -> None:
        self._call = call
        self._calls += 1
        self._connected = False

    def _at(self, time: float, action: Callable[[float], None]) -> None:
        """Do something at a time, unless the call ends before."""
        heapq.heappush(self._later, (time, next(self._order), action))

    def _play(self, path: str) -> None:
        with wave.open(path) as file:
            seconds = file.getnframes() / file.getframerate()
        self._ours().play(path)
        self._at(monotonic() + seconds, lambda at: self._report(m.Played(path, at=at)))

    def _answer(self) -> None:
        if not self._rings:
            raise ValueError("there is no incoming call")
        self._ours().reply(OK)

    def _press(self, keys: str) -> None:
        if not keys or not set(keys) <= m.KEYS:
            raise ValueError(f"{keys!r} are no keys")
        self._ours()
        self._keypad.press(keys)

    def _press_one(self, key: str) -> None:
        try:
            self._ours().press(key)
        except SipError as error:
            self._fail(m.Press(key), error.reason)
        else:
            self._report(m.Pressed(key, at=monotonic()))

    def _on_registration(self, active: bool, code: int, reason: str) -> None:
        was, self._registered = self._registered, active
        if active and not was:
            self._report(m.Registered(at=monotonic()))
        elif code >= 300:
            self._report(m.Failed("register", reason, code, at=monotonic()))

    def _on_incoming(self, call: Call) -> None:
        if self._call is not None:
            call.reply(BUSY_HERE)
            return
        self._begin(call)
        self._rings = True
        call.reply(RINGING)
        info = call.getInfo()
        name, user = from_header(info.remoteUri)
        self._report(m.Incoming(user, name, at=monotonic()))
        if self._answer_after is not None:
            self._at(monotonic() + self._answer_after, lambda _at: self.do(m.Answer()))

    def _follow(self, call: Call) -> None:
        call.follow_media(self._recording())
        self._follow_transfer(call)
        while call.changes:
            state, code, reason = call.changes.popleft()
            if state == pj.PJSIP_INV_STATE_EARLY and code > 100:
                self._report(m.Ringing(code, at=monotonic()))
            elif state == pj.PJSIP_INV_STATE_CONFIRMED and not self._connected:
                self._connected, self._rings = True, False
                self._report(m.Connected(at=monotonic()))
            elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
                self._end(call, code, reason)

    def _follow_transfer(self, call: Call) -> None:
        """Report the result of a transfer, and end the held call when it is over."""
        while call.transferred:
            code, reason = call.transferred.popleft()
            if code >= 300:
                self._report(m.Failed("transfer", reason, code, at=monotonic()))
            elif call is self._call and not call.over:
                call.hang_up()
        if call is self._held and call.over:
            call.finish_files()
            self._held = None

    def _end(self, call: Call, code: int, reason: str) -> None:
        at = monotonic()
        call.finish_files()
        recording = self._recording()
        if recording is not None:
            self._wait_written(recording)
        self._call = None
        self._rings = False
        self._later.clear()
        self._keypad.over()
        kept = str(recording) if recording is not None and recording.exists() else ""
        self._report(m.Disconnected(code, reason, kept, at=at))

    def _wait_written(self, recording: Path) -> None:
        """Wait for the recording: the stack closes the file with its next frame, in a thread."""
        deadline = monotonic() + PATIENCE
        while recording.exists() and not _is_whole(recording) and monotonic() < deadline:
            self._stack.poll(POLL)

    def _recording(self) -> Path | None:
        """The file of this call: the name given, and for later calls "name-2.wav" and so on."""
        if self._record is None or self._calls == 1:
            return self._record
        return self._record.with_stem(f"{self._record.stem}-{self._calls}")

    def _fail(self, command: m.Command, reason: str) -> None:
        what = type(command).__name__.lower()
        self._report(m.Failed(what, reason, 0, at=monotonic()))


def _is_whole(recording: Path) -> bool:
    """Whether the header of a WAV file has its size, which is written last."""
    with recording.open("rb") as file:
        header = file.read(WAV_HEADER)
    if len(header) < WAV_HEADER:
        return False
    riff, data = struct.unpack_from("<4xI32xI", header)
    size = recording.stat().st_size
    return bool(riff == size - 8 and data == size - WAV_HEADER)


def main() -> None:
    """Run a phone until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which then closes stdin
    signal.alarm(WATCHDOG)
    report = events_out()
    with open(0, "rb", buffering=0, closefd=False) as unbuffered:
        first = m.command(unbuffered.readline())
    if not isinstance(first, m.Start):
        raise ValueError("the first line must be a start")
    phone = Softphone(first, report)
    report(m.Ready(at=monotonic()))
    _serve(phone, lines_in())
    signal.alarm(WATCHDOG)
    phone.close()
    # The stack is gone but its Python objects are not, and destroying those now would crash.
    os._exit(0)


def _serve(phone: Softphone, read: Callable[[], list[bytes] | None]) -> None:
    while (lines := read()) is not None:
        signal.alarm(WATCHDOG)
        for line in lines:
            phone.do(m.command(line))
        phone.turn()


if __name__ == "__main__":
    try:
        main()
    except (ValueError, SipError, OSError) as error:
        sys.exit(f"the phone cannot start: {getattr(error, 'reason', error)}")
