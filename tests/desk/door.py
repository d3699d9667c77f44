"""The door of a desk: a real server over ports in memory, and browsers without a screen."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar, TCPConnector
from msgspec.structs import replace

from ari_app.desk.people import AccountsBusy, Person, Role, Signed
from ari_app.desk.site import Opened, Where, opened
from ivr.secret import Secret
from tests.desk.house import House

PASSWORD = "ясный день над рекой"
HERE = Where("127.0.0.1", 0)


class People:
    """Accounts in memory; ``checks`` are the names whose passwords were checked."""

    def __init__(self) -> None:
        self.people = {
            "anna": Person("anna", "Анна <script>Ветрова</script>"),
            "boris": Person("boris", "Борис Соколов", "senior"),
        }
        self.checks: list[str] = []
        self.busy = False

    def become(self, name: str, role: Role) -> None:
        self.people[name] = replace(self.people[name], role=role)

    async def check(self, name: str, password: Secret) -> Person | None:
        if self.busy:
            raise AccountsBusy("too many passwords are being checked")
        self.checks.append(name)
        return self.people.get(name) if password.reveal() == PASSWORD else None

    async def person(self, name: str) -> Person | None:
        if self.busy:
            raise AccountsBusy("the database is locked")
        return self.people.get(name)


class SignedIn:
    """Sessions in memory, by the hash of the cookie."""

    def __init__(self) -> None:
        self.kept: dict[str, Signed] = {}

    async def add(self, signed: Signed) -> None:
        self.kept[signed.token] = signed

    async def find(self, token: str, now: datetime) -> Signed | None:
        found = self.kept.get(token)
        return found if found and now < found.expires else None

    async def again(self, signed: Signed, now: datetime) -> Signed | None:
        same = (one for one in self.kept.values() if one.csrf == signed.csrf and now < one.expires)
        return next(same, None)

    async def touch(self, token: str, seen: datetime, expires: datetime) -> None:
        self.kept[token] = replace(self.kept[token], seen=seen, expires=expires)

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        found = self.kept.pop(token, None)
        if found is not None:
            self.kept[new] = replace(found, token=new, rotated=at)
        return found is not None

    async def end(self, token: str) -> None:
        self.kept.pop(token, None)


class Door:
    """A desk that is open."""

    def __init__(self, site: Opened, house: House, people: People, signed: SignedIn) -> None:
        self.site = site
        self.house = house
        self.people = people
        self.signed = signed
        self.url = f"http://127.0.0.1:{site.port}"

    @asynccontextmanager
    async def browser(self, address: str = "127.0.0.1") -> AsyncIterator["Browser"]:
        """A browser of somebody at an address of this machine."""
        connector = TCPConnector(local_addr=(address, 0))
        jar = CookieJar(unsafe=True)  # which keeps cookies of bare addresses
        async with ClientSession(self.url, connector=connector, cookie_jar=jar) as session:
            yield Browser(self, session)

    async def raw(self, *lines: bytes) -> int:
        """The status of a request that no browser would send."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port)
        host = f"Host: 127.0.0.1:{self.site.port}".encode()
        writer.write(b"\r\n".join([lines[0], host, *lines[1:], b"", b""]))
        status = (await reader.readline()).split()[1]
        writer.close()
        return int(status)


class Browser:
    """A browser: it keeps cookies and says from where its requests come."""

    def __init__(self, door: Door, session: ClientSession) -> None:
        self.door = door
        self.session = session

    @property
    def cookie(self) -> str:
        """What the desk made it keep."""
        [found] = [one.value for one in self.session.cookie_jar if one.key != "language"]
        return found

    def forget(self) -> None:
        self.session.cookie_jar.clear()

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """A page as it comes; redirects are not followed, the text is there."""
        return await self._ask("GET", path, headers, None)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> ClientResponse:
        """Send a form from a page of the desk, unless other ``headers`` say where it comes from."""
        return await self._ask("POST", path, {"Origin": self.door.url, **headers}, form)

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(
            method, path, data=form, headers=named, allow_redirects=False
        ) as answer:
            await answer.read()
            return answer

    async def sign_in(self, name: str = "anna", password: str = PASSWORD) -> ClientResponse:
        return await self.post("/sign-in", {"name": name, "password": password})

    async def token(self) -> str:
        """What the forms of its page bring."""
        page = await (await self.get("/")).text()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found, page
        return found[1]

    @asynccontextmanager
    async def wire(self, **headers: str) -> AsyncIterator[ClientWebSocketResponse]:
        """The WebSocket of its tab."""
        told = {"Origin": self.door.url, **headers}
        async with self.session.ws_connect("/wire", headers=told) as socket:
            yield socket


async def ended(socket: ClientWebSocketResponse) -> int | None:
    """With which code the server closes a WebSocket, whatever it says before."""
    async with asyncio.timeout(10):
        async for _ in socket:
            pass
    return socket.close_code


@asynccontextmanager
async def open_door(where: Where = HERE) -> AsyncIterator[Door]:
    """A desk at a free port of this machine."""
    house, people, signed = House(), People(), SignedIn()
    async with opened(where, house.desk, people, signed, lambda: house.now) as site:
        yield Door(site, house, people, signed)
    await house.settled()
