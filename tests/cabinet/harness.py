"""A running cabinet over self-service in memory, and HTTP clients of it."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from html import unescape
from types import MappingProxyType
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, TCPConnector

from ari_app.cabinet.ports import CabinetPorts, CabinetSite
from ari_app.cabinet.server import CabinetServer, serving
from ari_app.cabinet.visits import Visit
from ari_app.demo.simulated import simulated_operator
from ari_app.pages.server import ServerSettings
from ari_app.rate_limit import Rate, RateLimit
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.memory import MemoryBilling
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.request_port import Asker
from ari_app.sim.in_memory import NoMessages, PlainOrders, SimulatedStaff, SimulatedSubscribers
from ari_app.ussd.sessions import TextServices
from ivr.events import Answered
from ivr.model import Operation
from ivr.session import Session
from ivr.values import Values
from tests.cabinet.fakes import (
    CODE,
    NOW,
    WORD,
    FakeCodes,
    FakeCodeWords,
    FakeLessons,
    FakeLetters,
    FakeVisits,
    Journal,
)
from tests.lines import consent_lines
from tests.lines.cabinet_pages import WHOLE
from tests.operators import BELARUS, DEMO_TICKETS

NUMBER, STRANGER = "375990000001", "375990009999"


class FakeOperations:
    """Self-service over the books of the simulated operator; ``ran`` are the operations and keys
    that changed something, ``answers`` what others answer. ``slow`` is awaited by what costs."""

    def __init__(self, codes: FakeCodes, words: FakeCodeWords) -> None:
        operator = simulated_operator()

        async def read() -> Any:
            return operator.ledger(NOW.replace(tzinfo=None))

        self.billing = MemoryBilling(read, lambda: NOW)
        self._selfcare = Selfcare(
            Backends(
                self.billing,
                SimulatedStaff(operator.promised, NOW),
                words,
                codes,
                PlainOrders(self.billing),
                NoMessages(),
                SimulatedSubscribers(operator.people, operator.numbers),
                lambda: NOW,
            )
        )
        self.catalogue: Mapping[str, Operation] = CATALOGUE
        self.ran: list[tuple[str, str]] = []
        self.asked: list[tuple[str, Values, Asker]] = []
        self.answers: dict[str, Answered] = {}
        self.slow = asyncio.Event()
        self.slow.set()

    async def run(self, operation: str, inputs: Values, asker: Asker, key: str) -> Answered:
        self.asked.append((operation, inputs, asker))
        if self.catalogue[operation].costs:
            await self.slow.wait()
        if not key.endswith(":ask"):
            self.ran.append((operation, key))
        if operation in self.answers:
            return self.answers[operation]
        return await self._selfcare.run(operation, inputs, asker, key)

    @property
    def costly(self) -> list[str]:
        """What was run that costs."""
        return [name for name, _ in self.ran if self.catalogue[name].costs]


class Harness:
    """A cabinet that listens; ``now`` is its clock."""

    def __init__(self, codes_per_hour: int) -> None:
        self.now = NOW
        self.code_texts = RateLimit(Rate(burst=codes_per_hour, each=3600.0 / codes_per_hour))
        self.codes, self.words = FakeCodes(self.code_texts), FakeCodeWords()
        self.operations = FakeOperations(self.codes, self.words)
        self.journal, self.letters = Journal(), FakeLetters()
        self.walked = consent_lines.Site()
        self.proven: list[bool] = []
        self.entering = asyncio.Event()
        self.entering.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.server: CabinetServer | None = None

    def begin(self, task: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        one = asyncio.create_task(task)
        self._tasks.add(one)
        one.add_done_callback(self._tasks.discard)
        return one

    @property
    def tasks(self) -> int:
        """How much goes on beside."""
        return len(self._tasks)

    def end(self) -> None:
        """End what goes on beside."""
        for task in tuple(self._tasks):
            task.cancel()

    async def menus(self, visit: Visit) -> tuple[TextServices, Session]:
        site = self.walked
        session = await site.enter(site.book, visit.number, "611")
        assert session is not None
        self.proven.append(visit.proven)
        await self.entering.wait()
        return TextServices(site.book, consent_lines.texts, site.ports, size=WHOLE), session

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}"

    @asynccontextmanager
    async def client(self, address: str = "127.0.0.1") -> AsyncIterator["Browser"]:
        """A browser at an address of this machine."""
        connector = TCPConnector(local_addr=(address, 0))
        jar = CookieJar(unsafe=True)  # keeps cookies of bare addresses
        async with ClientSession(self.url, connector=connector, cookie_jar=jar) as session:
            yield Browser(self, session)


class Browser:
    """A browser without a screen: keeps cookies, sends Origin, follows redirects."""

    def __init__(self, harness: Harness, session: ClientSession) -> None:
        self.harness = harness
        self.session = session
        self.page = ""
        """The last page."""
        self.path = ""

    async def get(self, path: str, follow: bool = True, **headers: str) -> ClientResponse:
        return await self._ask("GET", path, None, headers, follow)

    async def post(
        self,
        path: str,
        given: Mapping[str, str] = MappingProxyType({}),
        /,
        *,
        follow: bool = True,
        origin: str | None = None,
        **fields: str,
    ) -> ClientResponse:
        """Send a form, with the fields that the last page has hidden, unless they are given."""
        headers = {"Origin": self.harness.url if origin is None else origin}
        form = {**self.hidden(path), **given, **fields}
        return await self._ask("POST", path, form, headers, follow)

    async def _ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
        follow: bool,
    ) -> ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Accept-Language": "en", **named}
        async with self.session.request(
            method, path, data=form, headers=named, allow_redirects=follow
        ) as answer:
            self.page = await answer.text()
            self.path = answer.url.path
            return answer

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the form of the last page that is sent to a path."""
        forms = re.findall(r'(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.page)
        inside = next((body for action, body in forms if action == path), "")
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
        return {name: unescape(value) for name, value in found}

    @property
    def text(self) -> str:
        """What the last page says."""
        body = self.page.partition("<main")[2].partition("</main>")[0].partition(">")[2]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    async def sign_in(self, number: str = NUMBER) -> None:
        await self.get("/my/sign-in")
        await self.post("/my/sign-in", number=number)
        await self.post("/my/code", code=CODE)
        assert self.path == "/my", self.text

    async def prove(self, word: str = WORD) -> None:
        await self.get("/my/code-word")
        await self.post("/my/code-word", word=word)


SITE = CabinetSite(
    name={"": "Ромашка & Co"},
    languages=("ru", "be", "en"),
    zone="Europe/Minsk",
    numbers=BELARUS,
    tickets=DEMO_TICKETS,
    currency="BYN",
    menu="*111#",
)
LOCAL = ServerSettings("127.0.0.1", 0)


@asynccontextmanager
async def running(
    settings: ServerSettings = LOCAL,
    site: CabinetSite = SITE,
    codes_per_hour: int = 300,
    kept: FakeVisits | None = None,
) -> AsyncIterator[Harness]:
    """A cabinet at a free port of this machine."""
    here = Harness(codes_per_hour)
    await here.operations.billing.refresh()
    ports = CabinetPorts(
        here.operations,
        here.journal,
        here.letters,
        FakeLessons(),
        here.menus,
        here.begin,
        lambda: here.now,
        here.code_texts,
        kept or FakeVisits(),
    )
    async with serving(settings, ports, site) as server:
        here.server = server
        yield here
    here.end()
