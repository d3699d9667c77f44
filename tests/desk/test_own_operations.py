"""The operator's own operations at the desk."""

import pytest

from ari_app.desk.forms.offered import for_agents
from ari_app.selfcare.operations import CATALOGUE
from ivr.events import Answered
from ivr.http.signature import signature
from ivr.model import Operation
from ivr.reader import Reader
from ivr.values import Count, Text, Word
from tests.desk.harness import AgentTab, DeskHarness
from tests.desk.test_operation_forms import filled, hidden, in_call

NOTE = """\
operation: crm-note
label: { en: Note in the CRM }
inputs: { what: text, sort: word, often: count }
method: POST
url: https://crm.example.net/
form: { what: "{what}", sort: "{sort}", often: "{often}" }
answers: { ok: { values: { said: { text: said } } }, full: { status: 409 } }
"""


def own(text: str) -> dict[str, Operation]:
    read = Reader("own.yaml", text).read().operation
    assert read is not None
    return {read.operation: signature(read)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("method", "desk: no\nmethod"),
        ("count }", "secret }"),
        ("method", "costs: yes\ncharge: often\nmethod"),
    ],
)
def test_what_is_not_for_agents_is_not_offered(old: str, new: str) -> None:
    assert "crm-note" in for_agents(own(NOTE))
    assert for_agents(own(NOTE.replace(old, new))) == {}


async def test_agents_find_one_under_its_label_and_say_why() -> None:
    harness = DeskHarness()
    harness.operations.catalogue = {**CATALOGUE, **own(NOTE)}
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    page = harness.desk.render.card(harness.card("anna"), {}, "en")
    assert '<option value="crm-note">Note in the CRM</option>' in page
    form = await filled(anna, card, "operation", operation="crm-note")
    assert "Note in the CRM" in form.html
    for field in ("in-what", "in-sort", "in-often", "reason"):
        assert f'name="{field}"' in form.html
    thanks = Answered("ok", {"said": Text("<i>thanks</i>")})
    harness.operations.answers["crm-note"] = thanks
    given = {"in_what": "a leak", "in_sort": "visit", "in_often": "2", "reason": "asked"}
    confirm = await filled(anna, card, "operation-submit", key="t:2", operation="crm-note", **given)
    assert not harness.operations.done, "it is asked about first"
    for what in ("a leak", "visit", "Check it with the caller"):
        assert what in confirm.html
    result = await filled(anna, card, "operation-confirm", key="t:4", **hidden(confirm.html))
    assert "&lt;i&gt;thanks" in result.html
    assert harness.operations.inputs == {
        "what": Text("a leak"), "sort": Word("visit"), "often": Count(2),
    }  # fmt: skip
    [(name, _, reason)] = harness.operations.done
    assert (name, reason) == ("crm-note", "asked")
    harness.operations.answers["crm-note"] = Answered("full")
    confirm = await filled(anna, card, "operation-submit", key="t:3", operation="crm-note", **given)
    result = await filled(anna, card, "operation-confirm", key="t:5", **hidden(confirm.html))
    assert "full" in result.html
