"""A small AMI server: real TCP, the messages of Asterisk 22, and faults when a test wants them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from ari_app.ami.client import Settings
from ivr.secret import Secret
from tests.deadlines import allowed

PASSWORD = "ami-of-tests"
OLGA = "PJSIP/701"
END = "\r\n\r\n"


class Server:
    """Answers who logs in. ``listed`` are the items of the list of queues, changed by tests."""

    def __init__(self) -> None:
        self.port = 0
        self.listed: list[dict[str, str]] = []
        self.channels: list[dict[str, str]] = []
        """The items of the list of channels."""
        self.said: list[dict[str, str]] = []
        """All that clients sent."""
        self.logged_in = 0
        """How often."""
        self.deaf_to: set[str] = set()
        """Actions that are not answered."""
        self.refuses = {"Nonsense": "Invalid/unknown command"}
        """Actions that are refused, and why."""
        self.refused_connections = 0
        """So many connections are closed as soon as they are made."""
        self.chunk_size = 1 << 20
        """How much leaves in one packet."""
        self.overtaking: list[dict[str, str]] = []
        """Events that are sent in one breath with the end of the next list, behind it."""
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    @property
    def settings(self) -> Settings:
        """How a client of a test reaches it, with little patience."""
        return Settings(
            port=self.port, user="firstline", password=Secret(PASSWORD), events="agent",
            deadline=allowed(0.5), back_off=0.01, back_off_most=0.05,
        )  # fmt: skip

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Server"]:
        await self.start()
        try:
            yield self
        finally:
            await self.die()

    async def start(self) -> None:
        """Listen, at the port of before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def die(self) -> None:
        """Close everything at once, in the midst of whatever it is."""
        assert self._server
        self._server.close()
        self.drop()
        await self._server.wait_closed()

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._lines)

    def drop(self) -> None:
        """Break all connections."""
        for line in self._lines:
            line.transport.abort()

    async def send(self, *events: dict[str, str]) -> None:
        """Send events to all connections."""
        await self.raw("".join(map(written, events)).encode())

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are to all connections."""
        for line in tuple(self._lines):
            await self._send(line, data)

    async def _send(self, line: asyncio.StreamWriter, data: bytes) -> None:
        for start in range(0, len(data), self.chunk_size):
            line.write(data[start : start + self.chunk_size])
            await line.drain()
            for _ in range(3 if len(data) > self.chunk_size else 0):
                await asyncio.sleep(0)  # until it was read, as a packet of its own

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refused_connections:
            self.refused_connections -= 1
            writer.close()
            return
        self._lines.add(writer)
        try:
            writer.write(b"Asterisk Call Manager/11.0.0\r\n")
            while True:
                text = (await reader.readuntil(END.encode())).decode()
                said = dict(line.split(": ", 1) for line in text.removesuffix(END).split("\r\n"))
                self.said.append(said)
                if said["Action"] not in self.deaf_to:
                    await self._send(writer, "".join(self._answers(said)).encode())
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._lines.discard(writer)
            writer.close()

    def _answers(self, said: dict[str, str]) -> Iterator[str]:
        mine = {"ActionID": said["ActionID"]}
        if said["Action"] == "Login" and said["Secret"] != PASSWORD:
            yield written({"Response": "Error", **mine, "Message": "Authentication failed"})
        elif said["Action"] == "Login":
            self.logged_in += 1
            yield written({"Response": "Success", **mine, "Message": "Authentication accepted"})
        elif said["Action"] == "QueueStatus":
            start = {"EventList": "start", "Message": "Queue status will follow"}
            yield written({"Response": "Success", **mine, **start})
            yield from (written({**item, **mine}) for item in self.listed)
            end = {"EventList": "Complete", "ListItems": str(len(self.listed))}
            yield written({"Event": "QueueStatusComplete", **mine, **end})
            yield from map(written, self.overtaking)
            self.overtaking = []
        elif said["Action"] == "Status" and "Status" not in self.refuses:
            start = {"EventList": "start", "Message": "Channel status will follow"}
            yield written({"Response": "Success", **mine, **start})
            yield from (written({"Event": "Status", **it, **mine}) for it in self.channels)
            yield written({"Event": "StatusComplete", **mine, "EventList": "Complete"})
        elif why := self.refuses.get(said["Action"]):
            yield written({"Response": "Error", **mine, "Message": why})
        else:
            yield written({"Response": "Success", **mine, "Message": "Done"})


def written(headers: dict[str, str]) -> str:
    """A message as it is sent."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"


def queue(name: str = "support") -> dict[str, str]:
    return {"Event": "QueueParams", "Queue": name, "Max": "0", "Calls": "0"}


def member(state: int = 1, **more: str) -> dict[str, str]:
    """Olga, in a list."""
    return {
        "Event": "QueueMember", "Queue": "support", "Name": "Ольга", "Location": OLGA,
        "StateInterface": OLGA, "Membership": "static", "Penalty": "0", "LastCall": "0",
        "InCall": "0", "Status": str(state), "Paused": "0", "PausedReason": "", "Wrapuptime": "0",
        **more,
    }  # fmt: skip


def member_is(state: int = 1, **more: str) -> dict[str, str]:
    """Olga, in an event."""
    headers = member(state, **more)
    del headers["Name"], headers["Location"]
    return {**headers, "Event": "QueueMemberStatus", "MemberName": "Ольга", "Interface": OLGA}


def waits(call: str, position: int, wait: int = 7) -> dict[str, str]:
    """A caller, in a list."""
    return {"Event": "QueueEntry", "Wait": str(wait), **_caller(call), "Position": str(position)}


def channel(call: str, seconds: int = 0, leg: str = "") -> dict[str, str]:
    """The channel of a caller of the queue, or the ``leg`` to Olga, in a list; they speak."""
    more = {"Application": "Queue", "Data": "support,c,,,"}
    if leg:
        names = {"Channel": leg, "CallerIDNum": "701", "CallerIDName": "Ольга"}
        more = {**names, "Uniqueid": f"of {leg}", "Application": "AppQueue", "Data": "(Outgoing)"}
    now = {"ChannelStateDesc": "Up", "BridgeID": "room", "Seconds": str(seconds)}
    return {"Event": "Status", **_caller(call), "Linkedid": call, **now, **more}


def joins(call: str, position: int, **more: str) -> dict[str, str]:
    return {"Event": "QueueCallerJoin", **_caller(call), "Position": str(position), **more}


def leaves(call: str) -> dict[str, str]:
    return {"Event": "QueueCallerLeave", **_caller(call), "Position": "1", "Count": "0"}


def agent(event: str, call: str, **more: str) -> dict[str, str]:
    """AgentCalled and its like, of Olga."""
    return {"Event": event, **_caller(call), "Interface": OLGA, "MemberName": "Ольга", **more}


def dials(call: str, leg: str, status: str = "", **more: str) -> dict[str, str]:
    """A phone begins to ring for a caller, or ends with a status."""
    end = {"Event": "DialEnd", "DialStatus": status} if status else {"Event": "DialBegin"}
    return {**_caller(call), "DestChannel": leg, "DestUniqueid": f"of {leg}", **end, **more}


def hangs_up(call: str, channel: str) -> dict[str, str]:
    return {"Event": "Hangup", "Channel": channel, "Uniqueid": call, "Cause": "16"}


def transfers(call: str, asked: str) -> dict[str, str]:
    """Olga connects a caller with whom she asked by another call."""
    transferee = {f"Transferee{key}": one for key, one in _caller(call).items()}
    mine = {"SecondTransfererChannel": f"{OLGA}-2", "SecondTransfererUniqueid": asked}
    return {
        "Event": "AttendedTransfer",
        "Result": "Success",
        **transferee,
        **mine,
        "DestType": "Bridge",
    }


def _caller(call: str) -> dict[str, str]:
    return {
        "Channel": f"PJSIP/1-{call}", "CallerIDNum": "375291234567", "CallerIDName": "Ў Янка",
        "Uniqueid": call, "Queue": "support",
    }  # fmt: skip
