"""The SIP stack of a phone: PJSUA2, polled from one thread, with one call at a time.

PJSUA2 keeps its state in globals of the process, so this belongs into a process of its own
(:mod:`ari_app.phone.softphone`). Its callbacks only record what happened: an exception or a request
inside one can end the process, so everything else is done after the poll.

Sound is at 8 kHz, A-law or mu-law, the same samples that Asterisk plays, and there is no sound card
behind it: silence goes out unless a file is played.
"""

import socket
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pjsua2 as pj

from ari_app.phone.messages import TONE, Account, Transport

RATE = 8000
MAX_CALLS = 4
CODECS = {"PCMA/8000": 255, "PCMU/8000": 254}

KEPT = 8
"""So many files that were played are not closed yet: when one ends, a thread of the stack notifies
its player, and a player that is closed meanwhile ends the process (signal 11). The stack has 32."""

SipError = pj.Error


class CallStateChange(NamedTuple):
    """The state of a call changed: one of ``pj.PJSIP_INV_STATE_…``, with the last SIP status."""

    state: int
    code: int
    reason: str


class RegistrationResult(NamedTuple):
    """The server answered a registration."""

    active: bool
    code: int
    reason: str


class Text(NamedTuple):
    """An instant message: its From header and its body."""

    sender: str
    body: str


class Delivery(NamedTuple):
    """The server's answer to a text, or to a transfer (REFER)."""

    code: int
    reason: str


class Call(pj.Call):
    """A call, with its recording and the file that is played into it."""

    def __init__(self, line: "Line", call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(line, call_id)
        self.changes: deque[CallStateChange] = deque()
        self.transferred: deque[Delivery] = deque()
        self.audio: Any = None
        self._line = line
        self.over = False
        """Whether it has ended: then it cannot be used, even before its ``changes`` are handled."""
        self._media_changed = False
        self._recorder: Any = None
        self._player: Any = None

    def onCallState(self, _param: Any) -> None:
        info = self.getInfo()  # kept in a name: its strings die with it
        self.over = info.state == pj.PJSIP_INV_STATE_DISCONNECTED
        self.changes.append(CallStateChange(info.state, info.lastStatusCode, info.lastReason))

    def onCallMediaState(self, _param: Any) -> None:
        self._media_changed = True

    def onCallTsxState(self, param: Any) -> None:
        done = param.e.body.tsxState.tsx
        if done.method == "REFER" and done.state == pj.PJSIP_TSX_STATE_COMPLETED:
            self.transferred.append(Delivery(done.statusCode, done.statusText))

    def follow_media(self, record: Path | None) -> None:
        """Record the audio into ``record``; called again after a re-INVITE."""
        if not self._media_changed or self.over:
            return
        self._media_changed = False
        info = self.getInfo()
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.audio = self.getAudioMedia(media.index)
                if record is not None and self._recorder is None:
                    self._recorder = pj.AudioMediaRecorder()
                    self._recorder.createRecorder(str(record))
                if self._recorder is not None:
                    self.audio.startTransmit(self._recorder)
                if self._player is not None:
                    self._player.startTransmit(self.audio)

    def play(self, path: str) -> None:
        """Send a WAV file once, instead of one that is still being sent."""
        self._stop_playing()
        self._player = pj.AudioMediaPlayer()
        self._player.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)
        if self.audio is not None:
            self._player.startTransmit(self.audio)

    def press(self, key: str) -> None:
        """Send one key as an event of RFC 4733."""
        param = pj.CallSendDtmfParam()
        param.digits = key
        param.method = pj.PJSUA_DTMF_METHOD_RFC2833
        param.duration = round(TONE * 1000)
        self.sendDtmf(param)

    def reply(self, code: int) -> None:
        """Answer an incoming call with a SIP status."""
        param = pj.CallOpParam(True)
        param.statusCode = code
        self.answer(param)

    def hang_up(self, code: int = 0) -> None:
        """End the call; ``code`` is the SIP status for a call that was not answered."""
        param = pj.CallOpParam()
        param.statusCode = code
        self.hangup(param)

    def blind_transfer(self, uri: str) -> None:
        """Transfer the other side to a URI (REFER)."""
        self.xfer(uri, pj.CallOpParam(True))

    def attended_transfer(self, other: "Call") -> None:
        """Transfer the other side to the other side of a second call (REFER with Replaces)."""
        self.xferReplaces(other, pj.CallOpParam(True))

    def finish_files(self) -> None:
        """Close the recording, which is then complete on the disk, and play nothing any more."""
        self._recorder = None
        self._stop_playing()

    def _stop_playing(self) -> None:
        if self._player is not None:
            with suppress(SipError):  # the call has ended, and its audio with it
                if self.audio is not None:
                    self._player.stopTransmit(self.audio)
            self._line.played.append(self._player)
            self._player = None


class Line(pj.Account):
    """The account of the phone: it records registrations, incoming calls and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: deque[RegistrationResult] = deque()
        self.incoming: deque[Call] = deque()
        self.texts: deque[Text] = deque()
        self.deliveries: deque[Delivery] = deque()
        self.played: deque[Any] = deque(maxlen=KEPT)

    def onRegState(self, param: Any) -> None:
        info = self.getInfo()
        self.changes.append(RegistrationResult(info.regIsActive, param.code, param.reason))

    def onIncomingCall(self, param: Any) -> None:
        self.incoming.append(Call(self, param.callId))

    def onInstantMessage(self, param: Any) -> None:
        self.texts.append(Text(param.fromUri, param.msgBody))

    def onInstantMessageStatus(self, param: Any) -> None:
        self.deliveries.append(Delivery(param.code, param.reason))


class Stack:
    """PJSUA2 with one line of a phone: made once, polled, closed once."""

    def __init__(self, account: Account, transport: Transport) -> None:
        self._account = account
        self._suffix = ";transport=tcp" if transport == "tcp" else ""
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(_endpoint_config())
        address = _address_towards(account.host, account.port)
        kind = pj.PJSIP_TRANSPORT_TCP if transport == "tcp" else pj.PJSIP_TRANSPORT_UDP
        self._endpoint.transportCreate(kind, _any_port(address))
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        for codec in self._endpoint.codecEnum2():
            priority = CODECS.get(codec.codecId.rpartition("/")[0], 0)
            self._endpoint.codecSetPriority(codec.codecId, priority)
        self.line = Line()
        self.line.create(self._line_config(address))

    def poll(self, milliseconds: int) -> None:
        """Run the stack until something came in, at most for the given time."""
        self._endpoint.libHandleEvents(milliseconds)

    def dial(self, number: str) -> Call:
        """Call ``number``."""
        call = Call(self.line)
        call.makeCall(self.uri(number), pj.CallOpParam(True))
        return call

    def text(self, number: str, text: str) -> None:
        """Send an instant message to ``number``."""
        config, message = pj.BuddyConfig(), pj.SendInstantMessageParam()
        config.uri, config.subscribe = self.uri(number), False
        message.content = text
        buddy = pj.Buddy()
        buddy.create(self.line, config)
        buddy.sendInstantMessage(message)

    def close(self) -> None:
        """Close the network; calls and the registration must have ended before."""
        self.line.shutdown()
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)

    def uri(self, number: str) -> str:
        """The SIP URI of a number. It may have ``*`` and ``#``; a URI needs the latter escaped."""
        user = quote(number, safe="*+")
        return f"sip:{user}@{self._account.host}:{self._account.port}{self._suffix}"

    def _line_config(self, address: str) -> Any:
        account, config = self._account, pj.AccountConfig()
        config.idUri = f"sip:{quote(account.user)}@{account.host}:{account.port}"
        config.regConfig.registrarUri = f"sip:{account.host}:{account.port}{self._suffix}"
        config.regConfig.registerOnAdd = False
        config.sipConfig.authCreds.append(
            pj.AuthCredInfo("digest", "*", account.user, 0, account.password)
        )
        config.mediaConfig.transportConfig = _any_port(address)
        return config


def _endpoint_config() -> Any:
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = MAX_CALLS
    config.uaConfig.userAgent = "firstline-phone"
    config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
    config.medConfig.noVad = True  # a phone that falls silent sends no RTP, and is taken for dead
    config.medConfig.ecTailLen = 0
    return config


def _any_port(address: str) -> Any:
    config = pj.TransportConfig()
    config.port = 0  # chosen by the kernel, so that phones side by side never clash
    config.boundAddress = address
    return config


def _address_towards(host: str, port: int) -> str:
    """This host's address towards the server. Nothing is sent: UDP connects without a packet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, port))
        address: str = probe.getsockname()[0]
        return address


def from_header(header: str) -> tuple[str, str]:
    """The display name and the user of ``"Name" <sip:user@host>``."""
    name, _, address = header.rpartition("<")
    user = address.removeprefix("sip:").partition("@")[0]
    return name.strip().strip('"'), user
