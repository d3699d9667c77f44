"""The operations of docs/operations.md: checked, tested, and asked of a small local server."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec import Struct
from msgspec.structs import fields

from ari_app.demo.simulated import simulated_operator
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim.run import run_test
from ari_app.sim.script_reader import read
from ari_app.sim.simulation import bench
from ivr.annotations import spelled
from ivr.events import Answered
from ivr.http.declaration import SOURCES, Answer, HttpOperation, source_kind
from ivr.http.templates import FACTS
from ivr.values import Count, Day, Digits, Money, Rows, Text, Values, Word
from prompts import catalogue
from tests.docs.examples import loaded, written
from tests.docs.markdown import ROOT, code, fences, section, tables
from tests.operators import DEMO
from tests.selfcare.http_server import asked_of, http_operations

PAGE = ROOT / "docs" / "operations.md"
TEXT = PAGE.read_text("utf-8")
TODAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def menus(directory: Path) -> loading.Menus:
    """The flow and the operations of the examples, with their texts."""
    (directory / "prompts").mkdir()
    written(PAGE, directory)
    return loading.menus(directory, catalogue.shipped(DEMO), CATALOGUE)


def test_the_first_one_passes_the_check() -> None:
    files = [
        each.text for each in fences(section(TEXT, "The first one")) if each.language == "yaml"
    ]
    found = loaded({f"{number}.yaml": text for number, text in enumerate(files)})
    # Its prompts stand in a file of their own.
    assert {problem.rule for problem in found.problems} == {"unknown-prompt"}


async def test_the_tests_of_the_examples_pass(tmp_path: Path) -> None:
    found = menus(tmp_path)
    assert [str(one) for one in found.warnings if "operations/" in one.place.file] == []
    file = tmp_path / "home.test.yaml"
    tests = read(str(file), file.read_text(), found.book)
    assert not tests.problems
    on = bench(found.book, found.catalogue, simulated_operator())
    results = [await run_test(on, each) for each in tests.tests]
    assert [result.failure for result in results] == [None] * 3


class Case(Struct, frozen=True):
    """What an operation is given, what its back end answers, and what it makes of it."""

    operation: str
    inputs: Values
    status: int
    answer: object
    expected: Answered


CASES = (
    Case(
        "meter-reading", {"reading": Count(1234)}, 200,
        {"due": {"amount": "12.50", "currency": "EUR"}},
        Answered("ok", {"due": Money(Decimal("12.50"), "EUR")}),
    ),
    Case("meter-reading", {"reading": Count(1)}, 422, {"error": "lower than before"},
         Answered("too-low")),
    Case("meter-reading", {"reading": Count(1)}, 422, {"error": "other"},
         Answered("unavailable")),
    Case(
        "order-status", {"order": Digits("42")}, 200,
        {"state": "sent", "total": {"amount": 12.5, "currency": "USD"}, "due": "2026-12-01",
         "items": [{"title": "A <b>lamp</b>\u202e\u0007"}]},
        Answered("ok", {
            "state": Word("sent"), "total": Money(Decimal("12.5"), "USD"),
            "due": Day(date(2026, 12, 1), TODAY.date()), "title": Text("A lamp"),
        }),
    ),
    Case("order-status", {"order": Digits("43")}, 200, {"state": "eaten"}, Answered("unavailable")),
    Case("order-status", {"order": Digits("44")}, 404, None, Answered("no-such")),
    Case("outages-at", {"code": Digits("10001")}, 200, {"outages": []}, Answered("none")),
    Case("crm-note", {"what": Word("visit")}, 201, None, Answered("ok")),
)  # fmt: skip


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.operation}-{case.expected.outcome}"
)
async def test_the_examples_understand_their_back_ends(case: Case, tmp_path: Path) -> None:
    async def answering(request: web.Request) -> web.Response:  # noqa: ARG001 - of aiohttp
        if case.answer is None:
            return web.Response(status=case.status)
        return web.json_response(case.answer, status=case.status)

    async with served(tmp_path, answering) as run:
        assert await run(case.operation, case.inputs) == case.expected


async def test_what_the_examples_send(tmp_path: Path) -> None:
    seen: list[tuple[str, Mapping[str, str], str]] = []

    async def seeing(request: web.Request) -> web.Response:
        seen.append((f"{request.method} {request.path_qs}", request.headers, await request.text()))
        return web.json_response({"outages": [{"active": True, "text": "Cable", "until": 0}]})

    async with served(tmp_path, seeing) as run:
        await run("meter-reading", {"reading": Count(1234)})
        found = await run("outages-at", {"code": Digits("10001")})
        await run("crm-note", {"what": Word("visit")})
    assert isinstance(found.values["outages"], Rows)
    reading, outages, note = seen
    assert reading[0] == "POST /readings"
    assert reading[1]["Authorization"] == "Bearer secret of meters"
    assert reading[1]["Idempotency-Key"] == "call:meter-reading"
    assert reading[2] == '{"subscriber":"7","value":1234,"source":"phone"}'
    assert outages[0] == "GET /outages?post_code=10001&language=en"
    assert note[2] == "phone=375990000007&text=asked+by+phone+for%3A+visit&call=call"


@asynccontextmanager
async def served(
    directory: Path, answering: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> AsyncIterator[Callable[[str, Values], Awaitable[Answered]]]:
    """The operations of the page, whose back ends are one server here."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answering)
    async with TestServer(application) as server, http_operations(TODAY) as selfcare:
        found = menus(directory)
        for file in (directory / "operations").iterdir():
            here = f"http://127.0.0.1:{server.port}/"
            file.write_text(re.sub(r"https://[a-z.]+/(api/)?", here, file.read_text()))
        found = loading.menus(directory, catalogue.shipped(DEMO), CATALOGUE)

        async def run(name: str, inputs: Values) -> Answered:
            asker = asked_of("call")
            return await selfcare.run(name, inputs, asker, f"call:{name}", found.book.operations)

        yield run


def test_every_key_is_described_with_its_default() -> None:
    whole, answer = tables(section(TEXT, "All keys"))
    for table, shape in ((whole, HttpOperation), (answer, Answer)):
        known = {spelled(field): field for field in fields(shape) if field.name != "file"}
        assert [code(row[0])[0] for row in table] == list(known)
        for key, default, meaning in table:
            field = known[code(key)[0]]
            needed = field.required
            assert (default == "needed") == needed, key
            assert meaning.endswith(".")


def test_every_kind_of_value_and_every_fact_is_described() -> None:
    [table] = tables(section(TEXT, "What is made of the answer"))
    assert [code(row[0])[0] for row in table] == [source_kind(each) for each in SOURCES]
    [table] = tables(section(TEXT, "What is sent"))
    described = {code(row[0])[0].strip("{}") for row in table}
    assert described == {"number", "secret:parcels", *FACTS}
