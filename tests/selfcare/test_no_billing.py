"""An installation without billing: what needs it is unavailable, and the rest works."""

import pytest

from ari_app.selfcare.no_billing import NoBilling
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ivr.events import Answered
from tests.selfcare.fake_billing import FakeBilling
from tests.selfcare.fakes import Willing
from tests.selfcare.test_operations import asker, back, inputs


@pytest.fixture
def care() -> Selfcare:
    return Selfcare(back(NoBilling(), Willing()))


@pytest.mark.parametrize("name", [name for name, one in CATALOGUE.items() if one.billing])
async def test_what_needs_billing_is_unavailable(care: Selfcare, name: str) -> None:
    assert await care.run(name, inputs(name), asker(), "s1:1") == Answered("unavailable")
    assert name not in care.available


@pytest.mark.parametrize("name", [name for name, one in CATALOGUE.items() if not one.billing])
async def test_what_needs_none_works(care: Selfcare, name: str) -> None:
    answer = await care.run(name, inputs(name), asker(), "s1:1")
    assert answer.outcome not in ("unavailable", "failed")
    assert name in care.available


async def test_menus_can_ask_whether_there_is_billing(care: Selfcare) -> None:
    assert await care.run("billing", {}, asker(None), "s1:1") == Answered("none")
    billed = Selfcare(back(FakeBilling(), Willing()))
    assert await billed.run("billing", {}, asker(None), "s1:1") == Answered("ok")
    assert billed.available == CATALOGUE
