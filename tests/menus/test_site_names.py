"""Menus as a site has them: its languages, topics, departments and time zone."""

from pathlib import Path

import pytest
from msgspec import convert
from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.main import pbx_site
from ari_app.menus import loading, schedules
from ari_app.menus.loading import FlowsError, Menus
from ari_app.selfcare.operations import CATALOGUE
from ivr.check import SiteNames
from ivr.model import Flow
from ivr.nodes import Menu
from ivr.session import Caller
from ivr.session_start import start_session
from ivr.values import Phrase
from prompts.durations import prompt_texts
from prompts.plan import phrase_text
from tests.operators import DEMO

SITE = {
    "operator": {"name": "Jaryq", "country": "KZ", "currency": "USD"},
    "site": {"timezone": "Asia/Almaty", "languages": ["en", "ru"], "demo": False},
}
FLOW = """\
flow: "1"
numbers: ["1"]
languages: [ru, be, en]
start: begin
farewell: bye
nodes:
  begin: { set: { about: TOPIC }, then: choose }
  choose:
    menu: [language-ru, language-be, language-en]
    keys: { "1": ru, "2": be, "3": en, "0": person }
    wrong: not-understood
    gave-up: person
  ru: { language: ru, then: choose }
  be: { language: be, then: choose }
  en: { language: en, then: choose }
  person: { call: person, with: { topic: about }, on: { done: bye } }
  bye: { end: thanks-bye }
"""
PERSON = """\
flow: person
languages: [ru, be, en]
inputs: { topic: word }
start: which
farewell: bye
nodes:
  which: { branch: topic, when: { CASE: other }, else: other }
  other: { queue: support, topic: "{topic}", else: done }
  done: { return: done }
  bye: { end: thanks-bye }
"""


def config(**sections: object) -> Config:
    return convert({**SITE, **sections}, Config)


def menus(directory: Path, site: Config, topic: str = "money", case: str = "internet") -> Menus:
    (directory / "1.yaml").write_text(FLOW.replace("TOPIC", topic))
    (directory / "2.yaml").write_text(PERSON.replace("CASE", case))
    return loading.menus(directory, loading.shipped(site), CATALOGUE, loading.site_names(site))


def refusal(directory: Path, site: Config, topic: str, case: str) -> str:
    with pytest.raises(FlowsError) as caught:
        menus(directory, site, topic, case)
    return str(caught.value)


def choose(menus: Menus) -> Menu:
    node = menus.book.flows["1"].nodes["choose"]
    assert isinstance(node, Menu)
    return node


def test_menus_have_the_languages_of_the_site_in_its_order(tmp_path: Path) -> None:
    made = menus(tmp_path, config())
    assert made.book.flows["1"].languages == ("en", "ru")
    assert choose(made).menu == ("language-ru", "language-en")
    assert choose(made).keys.keys() == {"1", "3", "0"}
    known = start_session(made.book, "c", "1", Caller("1", 7), ("be",))
    assert known is not None
    assert known.language == "en", "the site's first, for a caller whose language it does not speak"


def test_a_site_of_all_languages_has_all_of_the_menu(tmp_path: Path) -> None:
    every = {"timezone": "Asia/Almaty", "languages": ["ru", "be", "en"], "demo": False}
    made = menus(tmp_path, config(site=every))
    assert made.book.flows["1"].languages == ("ru", "be", "en")
    assert choose(made).keys.keys() == {"1", "2", "3", "0"}


def test_texts_are_in_the_languages_of_the_site() -> None:
    words = loading.shipped(config())
    assert words.languages == ("en", "ru")
    for other in ("be", ""):
        assert phrase_text(words, Phrase("welcome"), other) == "Hello! You have reached Jaryq."
    assert phrase_text(words, Phrase("welcome"), "ru").startswith("Здравствуйте!")
    assert prompt_texts(words)["welcome"].keys() == {"en", "ru"}
    assert replace(words, operator=DEMO).languages == ("ru", "be", "en")


def test_a_flow_in_none_of_the_languages_is_refused(tmp_path: Path) -> None:
    text = """\
flow: "1"
numbers: ["1"]
languages: [be]
start: bye
nodes:
  bye: { end: thanks-bye }
"""
    (tmp_path / "1.yaml").write_text(text)
    site = config()
    with pytest.raises(FlowsError, match="the site speaks none of its languages: add en or ru"):
        loading.menus(tmp_path, loading.shipped(site), CATALOGUE, loading.site_names(site))


def test_topics_that_the_site_does_not_know_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    said = refusal(tmp_path, config(), "monney", "intranet")
    first, second = said.splitlines()
    assert "1.yaml:7:26: unknown-topic: the site has no topic monney (did you mean" in first
    assert "2.yaml:7:35: unknown-topic: the site has no topic intranet (did you mean" in second
    own = config(topics={"roaming": {"label": "Roaming"}})
    said = refusal(tmp_path, own, "money", "general")
    assert "no topic money (known: general, roaming): name one, or add it to [topics]" in said
    assert menus(tmp_path, own, "roaming", "general").book.flows


def test_the_topic_that_an_operation_takes_is_one_of_the_site(tmp_path: Path) -> None:
    text = """\
flow: "1"
numbers: ["1"]
languages: [en]
start: begin
nodes:
  begin: { set: { about: nowhere }, then: report }
  report: { do: no-network, inputs: { topic: about }, else: bye }
  bye: { end: thanks-bye }
"""
    (tmp_path / "1.yaml").write_text(text)
    site = config()
    with pytest.raises(FlowsError, match=r":6:\d+: unknown-topic: the site has no topic nowhe"):
        loading.menus(tmp_path, loading.shipped(site), CATALOGUE, loading.site_names(site))


def test_departments_that_the_site_does_not_know_are_refused(tmp_path: Path) -> None:
    text = """\
flow: "1"
numbers: ["1"]
languages: [en]
start: ticket
nodes:
  ticket: { do: ticket, on: { some: keep, late: keep }, else: bye }
  keep: { set: { whose: "{department}" }, then: whose }
  whose: { branch: whose, when: { field: bye, care: bye }, else: bye }
  bye: { end: thanks-bye }
"""
    (tmp_path / "1.yaml").write_text(text)
    site = config(departments={"care": {"label": "Care"}})
    with pytest.raises(FlowsError) as caught:
        loading.menus(tmp_path, loading.shipped(site), CATALOGUE, loading.site_names(site))
    (problem,) = caught.value.problems
    assert problem.text.startswith(
        "the site has no department field (known: care): name one, or add"
    )


def test_the_shipped_menus_are_right_at_a_site_with_its_own_settings() -> None:
    site = config(departments={"care": {"label": "Care"}})
    names, words = loading.site_names(site), loading.shipped(site)
    shipped = loading.menus(loading.SHIPPED, words, CATALOGUE, names)
    assert shipped.warnings == ()
    assert list(pbx_site.unmatched(site, shipped.book)) == []
    assert shipped.book.schedules["office"].timezone == "Asia/Almaty"
    assert schedules.schedules(site)["office"].timezone == "Asia/Almaty"
    for flow in shipped.book.flows.values():
        assert isinstance(flow, Flow)
        assert flow.languages == ("en", "ru"), flow.flow
    only = replace(names, languages=("en",))
    assert loading.menus(loading.SHIPPED, words, CATALOGUE, only).book.flows["611"].languages == (
        "en",
    )


def test_nothing_is_checked_where_the_site_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text(FLOW.replace("TOPIC", "anything"))
    (tmp_path / "2.yaml").write_text(PERSON.replace("CASE", "whatever"))
    words = loading.shipped(config())
    assert loading.menus(tmp_path, words, CATALOGUE, SiteNames()).book.flows
