"""Actions and facts are rendered once for cards alike, and follow what they are made of."""

import re

import pytest
from msgspec.structs import replace

from ari_app.desk.cards import card_actions
from ari_app.desk.cards.caller_profile import CallerProfile
from ari_app.desk.cards.card_actions import CardActions
from ari_app.desk.cards.card_facts import CardFacts
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import Colleague
from ari_app.desk.render import FACTS
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
    ):
        assert other != first
    assert len(made) == 4


async def test_every_agent_is_offered_and_the_own_name_comes_first() -> None:
    harness, anna = DeskHarness(), Colleague("anna", "Anna <A>", "701")
    one, render = record(harness), harness.desk.render
    actions = CardActions(render.site, render.page, render.word)
    for people, shown in (((anna,), []), ((anna, BORIS), ["boris"])):
        soup = actions.of(one, "en", {}, people)
        owners = re.findall(r'<option value="(\w*)"', soup.partition('name="owner"')[2])
        assert owners == ["anna", "", *shown]
        goes_to = soup.partition('name="agent"')[2].partition("</select>")[0]
        assert '<option selected value="anna">Anna &lt;A&gt;</option>' in goes_to
        assert ('value="boris"' in goes_to) == bool(shown)
    assert 'value="boris" selected' in actions.of(
        replace(one, agent="boris"), "en", {}, (anna, BORIS)
    )


async def test_options_are_made_once_for_people_who_stay_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harness, made = DeskHarness(), list[Colleague]()

    def option(one: Colleague) -> str:
        made.append(one)
        return "<option>"

    monkeypatch.setattr(card_actions, "_option", option)
    one, render = record(harness), harness.desk.render
    actions = CardActions(render.site, render.page, render.word)
    for _ in range(2):
        actions.of(one, "en", {}, [BORIS])  # as agents' phones have them: a list
    assert made == [BORIS]


async def test_a_control_character_in_a_name_stays_in_the_name() -> None:
    harness = DeskHarness()
    one, render = record(harness), harness.desk.render
    actions = CardActions(render.site, render.page, render.word)
    odd = Colleague("boris", "B\x00o\x01r\x02is", "702")
    shown = actions.of(one, "en", {}, [odd])
    assert shown.count(f">{odd.full_name}</option>") == shown.count('value="boris"') > 1


async def test_facts_of_which_nothing_is_loaded_are_those_of_the_card_itself() -> None:
    harness = DeskHarness()
    harness.update(board(talking={"PJSIP/701": caller()}))
    card, render = harness.card("anna"), harness.desk.render
    card.profile = CallerProfile()
    facts = CardFacts(FACTS, render.part)
    known = card.record
    for record in (
        known,
        replace(known, arrival=replace(known.arrival, subscriber=None)),
        replace(known, arrival=replace(known.arrival, call="c1")),
        replace(known, came_from="other"),
    ):
        for language in ("en", "ru"):
            card.record = record
            assert dict(facts.of(card, language)) == {
                part: render.part(part, card, language) for part in FACTS
            }
