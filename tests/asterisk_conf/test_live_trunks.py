"""Calls from and to trunks, and what phones offer and press, on a real Asterisk."""

import asyncio
import hashlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from asterisk_conf.pbx import Pbx
from asterisk_conf.trunk_states import parsed
from asterisk_conf.trunks import TrunkSettings
from tests.asterisk_conf.app import App, connected
from tests.asterisk_conf.conftest import CARRIER, FAR_PORT, OWN, SWITCH
from tests.asterisk_conf.phone import G711, Phone
from tests.asterisk_conf.sip_fuzz import attack
from tests.deadlines import allowed, until, within

pytestmark = pytest.mark.live

KEYS = "a=rtpmap:101 telephone-event/8000\n"
G722 = "m=audio {port} RTP/AVP 9 101\na=rtpmap:9 G722/8000\n" + KEYS
GSM = "m=audio {port} RTP/AVP 3 101\na=rtpmap:3 GSM/8000\n" + KEYS
G729 = "m=audio {port} RTP/AVP 18 101\na=rtpmap:18 G729/8000\n" + KEYS
G729_FIRST = "m=audio {port} RTP/AVP 18 9 0 101\na=rtpmap:18 G729/8000\n" + KEYS
WITH_FAX = G711 + "m=image 40002 udptl t38\na=T38FaxVersion:0\n"
GRANTED = "SIP/2.0 200 OK\nExpires: 600"
REFUSED = """SIP/2.0 401 Unauthorized
WWW-Authenticate: Digest realm="far", nonce="once", algorithm=MD5"""
STRANGER = "127.0.0.9"
TONES = "m=audio {port} RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"


@asynccontextmanager
async def in_menu(pbx: Pbx, phone: Phone, number: str = "611") -> AsyncIterator[tuple[App, str]]:
    """The application, and the channel of a call that came to it."""
    async with connected(pbx) as app:
        with phone:
            assert await asyncio.to_thread(phone.dial, number) == 200
            yield app, (await app.began())[0]
            assert await asyncio.to_thread(phone.hang_up) == 200


@contextmanager
def far_side(address: str) -> Iterator[Callable[[str], str]]:
    """The other end of a trunk, which answers OPTIONS, and takes registrations with a password; the
    function waits for a request of a method."""
    came = Queue[str]()

    def answer() -> None:
        with suppress(TimeoutError):  # it looks for the end of the test now and then
            raw, back = sip.recvfrom(8192)
            text = raw.decode()
            if text.startswith(("OPTIONS ", "REGISTER ")):
                proved = text.startswith("OPTIONS ") or "Authorization: " in text
                kept = ("Via:", "From:", "To:", "Call-ID:", "CSeq:", "Contact:")
                lines = [line for line in text.splitlines() if line.startswith(kept)]
                begin = (GRANTED if proved else REFUSED).splitlines()
                said = [*begin, *lines, "Content-Length: 0", "", ""]
                sip.sendto("\r\n".join(said).encode(), back)
            came.put(text)

    def serve() -> None:
        while not ended.is_set():
            answer()

    def next_request(method: str) -> str:
        while not (text := came.get(timeout=allowed(40))).startswith(f"{method} "):
            pass
        return text

    ended = Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip, ThreadPoolExecutor(1) as thread:
        sip.bind((address, FAR_PORT))
        sip.settimeout(0.2)
        served = thread.submit(serve)
        try:
            yield next_request
        finally:
            ended.set()
            served.result()


def phone(pbx: Pbx, offer: str = G711) -> Phone:
    return Phone(pbx.site.ports.sip, "1001", "one", offer=offer)


def over(pbx: Pbx, address: str, user: str, asserted: str = "") -> Phone:
    """A call over a trunk: no account, no password."""
    return Phone(pbx.site.ports.sip, user, address=address, asserted=asserted)


@pytest.mark.parametrize(
    ("address", "user", "asserted", "number"),
    [
        (SWITCH, "anonymous", "+375291000002", "+375291000002"),
        (SWITCH, "375291000001", "", "375291000001"),
        (SWITCH, "1001", "", "1001"),  # the user of an account, which has another number
        (CARRIER, "375291000001", "+375291000002", "375291000001"),
    ],
)
async def test_a_call_from_a_trunks_address_is_the_trunks(
    pbx: Pbx, address: str, user: str, asserted: str, number: str
) -> None:
    """Only who vouches for the number says it in P-Asserted-Identity."""
    async with in_menu(pbx, over(pbx, address, user, asserted)) as (app, channel):
        asked = await app.get(f"channels/{channel}")
        assert asked["caller"]["number"] == number
        name = {SWITCH: "switch", CARRIER: "carrier"}[address]
        assert asked["name"].startswith(f"PJSIP/{name}-")


async def test_a_trunk_calls_the_ivr_with_a_plus_and_nothing_else(pbx: Pbx) -> None:
    async with in_menu(pbx, over(pbx, SWITCH, "123"), "+611") as (app, channel):
        assert (await app.get(f"channels/{channel}"))["dialplan"]["exten"] == "611"
    for number in ("701", "375291000001", "8123", "900"):
        with over(pbx, SWITCH, "123") as caller:
            assert await asyncio.to_thread(caller.dial, number) == 404


async def test_a_stranger_is_not_the_trunk_whose_name_they_write_into_from(pbx: Pbx) -> None:
    for name in ("switch", "carrier"):
        with over(pbx, STRANGER, name, "375291000001") as caller:
            assert await asyncio.to_thread(caller.dial, "611") == 401


async def test_a_number_is_dialled_over_the_trunk_in_its_form(pbx: Pbx) -> None:
    with far_side(CARRIER) as next_request:
        await asyncio.to_thread(pbx.cli, "pjsip qualify carrier")
        await asyncio.to_thread(next_request, "OPTIONS")  # it may have been silent for long
        await asyncio.to_thread(until, lambda: " Avail" in pbx.cli("pjsip show contacts"), 20)
        async with connected(pbx) as app:
            asked = {"endpoint": "Local/8123@firstline-people", "callerId": "Olga <701>"}
            await app.post("channels", **asked, app="firstline", channelId="out")
            invite = await asyncio.to_thread(next_request, "INVITE")
            await app.http.delete(f"{app.base}/ari/channels/out")
    assert invite.startswith(f"INVITE sip:+7123@{CARRIER}:{FAR_PORT} ")
    assert "P-Asserted-Identity: <sip:+77172555000@" in invite
    assert "Olga" not in invite
    assert "PCMU/8000" in invite
    for codec in ("PCMA", "G729"):
        assert codec not in invite


async def test_hostile_sip_reaches_nothing_and_breaks_nothing(pbx: Pbx) -> None:
    """From a stranger, and from a trunk, whose calls need no password; a call is served after it.

    No channel is left, no phone was rung, no trunk called, and the process is the same.
    """
    pid = pbx.status().pid
    sent = 0
    for address in (STRANGER, SWITCH):
        sent += await asyncio.to_thread(attack, pbx.site.ports.sip, address, 200)
    assert sent >= 400
    async with connected(pbx) as app:
        for channel in await app.get("channels"):
            assert channel["name"].startswith("PJSIP/switch-"), channel
            assert channel["dialplan"]["context"].startswith("firstline"), channel
            await app.http.delete(f"{app.base}/ari/channels/{channel['id']}")
        async with within(30):
            while await app.get("channels"):  # noqa: ASYNC110 - the fact is in another process
                await asyncio.sleep(0.1)
        while not app.events.empty():
            app.events.get_nowait()
        with phone(pbx) as calling:
            assert await asyncio.to_thread(calling.dial, "611") == 200
            await app.began()
            await asyncio.to_thread(calling.hang_up)
    assert pbx.status().pid == pid
    log = pbx.log.read_text(errors="replace")
    assert "uid=0" not in log, "no function of the dialplan was called by a name or number"


async def test_a_trunk_is_registered_with(pbx: Pbx) -> None:
    """The other side asks for the password. It may have been registered with in the test above."""
    carrier = {"carrier": TrunkSettings(address=CARRIER, register=True)}

    def registered() -> bool:
        said = (pbx.cli("pjsip show registrations"), pbx.cli("pjsip show contacts"))
        return parsed(carrier, *said)["carrier"][0] == "registered"

    with far_side(CARRIER) as next_request:
        await asyncio.to_thread(pbx.cli, "pjsip send register carrier")
        request = ""  # what is sent by hand ends an older registration first
        while "Authorization: " not in request or "Expires: 0" in request:
            request = await asyncio.to_thread(next_request, "REGISTER")
        await asyncio.to_thread(until, registered, 10)
    assert f"To: <sip:firstline@{CARRIER}>" in request
    assert "Contact: <sip:firstline@" in request
    given = dict(re.findall(r'(\w+)="([^"]*)"', request))
    secret, asked = _md5("firstline:far:hush"), _md5(f"REGISTER:{given['uri']}")
    assert given["response"] == _md5(f"{secret}:once:{asked}")  # RFC 2617, 3.2.2, without qop


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("offer", "taken"),
    [(G722, "9 101"), (GSM, "3 101"), (G729_FIRST, "0 101"), (WITH_FAX, "8 101")],
)
async def test_what_can_be_played_is_taken_of_an_offer(pbx: Pbx, offer: str, taken: str) -> None:
    calling = phone(pbx, offer)
    async with in_menu(pbx, calling) as (app, channel):
        assert f" RTP/AVP {taken}\r\n" in calling.answer
        assert ("m=image 0 " in calling.answer) == ("image" in offer)
        await app.post(f"channels/{channel}/moh")
        assert await asyncio.to_thread(calling.hears_sound)


async def test_an_offer_that_cannot_be_served_is_in_the_log_with_the_reason(pbx: Pbx) -> None:
    with phone(pbx, G729) as calling:
        assert await asyncio.to_thread(calling.dial, "611") == 488
    why = "a call from …0001 by 1001 is rejected because it offers only (g729)"
    await asyncio.to_thread(until, lambda: why in pbx.log.read_text(), 10)
    line = next(line for line in pbx.log.read_text().splitlines() if why in line)
    assert "allow one of alaw,ulaw,g722,gsm" in line


async def test_recordings_may_be_gsm_and_g722(pbx: Pbx, tmp_path: Path) -> None:
    frame = bytes.fromhex("d820a2e15a" + 4 * "50004924924924")  # 20 ms of silence
    (tmp_path / "news.gsm").write_bytes(frame * 25)
    (tmp_path / "bell.g722").write_bytes(b"\xfa" * 4000)
    calling = phone(pbx)
    async with in_menu(pbx, calling) as (app, channel):
        for name in ("news", "bell"):
            await app.post(f"channels/{channel}/play", media=f"sound:{tmp_path / name}")
            async with within(10):
                while (event := await app.events.get())["type"] != "PlaybackFinished":
                    pass
            assert event["playback"]["state"] == "done"
    assert str(tmp_path) not in pbx.log.read_text()


@pytest.mark.parametrize(
    ("offer", "press"),
    [
        (G711, lambda phone: phone.press("1")),
        (TONES, lambda phone: phone.press_in_band("1")),
        (
            G711,
            lambda phone: phone.inform("application/dtmf-relay", "Signal=1\r\nDuration=160\r\n"),
        ),
        (G711, lambda phone: phone.inform("application/dtmf", "1")),
    ],
    ids=["RFC 4733", "tones", "INFO relay", "INFO"],
)
async def test_a_key_counts_however_it_is_sent(
    pbx: Pbx, offer: str, press: Callable[[Phone], None]
) -> None:
    calling = phone(pbx, offer)
    async with in_menu(pbx, calling) as (app, _):
        await asyncio.to_thread(press, calling)
        async with within(10):
            while (event := await app.events.get())["type"] != "ChannelDtmfReceived":
                pass
        assert event["digit"] == "1"


async def test_the_administrators_files_are_included_and_never_rendered(pbx: Pbx) -> None:
    async with in_menu(pbx, phone(pbx), "900") as (app, channel):
        assert (await app.get(f"channels/{channel}"))["dialplan"]["exten"] == "611"
    async with in_menu(pbx, Phone(pbx.site.ports.sip, "1002", "two")) as (app, channel):
        assert (await app.get(f"channels/{channel}"))["caller"]["number"] == "375291000009"
    assert pbx.write() == ()
    for name, text in OWN.items():
        assert (pbx.site.paths.custom / f"{name}_custom.conf").read_text() == text
