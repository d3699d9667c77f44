"""The API over HTTP, on a store of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from msgspec import json, to_builtins

from ari_app.api import server
from ari_app.api.endpoints import SCOPES, Endpoint
from ari_app.api.events import EventEndpoints
from ari_app.api.openapi import document
from ari_app.api.reads import Reads
from ari_app.api.writes import Writes
from ari_app.messaging.outbox import Outbox
from ari_app.messaging.received import ReceivedTexts
from ari_app.rate_limit import Rate, RateLimit
from ari_app.store import api_tokens, calls, outbox, queue_calls, subscribers, views, webhooks
from ari_app.store.calls import CallBegan, CallEnded, StepTaken
from ari_app.store.db import Store
from ari_app.store.subscribers import Subscriber
from ari_app.store.times import micros
from ivr.acd.board import Board, Caller, Member, Queue
from ivr.acd.figures import Stay
from ivr.secret import Secret
from tests.operators import BELARUS, DEMO_TICKETS
from tests.ussd.refusals import Refusals
from tests.ussd.replies import Replies

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NUMBER = "375990000001"
ANNA = Subscriber(7, NUMBER, "Anna Ray", "en", "Minsk", None, None, NOON)
CALLER = Caller("1.1", "PJSIP/trunk-1", NUMBER, "", NOON)
MEMBER = Member(interface="PJSIP/701", name="anna", state="in use", in_call=True)
FAST = Rate(1000, 0.01)
BOARD = Board({"support": Queue({"PJSIP/701": MEMBER}, (CALLER,))})


class Client:
    """Asks with a token, and remembers how often the application was refreshed."""

    def __init__(self, store: Store, session: aiohttp.ClientSession, root: str) -> None:
        self.store = store
        self.refreshed = 0
        self._session = session
        self._root = root

    async def refresh(self) -> None:
        self.refreshed += 1

    async def ask(
        self, method: str, path: str, token: Secret, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        if token.reveal():
            named["Authorization"] = f"Bearer {token.reveal()}"
        data = None
        if body is not None:
            data, named["Content-Type"] = json.encode(body), "application/json"
        url = self._root + path
        async with self._session.request(method, url, data=data, headers=named) as response:
            found = json.decode(await response.read())
            if response.status >= 400:
                assert response.content_type == server.PROBLEM
                assert found["status"] == response.status
            return response.status, found

    async def token(self, *scopes: str, name: str = "crm") -> Secret:
        token = api_tokens.make()
        await self.store.write(api_tokens.add, token, name, scopes, "me", NOON)
        return token


def endpoints(store: Store, client: Client | None = None) -> tuple[Endpoint, ...]:
    async def send(*_: str) -> None:
        raise AssertionError("nothing is sent here")

    async def refresh() -> None:
        if client:
            await client.refresh()

    reads = Reads(store, lambda: (BOARD, True), {"PJSIP/701": "anna"}.get)
    texts = Outbox(store, send, lambda: NOON)
    surveys = Replies(**{"5": "survey-text-thanks"})
    received = ReceivedTexts(store, Refusals("STOP"), surveys, lambda *said: f"{said}")
    writes = Writes(store, DEMO_TICKETS, texts, refresh, received.take)
    return (*reads.endpoints(), *writes.endpoints(), *EventEndpoints(store).endpoints())


@asynccontextmanager
async def serving(file: Path, rate: Rate = FAST) -> AsyncIterator[Client]:
    store = await Store.open(file, BELARUS)
    async with aiohttp.ClientSession() as session:
        client = Client(store, session, "")
        access = server.Access(store, RateLimit(rate).wait, lambda: NOON)
        served = server.serve(("127.0.0.1", 0), access, endpoints(store, client), ("127.0.0.1",))
        async with served as port:
            client._root = f"http://127.0.0.1:{port}/api/v1"
            yield client
    await store.close()


def began(i: int, at: datetime = NOON) -> CallBegan:
    return CallBegan(f"c{i}", "ari", "611", NUMBER, 7, "en", "main", "v1", at)


async def test_who_may_ask_what(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("calls:read")
        status, found = await one.ask("GET", "/token", token)
        assert (status, found) == (200, {"name": "crm", "scopes": ["calls:read"], "expires": None})
        for wrong in (Secret(""), Secret("fl_x"), Secret("é")):
            status, found = await one.ask("GET", "/calls", wrong)
            assert status == 401
            assert "firstline tokens add" in found["detail"]
        status, found = await one.ask("GET", "/tickets", token)
        assert (status, found["title"]) == (403, "Forbidden")
        assert "tickets:read" in found["detail"]
        assert (await one.ask("GET", "/nowhere", token))[0] == 404
        assert (await one.ask("DELETE", "/calls", token))[0] == 405
        [noted] = await one.store.read(api_tokens.listed)
        assert noted.used == NOON
        await one.store.write(api_tokens.remove, "crm")
        assert (await one.ask("GET", "/calls", token))[0] == 401


async def test_a_token_expires(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = api_tokens.make()
        add = partial(
            api_tokens.add, token=token, name="old", scopes=(), by="me", at=NOON, expires=NOON
        )
        assert await one.store.write(add)
        assert not await one.store.write(add)
        assert (await one.ask("GET", "/token", token))[0] == 401


async def test_calls_come_page_by_page_and_no_new_one_moves_them(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("calls:read")
        await one.store.write(calls.add, [began(i) for i in range(5)])
        seen, path = [], "/calls?limit=2"
        while True:
            status, page = await one.ask("GET", path, token)
            assert status == 200
            seen += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            await one.store.write(calls.add, [began(9, NOON + timedelta(hours=1))])
            path = f"/calls?limit=2&cursor={page['next']}"
        assert seen == ["c4", "c3", "c2", "c1", "c0"]
        later = "/calls?since=2026-11-24T12:30:00Z&number=80%20(99)%20000-00-01"
        _, page = await one.ask("GET", later, token)
        assert [each["id"] for each in page["items"]] == ["c9"]
        for wrong in ("limit=0", "limit=x", "limt=1", "since=yesterday", "cursor=~", "cursor=Im4i"):
            status, found = await one.ask("GET", f"/calls?{wrong}", token)
            assert status == 400, wrong
            assert found["detail"].startswith("query: ")


async def test_a_call_has_its_steps_and_its_stays_in_queues(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("calls:read")
        step = StepTaken("c1", 1, NOON, "main", "menu", "hello", "1", "", "main", "1")
        ended = CallEnded("c1", NOON + timedelta(minutes=1), "bye", 16)
        await one.store.write(calls.add, [began(1), step, ended])
        at = micros(NOON)
        stay = Stay(
            channel="1.1", call="c1", queue="support", joined=at, answered=at + 5_000_000,
            left=at + 5_000_000, how="answered", agent="anna", wrap=1_500_000,
        )  # fmt: skip
        await one.store.write(queue_calls.put, [stay])
        status, found = await one.ask("GET", "/calls/c1", token)
        assert (status, found["call"]["ending"]) == (200, "bye")
        assert [each["key"] for each in found["steps"]] == ["1"]
        _, page = await one.ask("GET", "/queue-calls?queue=support", token)
        assert page["items"] == found["queue_calls"]
        [queued] = page["items"]
        assert (queued["answered"], queued["wrap_seconds"]) == ("2026-11-24T12:00:05Z", 1.5)
        assert (queued["ended"], page["next"]) == (None, None)
        assert (await one.ask("GET", "/calls/none", token))[0] == 404


async def test_the_queues_now(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        _, found = await one.ask("GET", "/queues", await one.token("queues:read"))
        [queue] = found["items"]
        assert found["current"] is True
        assert [each["number"] for each in queue["waiting"]] == [NUMBER]
        [member] = queue["members"]
        assert (member["agent"], member["state"], member["in_call"]) == ("anna", "in use", True)


async def test_a_ticket_is_opened_once_and_changed(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("tickets:read", "tickets:write")
        await one.store.write(subscribers.add, [ANNA])
        new = {"department": "technical", "text": "No picture", "number": "+375 99 000-00-01"}
        status, ticket = await one.ask("POST", "/tickets", token, new, Idempotency_Key="k1")
        assert (status, ticket["subscriber"], ticket["by"]) == (201, 7, "api:crm")
        assert ticket["number"] == NUMBER
        assert datetime.fromisoformat(ticket["due"]) > NOON
        _, again = await one.ask("POST", "/tickets", token, new, Idempotency_Key="k1")
        assert again == ticket
        _, other = await one.ask("POST", "/tickets", token, new)
        assert other["id"] != ticket["id"]
        place = f"/tickets/{ticket['id']}"
        status, changed = await one.ask("PATCH", place, token, {"state": "solved", "note": "ok"})
        assert (status, changed["state"], changed["owner"]) == (200, "solved", "")
        _, found = await one.ask("GET", place, token)
        assert found["history"][-1]["by"] == "api:crm"
        assert found["history"][-1]["what"] == {"state": "solved"}
        _, page = await one.ask("GET", "/tickets?state=open&department=technical", token)
        assert [each["id"] for each in page["items"]] == [other["id"]]
        assert one.refreshed == 4


WRONG: tuple[tuple[str, str, object, int, str], ...] = (
    ("POST", "/tickets", {"department": "moon", "text": "x"}, 422, "no department moon"),
    ("POST", "/tickets", {"department": "technical"}, 400, "missing required field `text`"),
    ("POST", "/tickets", {"department": "technical", "text": ""}, 400, "length >= 1"),
    ("POST", "/tickets", {"text": "x", "department": "x", "id": 1}, 400, "unknown field `id`"),
    ("PATCH", "/tickets/99", {"state": "solved"}, 404, "no ticket 99"),
    ("PATCH", "/tickets/x", {"state": "solved"}, 404, "no ticket x"),
    ("PATCH", "/tickets/1", {"state": "lost"}, 400, "Invalid enum value 'lost'"),
    ("POST", "/callbacks", {"number": "no"}, 422, "it is no number"),
    ("POST", "/texts/received", {"number": "no", "text": "5"}, 422, "it is no number"),
    ("POST", "/callbacks", {"number": NUMBER, "due": "2026-12-01T12:00"}, 400, "RFC3339"),
    ("POST", "/callbacks", {"number": NUMBER, "due": "9999-12-31T23:59:59-12:00"}, 422, "year"),
    ("PATCH", "/tickets/1", {"due": "0001-01-01T00:00:00+14:00"}, 422, "year"),
    ("POST", "/callbacks/4/done", None, 404, "no callback 4 is open"),
    ("POST", "/texts", {"number": NUMBER, "text": "x" * 1001}, 400, "length <= 1000"),
    ("POST", "/webhooks/none/replay", {}, 404, "no webhook none"),
)


async def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token(*SCOPES)
        for method, path, body, status, why in WRONG:
            got, found = await one.ask(method, path, token, body)
            assert (got, why in found["detail"]) == (status, True), (path, body, found)


async def test_a_subscriber_is_found_by_number_and_that_is_recorded(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("subscribers:read")
        await one.store.write(subscribers.add, [ANNA])
        status, found = await one.ask("GET", f"/subscribers/{NUMBER}", token)
        assert (status, found["subscriber"]["name"]) == (200, "Anna Ray")
        [view] = await one.store.read(views.recent)
        assert (view.agent, view.subscriber, view.what) == ("api:crm", 7, "api")
        assert (await one.ask("GET", "/subscribers/375990000099", token))[0] == 404


async def test_a_text_is_posted_once_and_a_secret_one_is_not_shown(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("texts:read", "texts:write")
        new = {"number": NUMBER, "text": "Your router is here"}
        status, sent = await one.ask("POST", "/texts", token, new, Idempotency_Key="k")
        assert (status, sent["state"]) == (202, "waiting")
        assert (await one.ask("POST", "/texts", token, new, Idempotency_Key="k"))[1] == sent
        foreign = {**new, "number": "48100000503"}  # as it is stored, in no range that is known
        assert (await one.ask("POST", "/texts", token, foreign))[1]["number"] == "48100000503"
        until = NOON + timedelta(hours=1)
        await one.store.write(outbox.post_secret, "s", NUMBER, "1234", "", NOON, until)
        _, found = await one.ask("GET", f"/texts?number={NUMBER}", token)
        assert [each["text"] for each in found["items"]] == ["", "Your router is here"]


async def test_events_are_read_on_and_sent_again(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("events:read", "events:write")
        await one.store.write(webhooks.subscribe, {"crm": ("call.began",)})
        await one.store.write(calls.add, [began(1), began(2)])
        _, found = await one.ask("GET", "/events?limit=1", token)
        [first] = found["items"]
        assert (first["event"], first["data"]["call"]) == ("call.began", "c1")
        _, found = await one.ask("GET", f"/events?after={first['seq']}", token)
        assert [each["data"]["call"] for each in found["items"]] == ["c2"]
        _, found = await one.ask("GET", "/webhooks", token)
        assert [(each["endpoint"], each["waiting"]) for each in found["items"]] == [("crm", 2)]
        since = {"since": "2026-11-24T00:00:00Z"}
        assert (await one.ask("POST", "/webhooks/crm/replay", token, since))[1] == {"events": 2}
        assert (await one.ask("POST", "/webhooks/crm/replay", token, {}))[1] == {"events": 0}


async def test_too_many_requests_of_a_token_wait(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db", Rate(2, 60)) as one:
        token, other = await one.token(), await one.token(name="other")
        asked = [await one.ask("GET", "/token", each) for each in (token, token, token, other)]
        assert [status for status, _ in asked] == [200, 200, 429, 200]


async def test_its_description_names_what_there_is(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        status, found = await one.ask("GET", "/openapi.json", Secret(""))
        assert (status, found) == (200, to_builtins(document(endpoints(one.store))))
        known = found["components"]["schemas"]
        text = json.encode(found).decode()
        used = {each.split('"')[0] for each in text.split("#/components/schemas/")[1:]}
        assert used == known.keys()
        ids = [each["operationId"] for path in found["paths"].values() for each in path.values()]
        assert len(set(ids)) == len(ids) == len(endpoints(one.store))
        scopes = {each.scope for each in endpoints(one.store)} - {""}
        assert scopes == SCOPES.keys()
        listed = found["paths"]["/api/v1/calls"]["get"]
        assert [each["name"] for each in listed["parameters"]] == [
            *("limit", "cursor", "since", "number"),
        ]
