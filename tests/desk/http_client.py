"""A running desk over fakes, and HTTP clients of it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar, TCPConnector
from msgspec.structs import replace

from ari_app.desk.site import DeskSite
from ari_app.desk.web.accounts import AccountsBusy, BrowserSession, Role, SecondFactorNeeded, User
from ari_app.desk.web.provider import Provider
from ari_app.desk.web.server import DeskServer, serving
from ari_app.desk.web.sessions import Sessions
from ari_app.pages.server import ServerSettings
from ivr.secret import Secret
from tests.deadlines import within
from tests.desk.fake_administration import FakeAdministration
from tests.desk.harness import DeskHarness

PASSWORD = "ясный день над рекой"
LOCAL = ServerSettings("127.0.0.1", 0)


class FakeAccounts:
    """Accounts in memory; ``checks`` are the logins whose passwords were checked."""

    def __init__(self) -> None:
        self.users = {
            "anna": User("anna", "Анна <script>Ветрова</script>"),
            "boris": User("boris", "Борис Соколов", "senior"),
        }
        self.checks: list[str] = []
        self.codes: list[str] = []
        self.busy = False

    def set_role(self, name: str, role: Role) -> None:
        self.users[name] = replace(self.users[name], role=role)

    async def check(self, name: str, password: Secret, code: str) -> User | None:
        if name == "gleb":
            raise SecondFactorNeeded(name)
        if self.busy:
            raise AccountsBusy("too many passwords are being checked")
        self.checks.append(name)
        self.codes.append(code)
        return self.users.get(name) if password.reveal() == PASSWORD else None

    async def find(self, name: str) -> User | None:
        if self.busy:
            raise AccountsBusy("the database is locked")
        return self.users.get(name)

    async def give_role(self, user: User, role: Role) -> User:
        self.set_role(user.name, role)
        return self.users[user.name]


class FakeSessions:
    """Sessions in memory, by the hash of the cookie."""

    def __init__(self) -> None:
        self.stored: dict[str, BrowserSession] = {}

    async def add(self, session: BrowserSession) -> None:
        self.stored[session.token] = session

    async def find(self, token: str, now: datetime) -> BrowserSession | None:
        found = self.stored.get(token)
        return found if found and now < found.expires else None

    async def current(self, session: BrowserSession, now: datetime) -> BrowserSession | None:
        found = (one for one in self.stored.values() if one.csrf == session.csrf)
        return next((one for one in found if now < one.expires), None)

    async def touch(self, token: str, seen: datetime, expires: datetime) -> None:
        self.stored[token] = replace(self.stored[token], seen=seen, expires=expires)

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        found = self.stored.pop(token, None)
        if found is not None:
            self.stored[new] = replace(found, token=new, rotated=at)
        return found is not None

    async def end(self, token: str) -> None:
        self.stored.pop(token, None)


class RunningDesk:
    """A desk whose server listens."""

    def __init__(
        self,
        server: DeskServer,
        harness: DeskHarness,
        accounts: FakeAccounts,
        sessions: FakeSessions,
        administration: FakeAdministration,
    ) -> None:
        self.administration = administration
        self.harness = harness
        self.accounts = accounts
        self.sessions = sessions
        self.port = server.port
        self.url = f"http://127.0.0.1:{server.port}"
        self.recheck_sessions = server.recheck_sessions
        self.renew_certificate = server.renew_certificate

    @asynccontextmanager
    async def client(self, address: str = "127.0.0.1") -> AsyncIterator["HttpClient"]:
        """A client at an address of this machine."""
        connector = TCPConnector(local_addr=(address, 0))
        jar = CookieJar(unsafe=True)  # keeps cookies of bare addresses
        async with ClientSession(self.url, connector=connector, cookie_jar=jar) as session:
            yield HttpClient(self, session)

    async def raw(self, *lines: bytes) -> int:
        """The status of a request that no browser would send."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        host = f"Host: 127.0.0.1:{self.port}".encode()
        writer.write(b"\r\n".join([lines[0], host, *lines[1:], b"", b""]))
        status = (await reader.readline()).split()[1]
        writer.close()
        return int(status)


class HttpClient:
    """Like a browser without a screen: keeps cookies, sends Origin with its requests."""

    def __init__(self, server: RunningDesk, session: ClientSession) -> None:
        self.server = server
        self.session = session

    @property
    def cookie(self) -> str:
        """The session cookie."""
        [found] = [one.value for one in self.session.cookie_jar if one.key != "language"]
        return found

    def forget(self) -> None:
        self.session.cookie_jar.clear()

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """A response with its text; redirects are not followed."""
        return await self._ask("GET", path, headers, None)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> ClientResponse:
        """Send a form from a page of the desk, unless ``headers`` have another Origin."""
        return await self._ask("POST", path, {"Origin": self.server.url, **headers}, form)

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
        """The CSRF token of its page."""
        page = await (await self.get("/")).text()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found, page
        return found[1]

    @asynccontextmanager
    async def websocket(self, **headers: str) -> AsyncIterator[ClientWebSocketResponse]:
        """The WebSocket of its tab."""
        sent = {"Origin": self.server.url, **headers}
        async with self.session.ws_connect("/wire", headers=sent) as socket:
            yield socket


async def close_code(socket: ClientWebSocketResponse) -> int | None:
    """The code with which the server closes a WebSocket, whatever it sends before."""
    async with within(10):
        async for _ in socket:
            pass
    return socket.close_code


@asynccontextmanager
async def running_desk(
    settings: ServerSettings = LOCAL,
    site: DeskSite | None = None,
    provider: Provider | None = None,
) -> AsyncIterator[RunningDesk]:
    """A desk at a free port of this machine."""
    harness, accounts, store = DeskHarness(site=site), FakeAccounts(), FakeSessions()
    sessions = Sessions(store, accounts, lambda: harness.now)
    admin = FakeAdministration()
    async with serving(settings, harness.desk, accounts, sessions, admin, provider) as server:
        yield RunningDesk(server, harness, accounts, store, admin)
    await harness.settled()
