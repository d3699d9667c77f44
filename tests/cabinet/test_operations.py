"""The pages of operations: forms, prices, the yes, and that all is done once."""

import asyncio
import csv
import io

import pytest

from ari_app.cabinet import offered, server
from ari_app.cabinet.words import languages, words
from ari_app.pages.operations import QUOTE
from ari_app.rate_limit import Rate
from ari_app.selfcare.operations import CATALOGUE
from ari_app.selfcare.requests import REQUESTS
from ivr.events import Answered
from ivr.values import Count, Digits, Moment, Sealed, Text, Word
from tests.ari.facts import until
from tests.cabinet.harness import Browser, Harness, running
from tests.desk.test_own_operations import NOTE, own

OWN = NOTE.replace("method:", "cabinet: yes\nmethod:").replace("often: count ", "often: count ")


def test_every_operation_is_offered_or_is_elsewhere() -> None:
    listed = [name for names in offered.GROUPS.values() for name in names]
    assert len(listed) == len(set(listed))
    quotes = {name for name in CATALOGUE if name.endswith(QUOTE)}
    assert {*listed, *offered.ELSEWHERE} | quotes == CATALOGUE.keys()
    assert not set(listed) & offered.ELSEWHERE.keys()


def test_all_texts_exist_in_all_languages() -> None:
    needed = {f"group-{heading}" for heading in (*offered.GROUPS, offered.OWN)}
    for operation in CATALOGUE.values():
        if offered.named(CATALOGUE, operation.name):
            needed |= {f"operation-{operation.name}"}
            needed |= {f"value-{name}" for name in operation.inputs if name != operation.charge}
            needed |= {f"outcome-{outcome}" for outcome in operation.outcomes}
    assert sorted(needed - words().keys()) == []
    assert [name for name, said in words().items() if set(said) != set(languages())] == []


async def test_the_first_page_shows_the_account(alesya: Browser) -> None:
    for what in ("Balance 12.50 BYN", "Tariff Home", "Change the tariff", "Code word and PIN"):
        assert what in alesya.text


async def test_every_operation_opens(alesya: Browser) -> None:
    await alesya.prove()
    for group in offered.for_subscribers(CATALOGUE).values():
        for one in group:
            answer = await alesya.get(f"/my/operations/{one.name}")
            assert (answer.status, alesya.path) == (200, f"/my/operations/{one.name}")


async def test_charges_are_a_table_and_a_file(alesya: Browser) -> None:
    await alesya.get("/my/operations/charges")
    assert "When For what How much" in alesya.text
    answer = await alesya.get("/my/operations/charges/charges.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = csv.reader(io.StringIO(alesya.page.removeprefix("\ufeff")))
    assert head == ["When", "For what", "How much"]
    assert rows
    assert all(float(amount) > 0 for *_, amount in rows)


@pytest.mark.parametrize("path", [
    "no-such", "situation", "code-word-of", "tariff-change-quote", "charges/no-such.csv",
    "balance/balance.csv", "roaming/roaming.csv",
])  # fmt: skip
async def test_what_has_no_page_is_not_there(alesya: Browser, path: str) -> None:
    assert (await alesya.get(f"/my/operations/{path}")).status == 404


async def _priced(browser: Browser, code: str = "4") -> str:
    """Come to the page that shows what a tariff costs; returns its token."""
    await browser.prove()
    await browser.get("/my/operations/tariff-change")
    await browser.post("/my/operations/tariff-change", code=code)
    assert "Will be charged 5.00 BYN" in browser.text
    assert "Tariff Home → Care Monthly fee 15.00 BYN → 6.01 BYN" in browser.text
    assert "Total per month 22.50 BYN → 13.51 BYN" in browser.text
    return browser.hidden("/my/operations/tariff-change/yes")["token"]


async def test_what_costs_needs_the_code_word(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/operations/tariff-change")
    assert alesya.path == "/my/code-word"
    for path in ("", "/yes"):
        await alesya.post(f"/my/operations/tariff-change{path}", csrf=_csrf(alesya), code="4")
    assert here.operations.costly == []


def _csrf(browser: Browser) -> str:
    return browser.page.partition('name="csrf" value="')[2].partition('"')[0]


async def test_a_double_click_orders_once(alesya: Browser, here: Harness) -> None:
    token = await _priced(alesya)
    assert here.operations.costly == []
    here.operations.slow.clear()
    path, form = "/my/operations/tariff-change/yes", {"csrf": _csrf(alesya), "token": token}
    clicks = [asyncio.create_task(alesya.post(path, form, follow=False)) for _ in range(3)]
    await until(lambda: [one for one, *_ in here.operations.asked][-1] == "tariff-change")
    here.operations.slow.set()
    answers = await asyncio.gather(*clicks)
    assert {one.headers["Location"] for one in answers} == {f"/my/done/{token}"}
    await alesya.get(f"/my/done/{token}")
    assert "Done." in alesya.text
    again = await alesya.post(path, form, follow=False)
    assert again.headers["Location"] == f"/my/done/{token}"
    assert here.operations.costly == ["tariff-change"]
    [(_, key)] = [one for one in here.operations.ran if one[0] == "tariff-change"]
    assert key.endswith(f":{token}")
    assert here.journal.lines[-1] == "tariff-change: ok"


async def test_an_order_goes_on_when_the_browser_is_gone(here: Harness) -> None:
    async with here.client() as browser:
        await browser.sign_in()
        token = await _priced(browser)
        here.operations.slow.clear()
        lost = asyncio.create_task(browser.post("/my/operations/tariff-change/yes"))
        await until(lambda: here.operations.asked[-1][0] == "tariff-change")
        lost.cancel()
        await asyncio.gather(lost, return_exceptions=True)
        here.operations.slow.set()
        await until(lambda: here.journal.lines[-1] == "tariff-change: ok")
        await browser.get(f"/my/done/{token}")
        assert "Done." in browser.text
    assert here.operations.costly == ["tariff-change"]


async def test_a_yes_without_its_page_orders_nothing(alesya: Browser, here: Harness) -> None:
    await _priced(alesya)
    csrf = _csrf(alesya)
    await alesya.get("/my/operations/resume")
    of_form = alesya.hidden("/my/operations/resume")["token"]
    await _priced(alesya)
    of_tariff = alesya.hidden("/my/operations/tariff-change/yes")["token"]
    for name, token in (
        ("tariff-change", "made-up"),
        ("tariff-change", ""),
        ("resume", of_form),
        ("service-on", of_tariff),
    ):
        answer = await alesya.post(f"/my/operations/{name}/yes", csrf=csrf, token=token)
        assert answer.status == 409
        assert "nothing was done" in alesya.text
    assert here.operations.costly == []


async def test_a_yes_before_its_page_was_sent_orders_nothing(
    alesya: Browser, here: Harness
) -> None:
    await alesya.prove()
    await alesya.get("/my/operations/tariff-change")
    csrf = _csrf(alesya)
    answer = await alesya.post("/my/operations/tariff-change", follow=False, code="4")
    token = answer.headers["Location"].rpartition("/")[2]
    answer = await alesya.post("/my/operations/tariff-change/yes", csrf=csrf, token=token)
    assert answer.status == 409
    assert here.operations.costly == []


async def test_the_page_of_a_yes_can_be_loaded_again(alesya: Browser, here: Harness) -> None:
    token = await _priced(alesya)
    await alesya.get(f"/my/operations/tariff-change/yes/{token}")
    await alesya.post("/my/operations/tariff-change/yes")
    await alesya.get(f"/my/operations/tariff-change/yes/{token}")
    assert "Done." in alesya.text, "what became of it"
    await alesya.get("/my/operations/resume/yes/made-up")
    assert alesya.path == "/my/operations/resume"
    assert here.operations.costly == ["tariff-change"]


async def test_the_price_that_was_shown_counts(alesya: Browser, here: Harness) -> None:
    token = await _priced(alesya)
    await alesya.post("/my/operations/tariff-change/yes", charge="0", code="1", token=token)
    [inputs] = [given for name, given, _ in here.operations.asked if name == "tariff-change"]
    assert inputs["code"] == Digits("4")
    assert str(inputs["charge"]).count("5.00")


async def test_what_cannot_be_is_said_before_the_yes(alesya: Browser, here: Harness) -> None:
    await alesya.prove()
    here.operations.answers["tariff-change-quote"] = Answered("too-little")
    await alesya.get("/my/operations/tariff-change")
    await alesya.post("/my/operations/tariff-change", code="4")
    assert "Insufficient funds." in alesya.text
    assert "Yes, do it" not in alesya.text


async def test_wrong_fields_are_named(alesya: Browser, here: Harness) -> None:
    await alesya.prove()
    for name, fields, shown in (
        ("tariff-change", {"code": "77"}, "Fill in: Which"),
        ("gift", {"recipient": "x", "unit": "minutes", "amount": "1"}, "To whom"),
        ("gift", {"recipient": "375990000002", "unit": "cows", "amount": "1"}, "Fill in: What"),
        ("pause", {"since": "2020-01-01", "months": "1"}, "From which day"),
        ("call-back-at", {"due": "2020-01-01T10:00", "topic": "general"}, "By when"),
    ):
        await alesya.get(f"/my/operations/{name}")
        assert (await alesya.post(f"/my/operations/{name}", fields)).status == 400
        assert shown in alesya.text, alesya.text
    assert here.operations.costly == []


async def test_a_gift_shows_to_whom(alesya: Browser, here: Harness) -> None:
    await alesya.prove()
    await alesya.get("/my/operations/gift")
    given = {"recipient": "+375 99 000-00-02", "unit": "minutes", "amount": "10"}
    await alesya.post("/my/operations/gift", given)
    for what in ("+375 99 000-00-02", "What Minutes", "How much 10", "Will be charged"):
        assert what in alesya.text
    await alesya.post("/my/operations/gift/yes")
    assert here.operations.costly == ["gift"]


async def test_a_voucher_is_never_shown_again(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/operations/top-up")
    assert 'type="password"' in alesya.page
    here.operations.answers["top-up-quote"] = Answered("ok", {"charge": here_is_nothing()})
    await alesya.post("/my/operations/top-up", voucher="1234 5678")
    assert "12345678" not in alesya.page.replace(" ", "")
    here.operations.answers["top-up"] = Answered("ok", {"order": Digits("9")})
    await alesya.post("/my/operations/top-up/yes")
    [inputs] = [given for name, given, _ in here.operations.asked if name == "top-up"]
    assert isinstance(inputs["voucher"], Sealed)
    assert "12345678" not in alesya.page.replace(" ", "")


def here_is_nothing() -> Count:
    return Count(0)


async def test_a_call_back_at_a_time_is_asked_for_once(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/operations/call-back-at")
    form = alesya.hidden("/my/operations/call-back-at")
    given = {**form, "due": "2026-11-24T14:30", "topic": "general"}
    for _ in range(2):
        await alesya.post("/my/operations/call-back-at", given)
        assert "Done." in alesya.text
    [inputs] = [given for name, given, _ in here.operations.asked if name == "call-back-at"]
    assert isinstance(due := inputs["due"], Moment)
    assert due.at.isoformat() == "2026-11-24T14:30:00+03:00"
    assert inputs["topic"] == Word("general")


async def test_what_is_done_too_often_is_refused(alesya: Browser, here: Harness) -> None:
    for _ in range(30):
        await alesya.get("/my/operations/apn-settings")
        answer = await alesya.post("/my/operations/apn-settings", follow=False)
    assert answer.status == 429
    assert 0 < len([one for one in here.operations.ran if one[0] == "apn-settings"]) < 30


async def test_an_own_operation_has_a_page_if_its_file_says_so(
    alesya: Browser, here: Harness
) -> None:
    here.operations.catalogue = {**CATALOGUE, **own(NOTE)}
    assert (await alesya.get("/my/operations/crm-note")).status == 404
    here.operations.catalogue = {**CATALOGUE, **own(OWN)}
    await alesya.get("/my")
    assert "More Note in the CRM" in alesya.text
    await alesya.get("/my/operations/crm-note")
    here.operations.answers["crm-note"] = Answered("ok", {"said": Text("<i>thanks</i>")})
    given = {"what": "a leak", "sort": "visit", "often": "2"}
    await alesya.post("/my/operations/crm-note", given)
    assert "&lt;i&gt;thanks" in alesya.page
    assert [name for name, _ in here.operations.ran].count("crm-note") == 1


@pytest.mark.parametrize(
    ("old", "new"), [("count }", "secret }"), ("method", "costs: yes\ncharge: often\nmethod")]
)
def test_an_own_operation_that_no_form_can_ask_has_no_page(old: str, new: str) -> None:
    assert offered.named(own(OWN), "crm-note") is not None
    assert offered.named(own(OWN.replace(old, new)), "crm-note") is None


def test_secrets_of_subscribers_are_asked_for() -> None:
    secret = {one.name for one in REQUESTS if "secret" in one.inputs.values()}
    assert {"set-pin", "set-code-word", "change-code-word"} <= secret


async def test_without_billing_the_pages_have_what_needs_none(
    alesya: Browser, here: Harness
) -> None:
    here.operations.catalogue = {name: one for name, one in CATALOGUE.items() if not one.billing}
    await alesya.get("/my")
    assert "Call me back" in alesya.text
    assert "Balance" not in alesya.text
    assert (await alesya.get("/my/operations/balance")).status == 404


async def test_reads_are_limited_and_recorded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "READS", Rate(burst=4, each=3600.0))
    async with running() as here, here.client() as browser:
        await browser.sign_in()
        statuses = [(await browser.get("/my/operations/charges")).status for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert here.journal.lines[1:] == ["charges: ok"]
