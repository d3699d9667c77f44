"""Branches on what is in a list of the operator, and on where callers live and what they have."""

import pytest

from ari_app.demo.simulated import simulated_operator
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim.run import run_test
from ari_app.sim.script_reader import read
from ari_app.sim.simulation import bench
from ivr.check import SiteNames, Standard
from ivr.conditions import fits
from ivr.lists import Listed, Lists
from ivr.loader import load
from prompts import catalogue
from tests.operators import BELARUS, DEMO

VIP = Lists.of(
    [
        Listed(list="vip", entries=("+375 99 000-00-01", "990000002")),
        Listed(list="towns", entries=("Old Town", "Hill, the")),
    ],
    BELARUS,
)


@pytest.mark.parametrize(
    ("case", "found", "fit"),
    [
        ("in vip", "375990000001", True),
        ("in vip", "990000001", True),
        ("in vip", "375990000002", True),
        ("in vip", "375990000003", False),
        ("in vip", "", False),
        ("in towns", "Hill, the", True),
        ("in towns", "old town", False),
        ("in nowhere", "375990000001", False),
        ("Old Town", "Old Town", True),
        ("Old Town, New Town", "New Town", True),
    ],
)
def test_what_is_in_a_list(case: str, found: str, fit: bool) -> None:
    assert fits(case, found, VIP) is fit


FILES = {
    "650.yaml": """flow: "650"
numbers: ["650"]
languages: [ru]
start: who
nodes:
  who:    { branch: number, when: { "in vip": first }, else: area }
  area:   { do: area, on: { ok: where }, else: tariff }
  where:  { branch: area, when: { "in far": far }, else: tariff }
  tariff: { do: tariff, on: { ok: which }, else: usual }
  which:  { branch: tariff_code, when: { "2, 3": dear }, else: usual }
  first:  { queue: vip, else: bye }
  far:    { queue: far, else: bye }
  dear:   { queue: dear, else: bye }
  usual:  { queue: support, else: bye }
  bye:    { end: thanks-bye }
""",
    "vip.yaml": 'list: vip\nentries: ["990000001", +375 29 123-45-67]\n',
    "far.yaml": "list: far\nentries: [AREA]\n",
}


async def test_callers_go_where_number_area_and_tariff_lead() -> None:
    people = simulated_operator()
    area = people.people[1].area
    elsewhere = next(one for one in people.people[1:] if one.area != area)
    files = {**FILES, "far.yaml": FILES["far.yaml"].replace("AREA", area)}
    words = catalogue.shipped(DEMO)
    standard = Standard(site=SiteNames(plan=BELARUS))
    book = load(files, words.signatures(), CATALOGUE, standard).book
    assert book is not None
    calls = {
        people.people[0].number: "vip",
        "+375291234567": "vip",
        "+375291234568": "support",
        people.people[1].number: "far",
        elsewhere.number: "dear",
    }
    dear = "given: { tariff: { ok: { tariff_code: '3' } } }\n  "
    text = "tests:\n" + "".join(
        f"- test: {queue}\n  call: '650'\n  as: '{number}'\n  {dear if queue == 'dear' else ''}"
        f"steps: [{{ expect: {{ queue: {queue} }} }}]\n"
        for number, queue in calls.items()
    )
    script = read("x.test.yaml", text, book)
    assert not script.problems
    here = bench(book, words, people)
    assert [(await run_test(here, each)).failure for each in script.tests] == [None] * len(calls)
