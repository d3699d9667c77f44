"""The pages of operations: a form, what it would cost, the yes, and what became of it.

What costs is run for a token that only the page which showed it whole has; the same token again is
the same order, and shows the same page.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from types import MappingProxyType

from aiohttp import web

from ari_app.cabinet.code_word_page import CODE_WORD
from ari_app.cabinet.context import Context, html, visit_of
from ari_app.cabinet.form import Field, Forms, has_effect
from ari_app.cabinet.offered import for_subscribers, named
from ari_app.cabinet.security import ROOT
from ari_app.cabinet.visits import Confirmation, Visit
from ari_app.pages import operations
from ari_app.pages.comparison import Comparison
from ari_app.pages.csv_files import csv_file
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import GOOD, QUOTE, InvalidField
from ari_app.pages.requests import form_fields, redirect
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Day, Moment, Money, Rows, Value, Values

PATH = f"{ROOT}/operations"
DONE = f"{ROOT}/done"

NOTHING: Mapping[str, str] = MappingProxyType({})

SUMMARY = ("balance", "tariff", "allowance", "points")
"""The operations whose answers stand on the first page."""


class OperationPages:
    """The handlers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ports = context.ports
        site = context.render.site

        def topics(language: str) -> list[tuple[str, str]]:
            label = site.tickets.topic_label
            return [(name, label(name, language) or name) for name in site.tickets.topics]

        self._own = site.currency
        self._comparison = Comparison(site.numbers, site.currency)
        self._forms = Forms(topics, context.render.word, site.currency, site.zone)

    def routes(self) -> Iterator[web.RouteDef]:
        """The routes."""
        yield web.get(ROOT, self.home)
        yield web.get(f"{PATH}/{{operation}}", self.open)
        yield web.post(f"{PATH}/{{operation}}", self.submit)
        yield web.get(f"{PATH}/{{operation}}/yes/{{token}}", self.to_agree)
        yield web.post(f"{PATH}/{{operation}}/yes", self.agree)
        yield web.get(f"{PATH}/{{operation}}/{{list}}.csv", self.table)
        yield web.get(f"{DONE}/{{token}}", self.done)

    async def home(self, request: web.Request) -> web.Response:
        """The account at a glance, and everything that can be done."""
        self._context.admit_read(request)
        catalogue = self._ports.operations.catalogue
        first = [catalogue[name] for name in SUMMARY if name in catalogue]
        shown = [(one, self._lines(request, await self._ask(request, one.name))) for one in first]
        groups = for_subscribers(catalogue)
        return self._context.page(request, "home", summary=shown, groups=groups)

    async def open(self, request: web.Request) -> web.Response:
        """The form of an operation; one that only answers, and asks for nothing, is run."""
        operation = self._operation(request)
        if not operations.identified_enough(operation, visit_of(request).identity):
            return redirect(f"{CODE_WORD}?next={operation.name}")
        self._context.admit_read(request)
        if not has_effect(operation) and not operation.inputs:
            return self._answered(request, operation, await self._run(request, operation, {}))
        return await self._form(request, operation)

    async def submit(self, request: web.Request) -> web.Response:
        """Run an operation; what costs is quoted first, and asked about."""
        operation, visit = self._operation(request), visit_of(request)
        if not operations.identified_enough(operation, visit.identity):
            return redirect(f"{CODE_WORD}?next={operation.name}")
        given = await form_fields(request)
        token = given.get("token", "")
        if token in visit.results:
            return redirect(f"{DONE}/{token}")
        self._context.admit_read(request)
        fields = await self._fields(request, operation)
        try:
            inputs = self._forms.inputs(fields, given, operation, self._ports.now())
        except InvalidField as invalid:
            field = self._context.word(request, f"value-{invalid}")
            error = self._context.word(request, "fill-in", field=field)
            return await self._form(request, operation, 400, error, given)
        if operation.costs:
            return await self._quote(request, operation, inputs, fields, given)
        if not has_effect(operation):
            return self._answered(request, operation, await self._run(request, operation, inputs))
        if token not in visit.asked or visit.asked[token].operation != operation.name:
            error = self._context.word(request, "again")
            return await self._form(request, operation, 409, error, given)
        return await self._run_idempotent(request, token, operation, inputs)

    async def to_agree(self, request: web.Request) -> web.Response:
        """Show what is about to be done, whole, and ask for the yes; or what became of it."""
        operation, visit = self._operation(request), visit_of(request)
        token = request.match_info["token"]
        if token in visit.results:
            return redirect(f"{DONE}/{token}")
        asked = visit.asked.get(token)
        if asked is None or asked.operation != operation.name or not asked.lines:
            return redirect(f"{PATH}/{operation.name}")
        visit.presented.add(token)
        return self._context.page(
            request, "confirm", operation=operation, lines=asked.lines, token=token
        )

    async def agree(self, request: web.Request) -> web.Response:
        """Run what was shown and agreed to, once."""
        operation, visit = self._operation(request), visit_of(request)
        token = (await form_fields(request)).get("token", "")
        if token in visit.results:
            return redirect(f"{DONE}/{token}")
        shown = visit.asked.get(token) if token in visit.presented else None
        if shown is None or shown.operation != operation.name:
            return await self._form(request, operation, 409, self._context.word(request, "again"))
        if not operations.identified_enough(operation, visit.identity):
            return redirect(f"{CODE_WORD}?next={operation.name}")
        return await self._run_idempotent(request, token, operation, shown.inputs)

    async def done(self, request: web.Request) -> web.Response:
        """What became of something, also after a reload."""
        page = visit_of(request).results.get(request.match_info["token"])
        return redirect(ROOT) if page is None else html(page)

    async def table(self, request: web.Request) -> web.Response:
        """A list that an operation answers, as CSV."""
        operation, name = self._operation(request), request.match_info["list"]
        visit = visit_of(request)
        enough = operations.identified_enough(operation, visit.identity)
        if not enough or has_effect(operation) or operation.inputs or name not in operation.rows:
            raise web.HTTPNotFound
        self._context.admit_read(request)
        rows = (await self._ask(request, operation.name)).values.get(name)
        found = rows.rows if isinstance(rows, Rows) else ()
        columns = list(found[0]) if found else []
        language = self._context.language(request)
        head = [self._context.word(request, f"value-{column}") for column in columns]
        cells = [[_cell(row[each], language) for each in columns] for row in found]
        return csv_file(f"{name}.csv", [head, *cells])

    async def _run_idempotent(
        self, request: web.Request, token: str, operation: Operation, inputs: Values
    ) -> web.Response:
        """Run an operation once for its token, and lead to what became of it."""
        visit = visit_of(request)
        if not operation.costs:
            self._context.admit(request)

        async def act() -> ActionResult:
            answered = await self._run(request, operation, inputs, token)
            page = self._answered(request, operation, answered)
            visit.done(token, page.text or "")
            return ActionResult(True)

        await visit.actions.run(token, act)
        return redirect(f"{DONE}/{token}")

    async def _quote(
        self,
        request: web.Request,
        operation: Operation,
        inputs: Values,
        fields: list[Field],
        given: Mapping[str, str],
    ) -> web.Response:
        """Have it shown what is about to be done, and for how much."""
        asker = self._context.asker(request)
        key = f"{visit_of(request).id}:ask"
        quoted = await self._ports.operations.run(operation.name + QUOTE, inputs, asker, key)
        if quoted.outcome != "ok":
            return self._answered(request, operation, quoted)
        name = operation.charge
        lines = await self._comparison.lines(
            partial(self._ask, request),
            operation,
            inputs,
            _labels(fields, given),
            quoted.values,
            self._context.language(request),
        )
        agreed = {**inputs, name: quoted.values[name]}
        token = visit_of(request).ask(Confirmation(operation.name, agreed, lines))
        return redirect(f"{PATH}/{operation.name}/yes/{token}")

    async def _fields(self, request: web.Request, operation: Operation) -> list[Field]:
        async def ask(name: str) -> Answered:
            return await self._ask(request, name)

        return await self._forms.fields(operation, ask, self._context.language(request))

    async def _form(
        self,
        request: web.Request,
        operation: Operation,
        status: int = 200,
        error: str = "",
        given: Mapping[str, str] = NOTHING,
    ) -> web.Response:
        """The form, with what was ``given`` before, but secrets."""
        fields = await self._fields(request, operation)
        token = visit_of(request).ask(Confirmation(operation.name, {}))
        values = {"operation": operation, "fields": fields, "token": token, "error": error}
        kept = [one.name for one in fields if one.kind != "secret"]
        values["given"] = {name: given.get(name, "")[: operations.LONGEST] for name in kept}
        return self._context.page(
            request, "operation", status, effect=has_effect(operation), **values
        )

    def _answered(
        self, request: web.Request, operation: Operation, answered: Answered
    ) -> web.Response:
        """The page of an answer."""
        says = has_effect(operation) or answered.outcome not in ("ok", "some")
        text = self._context.word(request, f"outcome-{answered.outcome}") if says else ""
        lists = () if operation.inputs or has_effect(operation) else tuple(operation.rows)
        return self._context.page(
            request,
            "result",
            operation=operation,
            text=text,
            good=answered.outcome in GOOD or not has_effect(operation),
            lines=self._lines(request, answered),
            lists=lists,
        )

    def _lines(self, request: web.Request, answered: Answered) -> list[operations.Line]:
        language = self._context.language(request)
        return list(operations.lines(answered.values, language, self._own))

    async def _ask(self, request: web.Request, name: str) -> Answered:
        """Run an operation without inputs that only answers."""
        key = f"{visit_of(request).id}:ask"
        return await self._ports.operations.run(name, {}, self._context.asker(request), key)

    async def _run(
        self, request: web.Request, operation: Operation, inputs: Values, token: str = "ask"
    ) -> Answered:
        """Run an operation, and record it; what only answers once a visit, however often read."""
        visit: Visit = visit_of(request)
        asker, key = self._context.asker(request), f"{visit.id}:{token}"
        answered = await self._ports.operations.run(operation.name, inputs, asker, key)
        read = (operation.name, answered.outcome)
        if has_effect(operation) or read not in visit.read:
            visit.read.add(read)
            self._ports.journal.did(visit, *read)
        return answered

    def _operation(self, request: web.Request) -> Operation:
        found = named(self._ports.operations.catalogue, request.match_info["operation"])
        if found is None:
            raise web.HTTPNotFound
        return found


def _labels(fields: Sequence[Field], given: Mapping[str, str]) -> Mapping[str, str]:
    """What inputs that were chosen from a list are called there; a date as it is read."""
    labels = {}
    for field in fields:
        text = given.get(field.name, "").strip()
        if field.kind == "day":
            labels[field.name] = f"{date.fromisoformat(text):%d.%m.%Y}"
        elif text in (choices := dict(field.choices or ())):
            labels[field.name] = choices[text]
    return labels


def _cell(value: Value, language: str) -> str:
    """A value as spreadsheets take it: amounts without a currency, days as ISO 8601 has them."""
    match value:
        case Money(amount=amount):
            return str(amount)
        case Moment(at=at):
            return f"{at:%Y-%m-%d %H:%M}"
        case Day(day=day):
            return day.isoformat()
    return str(operations.shown(value, language, ""))
