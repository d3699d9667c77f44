"""docs/new-operator.md, done as it stands there: from `init` to calls over two trunks, by day.

What is different here: the addresses, and that there are more customers.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pytest
import soundfile
from msgspec import json

from prompts import wav
from tests.asterisk_conf.phone import Phone
from tests.deadlines import allowed, until
from tests.docs.markdown import NEW_OPERATOR
from tests.docs.terminal import Command, Terminal, instructions, terminal
from tests.heard import assert_heard
from tests.live.installation import Installation

__all__ = ["terminal"]  # a fixture

pytestmark = pytest.mark.live

CUSTOMERS = 5_000
SWITCH, CARRIER = "127.0.0.2", "127.0.0.3"
DUE = "8210.50"


class Meters(HTTPServer):
    """The supplier's own system, which takes every reading."""

    def __init__(self) -> None:
        self.readings: list[tuple[str | None, object]] = []
        super().__init__(("127.0.0.1", 0), _Reading)


class _Reading(BaseHTTPRequestHandler):
    server: Meters

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.readings.append((self.headers["Authorization"], json.decode(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f'{{"due": {DUE}}}'.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def meters() -> Iterator[Meters]:
    with Meters() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_new_operator(terminal: Terminal, meters: Meters, tmp_path: Path) -> None:
    one = terminal.installation
    one.as_shipped = False  # its own operator is named in its prompts
    (one.state / "firstline.toml").unlink()  # `init` writes it
    for each in instructions(here(NEW_OPERATOR.read_text(), meters.server_port)):
        if not isinstance(each, Command):
            terminal.write(each)
            if each.file.endswith(".csv"):
                add_customers(terminal.clone / each.file)
        elif each.line == "./firstline reload":
            with in_call(one, SWITCH, "87027654321") as phone:
                meanwhile(phone, terminal, each)
                assert phone.hears_sound()
        else:
            if each.line.startswith("./firstline calls list"):
                a_reading(one, meters, tmp_path / "call.wav")
            if each.line == "./firstline down":
                other_callers(one)
            terminal.run(each.line, each.prints)


def here(text: str, port: int) -> str:
    """The page with what this machine has: its addresses, free ports, and the back end's port."""
    for written, instead in (
        ("192.0.2.5", "127.0.0.1"),
        ("192.0.2.10", SWITCH),
        ("192.0.2.20", CARRIER),
        ("127.0.0.1:8090", f"127.0.0.1:{port}"),
        ("./firstline init", "./firstline init --port-offset 100"),
    ):
        assert written in text
        text = text.replace(written, instead)
    return text


def add_customers(file: Path) -> None:
    with file.open("a") as customers:
        customers.writelines(f"8705{n:07d};Клиент {n};ru;Шымкент\n" for n in range(CUSTOMERS))


@contextmanager
def in_call(one: Installation, address: str, number: str) -> Iterator[Phone]:
    """A call to the operator over the trunk of an address."""
    with Phone(one.status().sip.port, number, address=address) as phone:
        assert phone.dial("1234") == 200
        yield phone
        assert phone.hang_up() == 200


def meanwhile(phone: Phone, terminal: Terminal, command: Command) -> None:
    """Run a command while someone is in a call."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(terminal.run, command.line, command.prints)
        while not done.done():
            phone.listen(0.2)
        done.result()


def a_reading(one: Installation, meters: Meters, recording: Path) -> None:
    """A customer whom the switch vouches for sends a reading, and hears what it comes to."""
    welcome = one.said("welcome", lang="kk")
    answer = one.said("reading-sent", f"due={DUE}", lang="kk")
    meters.readings.clear()
    sound = bytearray()
    with in_call(one, SWITCH, "87012345678") as phone:
        sound += phone.listen(seconds(welcome) + 1)
        for key in "14512#":
            phone.press(key)
            sound += phone.listen(0.25)
        for _ in range(40):
            sound += b"" if meters.readings else phone.listen(0.5)
        sound += phone.listen(seconds(answer) + 4)
    samples, _ = soundfile.read(
        BytesIO(sound), samplerate=8000, channels=1, format="RAW", subtype="ALAW", dtype="float32"
    )
    wav.write(recording, samples)
    assert_heard(recording, welcome)
    assert_heard(recording, answer)
    sent = {"customer": "77012345678", "reading": 4512}
    assert meters.readings == [("Bearer open sesame", sent)]


def other_callers(one: Installation) -> None:
    """The power is cut where one lives; the carrier of the other does not vouch for the number."""
    with in_call(one, SWITCH, "87027654321") as phone:
        assert phone.hears_sound()
    until(lambda: "outages (announce)  played announcements-are" in one.last_call(), 10)
    with in_call(one, CARRIER, "87012345678") as phone:
        phone.press("1")
        phone.listen(allowed(2))
    until(lambda: "stranger (say)  played number-unknown" in one.last_call(), 10)


def seconds(file: Path) -> float:
    return float(soundfile.info(file).duration)
