"""The card of a caller who calls about another number than the one of the phone."""

import pytest
from msgspec.structs import replace

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Arrival
from ivr.acd.queues import Caller
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type

LINE = "375170000009"


@pytest.fixture
def harness() -> DeskHarness:
    made = DeskHarness()
    usual = made.profiles.arrival

    def about(caller: Caller, queue: str) -> Arrival:
        found = replace(usual(caller, queue), number=LINE, about="375990000001")
        return replace(found, identity="code-word")

    made.profiles.arrival = about  # type: ignore[method-assign]
    return made


async def test_the_card_shows_the_line_the_subscriber_and_how_the_caller_was_identified(
    harness: DeskHarness,
) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        await harness.settled()
        received = anna.received()
    [card] = of_type(received, m.Card)
    [subscriber] = [one for one in of_type(received, m.Part) if one.part == "subscriber"]
    assert "+375 17 000-00-09" in card.html
    assert "about +375 99 000-00-01" in card.html
    assert "calling from another number, code word verified" in subscriber.html
    assert harness.card("anna").record.identity == "code-word"
