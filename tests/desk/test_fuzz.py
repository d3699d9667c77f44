"""The desk against hostile browsers: every message and every request is answered, and no more."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import pytest
from msgspec import Struct

from ari_app.desk import messages as m
from ari_app.desk.admin import administration as admin
from ari_app.desk.commands.browsing import RATES, What
from ari_app.desk.web import http_security, websocket
from ari_app.rate_limit import Rate
from ari_app.selfcare.operations import CATALOGUE
from tests.deadlines import within
from tests.desk.fakes import NOW, FakeProfiles
from tests.desk.harness import AgentTab, DeskHarness, board, caller
from tests.desk.http_client import HttpClient, RunningDesk
from tests.fuzz import INJECTED, MARKUP, TEXTS, Page, mutated, rounds

CARD = "0123456789abcdef"
FREE = Rate(burst=1_000_000, each=0.000001)

MESSAGES = (
    {"type": "save", "card": CARD, "field": "question", "key": "t:1", "text": "x"},
    {"type": "state", "ready": False, "reason": "lunch"},
    {"type": "finish", "card": CARD, "key": "t:1"},
    {"type": "verify", "card": CARD, "key": "t:1", "word": "ветер"},
    {"type": "search", "key": "t:1", "text": "0001"},
    {"type": "view", "key": "t:1", "subscriber": 1, "text": "", "why": ""},
    {"type": "form", "card": CARD, "key": "t:1", "form": "note", "values": {"text": "x"}},
    {"type": "supervise", "key": "t:1", "agent": "anna", "how": "listen"},
    {"type": "tickets", "key": "t:1"},
    {"type": "tasks", "key": "t:1"},
    {"type": "task-add", "key": "t:1", "text": "x", "due": "2026-11-25T10:00", "owner": "anna"},
    {"type": "task", "key": "t:1", "id": 1, "do": "give", "to": "boris"},
    {"type": "ticket", "key": "t:1", "id": 7, "to": "working", "note": "x"},
)
FORMS = {
    "operation": {"operation": "balance"},
    "operation-submit": {"operation": "tariff-change", "in-code": "plus", "reason": "r"},
    "operation-confirm": {"operation": "redeem", "in-price": "5", "action": "a", "reason": "r"},
    "ticket": {"department": "care", "text": "x", "due": "2026-11-25T10:00"},
    "task": {"text": "x", "due": "2026-11-25T10:00", "owner": "boris"},
    "call-back": {"due": "2026-11-25T10:00", "text": "x"},
    "transfer": {"to": "number", "number": "702"},
    "unlock": {"reason": "r"},
}


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at here is not how much may come."""
    monkeypatch.setattr(websocket, "PACE", FREE)
    monkeypatch.setattr(http_security, "REQUESTS", FREE)
    for what in RATES:
        monkeypatch.setitem(RATES, what, FREE)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


async def test_every_message_is_answered_and_the_tab_stays(
    server: RunningDesk, anna: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    server.harness.update(board(talking={"PJSIP/701": caller()}))
    card = server.harness.card("anna")
    sent = 0
    async with anna.websocket() as tab:
        for sent, chance in enumerate(rounds(400), 1):
            known = {**chance.choice(MESSAGES), "key": f"f:{sent}"}
            if "card" in known and chance.random() < 0.7:
                known["card"] = card.id
            if known["type"] == "form":
                form = chance.choice([*FORMS])
                values = {**FORMS[form], chance.choice([*FORMS[form]]): chance.choice(TEXTS)}
                known |= {"form": form, "values": values}
            plain = known["type"] == "form" and chance.random() < 0.7
            text = json.dumps(known) if plain else mutated(chance, known)
            await tab.send_str(text.encode("utf-8", "replace").decode())
        await tab.send_str('{"type":"tickets","key":"last"}')
        answered = 0
        async with within(60):
            while (message := await tab.receive_json()).get("key") != "last":
                answered += message["type"] == "answer"
    await server.harness.settled()
    assert answered > sent // 2, "all but typing and states"
    assert errors(caplog) == []


def requests(number: int) -> Iterator[bytes]:
    """Requests that no browser sends."""
    paths = ("/", "/admin", "/sign-in", "/sign-out", "/wire", "/language/ru", "/admin/flows/x.svg")
    bad = [text for text in TEXTS if len(text) < 1000]
    for chance in rounds(number):
        hostile = chance.choice(bad).encode("utf-8", "replace").decode()
        path = chance.choice(paths)
        match chance.randrange(5):
            case 0:
                path = f"/static/{hostile}"
            case 1:
                path = f"{path}?{hostile}"
            case 2:
                path = f"/language/{hostile}"
            case 3:
                path = f"/admin/flows/{hostile}.svg"
        target = chance.choice((quote(path, safe="/%?"), path.replace("\r\n", "%0d%0a")))
        method = chance.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "X"))
        header = chance.choice(("Cookie", "Content-Type", "X-CSRF", "Referer", "Accept-Language"))
        field, fields = chance.choice(("what", "id", "until", "name")), {"what": "announce"}
        body = urlencode({**fields, field: hostile, "csrf": "x"}).encode()
        clean = hostile.replace("\r", " ").replace("\n", " ").replace("\0", " ")
        yield b"\r\n".join(
            [
                f"{method} {target} HTTP/1.1".encode("utf-8", "replace"),
                b"Host: %s",
                b"Origin: http://%s" if chance.random() < 0.7 else b"Origin: http://evil.example",
                f"{header}: {clean}".encode("utf-8", "replace"),
                *([b"Cookie: firstline-0=%c"] if chance.random() < 0.5 else []),
                b"Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}".encode(),
                b"Connection: close",
                b"",
                body,
            ]
        )


async def test_no_request_breaks_the_server_or_gets_what_is_not_its(
    server: RunningDesk, anna: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    """No file from elsewhere, no header of the request in the answer, no change without a token."""
    server.accounts.set_role("anna", "admin")
    host, statuses = f"127.0.0.1:{server.port}".encode(), []
    for request in requests(250):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request.replace(b"%s", host).replace(b"%c", anna.cookie.encode()))
        async with within(10):
            head = await reader.readuntil(b"\r\n\r\n")
            page = await reader.read(100_000) if b"Upgrade" not in head else b""
        writer.close()
        statuses.append(int(head.split()[1]))
        assert INJECTED.encode() not in head, request
        assert b"root:" not in page, request
        if b"text/html" in head:
            assert not Page(page.decode(errors="replace")).found, request
    assert set(statuses) <= {200, 303, 400, 403, 404, 405, 413, 415, 421, 429}, sorted({*statuses})
    assert server.administration.changed == []
    assert errors(caplog) == []


async def test_every_request_that_changes_something_needs_origin_and_token(
    server: RunningDesk, anna: HttpClient
) -> None:
    server.accounts.set_role("anna", "admin")
    form = {"what": "reload"}
    for path in ("/admin", "/sign-out"):
        token = await anna.token()
        for sent, headers in (
            (form, {}),
            ({**form, "csrf": "x"}, {}),
            ({**form, "csrf": token}, {"Origin": "http://evil.example"}),
            ({**form, "csrf": token}, {"Origin": "null"}),
        ):
            assert (await anna.post(path, sent, **headers)).status == 403
    assert server.administration.changed == []
    assert (await anna.post("/admin", {**form, "csrf": token})).status == 303
    assert len(server.administration.changed) == 1


# Text of others in pages.


def poisoned(found: Any) -> Any:
    """The same value with markup in every text of it."""
    if isinstance(found, Struct):
        fields = {name: getattr(found, name) for name in found.__struct_fields__}
        kept = (
            "zone",
            "language",
            "currency",
            "identity",
            "state",
            "undelivered",
            "role",
            "how",
            "outcome",
            "department",
            "topic",
        )
        changed = {k: v if k in kept or k in ("call",) else poisoned(v) for k, v in fields.items()}
        return msgspec.structs.replace(found, **changed)
    if isinstance(found, str):
        return f"{found}{MARKUP}" if found else found
    if isinstance(found, dict):
        return {key: poisoned(each) for key, each in found.items()}
    if isinstance(found, list | tuple):
        return type(found)(poisoned(each) for each in found)
    return found


class PoisonedProfiles(FakeProfiles):
    """All that is known of callers, with markup in it."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in ("subscriber", "account", "path", "history", "tickets", "notes", "search"):

            async def asked(*args: Any) -> Any:
                return poisoned(await found(*args))

            return asked
        return found


async def test_markup_in_any_field_stays_text() -> None:
    """Callers, colleagues, tickets, administrators' pages: all of them."""
    harness = DeskHarness()
    profiles = PoisonedProfiles()
    for part in (harness.desk.commands._do.search, harness.cards):
        part._profiles = profiles
    details = harness.desk.commands._do.cards._details
    details._profiles = profiles
    tab = AgentTab(harness, "anna", supervisor=True)
    who = caller(name=MARKUP)
    with harness.tabs.opened(tab.tab):
        harness.update(board(talking={"PJSIP/701": who}))
        await harness.settled()
        card = harness.card("anna").id
        await tab.sends(m.Save(card, "question", "t:1", MARKUP))
        await tab.sends(m.Search("t:2", "0001"))
        await tab.sends(m.ViewSubscriber("t:3", 1, MARKUP[:90]))
        await tab.sends(m.Ticket("t:4", 7, "working", MARKUP))
        await tab.sends(m.Tickets("t:5"))
        for number, name in enumerate(CATALOGUE):
            await tab.sends(m.Form(card, f"o:{number}", "operation", {"operation": name}))
        await harness.settled()
        hello = await harness.desk.snapshot.of(tab.tab)
        html = [getattr(one, "html", "") for one in tab.received()]
        html += [*hello.cards, hello.queues, hello.state]
    assert sum("&lt;img src=x" in each for each in html) >= 6
    assert [Page(each).found for each in html if Page(each).found] == []


def test_markup_in_the_administrators_page_stays_text() -> None:
    at: datetime = NOW
    overview = admin.Overview(
        schedules=[admin.ScheduleRow("claims", True, at, "anna", "drill")],
        announcements=[admin.AnnouncementRow(1, "Minsk", "fire", at, "anna", 1, 1)],
        callbacks=[admin.CallbackRow(1, at, "375", at, "anna")],
        complaints=[admin.ComplaintRow(1, at, "375", 3.0, at)],
        agents=[admin.AgentRow("anna", "Anna", "701", "agent", True, ("support",))],
        changes=[admin.ChangeRow(at, "anna", "hours free", "claims", "x")],
        menus=[admin.MenuSetRow(1, at, "reload", "anna", ("changed",))],
        areas=("Minsk",),
        languages=("ru", "en"),
        queues=("support",),
        flows=("611",),
    )
    render = DeskHarness().desk.render
    from ari_app.desk.admin.change_words import changed
    from ari_app.desk.web.accounts import User

    kept = poisoned(overview)
    kept = msgspec.structs.replace(kept, languages=("ru", "en"))
    page = render.page(
        "admin",
        "en",
        user=User("anna", MARKUP, "admin"),
        csrf="x",
        now=kept,
        outcome=admin.Outcome([], [MARKUP]),
        failed=True,
        preview=admin.Preview([MARKUP], [MARKUP]),
        changed=lambda one: changed(one, "en"),
    )
    assert page.count("&lt;img src=x") >= 10
    assert Page(page).found == []


def test_the_limits_are_those_that_are_documented() -> None:
    names: set[What] = {"records", "records with a reason", "searches", "tickets"}
    assert set(RATES) == names
