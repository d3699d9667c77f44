"""The actions of cards are rendered once for those alike, and follow what they are made of."""

from msgspec.structs import replace

from ari_app.desk.cards.card_actions import CardActions
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import Colleague
from ari_app.selfcare.operations import CATALOGUE
from tests.desk.harness import DeskHarness, board, caller

BORIS = Colleague("boris", "Boris", "702")


def record(harness: DeskHarness) -> CardRecord:
    harness.update(board(talking={"PJSIP/701": caller()}))
    return harness.card("anna").record


async def test_once_for_cards_alike_and_again_for_each_difference() -> None:
    harness, made = DeskHarness(), list[str]()

    def page(name: str, language: str, **values: object) -> str:
        made.append(name)
        return harness.desk.render.page(name, language, **values)

    one = record(harness)
    offered = dict(list(CATALOGUE.items())[:2])
    actions = CardActions(harness.desk.render.site, page, harness.desk.render.word)
    first = actions.of(one, "en", offered, ())
    assert actions.of(replace(one, id="other"), "en", dict(offered), ()) == first
    assert len(made) == 1
    stranger = replace(one, arrival=replace(one.arrival, subscriber=None))
    for other in (
        actions.of(one, "ru", offered, ()),
        actions.of(one, "en", dict(list(offered.items())[:1]), ()),
        actions.of(stranger, "en", offered, ()),
        actions.of(one, "en", offered, (BORIS,)),
    ):
        assert other != first
    assert len(made) == 5
