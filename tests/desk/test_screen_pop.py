"""The page of another system that opens with a call."""

import pytest
from msgspec import ValidationError
from msgspec.structs import replace

from ari_app.config.settings import decoded
from ari_app.desk.site import ScreenPop
from tests.desk.harness import DeskHarness, board, caller
from tests.desk.test_site import SITE

FIND = "https://crm.example.net/find?phone={number}&by={agent}&about={topic}"


async def card(pops: dict[str, ScreenPop]) -> str:
    """What Anna sees of a caller with a topic that would break an address."""
    harness = DeskHarness(site=replace(SITE, screen_pops=pops))
    harness.update(board(talking={"PJSIP/701": caller()}))
    shown = harness.card("anna")
    arrival = replace(shown.record.arrival, topic='a&b"c', queue="support")
    shown.record = replace(shown.record, arrival=arrival)
    return harness.desk.render.card(shown, {}, "en")


async def test_a_link_has_the_values_of_the_call_encoded() -> None:
    page = await card({"support": ScreenPop(FIND, "window")})
    number = caller().number
    query = f"phone={number}&amp;by=anna&amp;about=a%26b%22c"
    assert f'href="https://crm.example.net/find?{query}"' in page
    assert 'rel="noopener noreferrer"' in page
    assert "<iframe" not in page


async def test_a_frame_is_sandboxed_and_its_origin_is_allowed() -> None:
    pops = {"*": ScreenPop(FIND, "card")}
    assert '<iframe class="screen-pop"' in await card(pops)
    assert "sandbox=" in await card(pops)
    assert replace(SITE, screen_pops=pops).framed == ("https://crm.example.net",)


async def test_an_empty_address_is_none_for_a_queue() -> None:
    page = await card({"*": ScreenPop(FIND, "window"), "support": ScreenPop("", "window")})
    assert "data-screen-pop" not in page
    assert "data-screen-pop" not in await card({"claims": ScreenPop(FIND, "window")})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://crm.example.net/{number}", "not https"),
        ("javascript:alert(1)", "needs a url"),
        ("https://{number}.example.net/", "must name its host"),
        ("https://a:b@crm.example.net/", "passwords"),
        ("https://crm.example.net/{nmber}", "did you mean number"),
        ("https://crm.example.net/{secret:x}", "which there is not"),
        ("https://crm.example.net/{number", "brace"),
    ],
)
def test_settings_refuse_an_address(url: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        decoded({"screen_pop": {"support": {"url": url}}})


def test_plain_http_is_allowed_when_it_is_meant() -> None:
    found = decoded({"screen_pop": {"*": {"url": "http://10.0.0.5/{number}", "plain": True}}})
    assert found.screen_pop["*"].opens == "window"
