"""The knowledge base on a card: suggested by the topic, searched, read."""

from ari_app.desk import messages as m
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type


async def asked(harness: DeskHarness, form: str, **values: str) -> m.Answer:
    tab = AgentTab(harness, "anna")
    key = f"k:{len(harness.knowledge.asked)}{len(values)}"
    await tab.sends(m.Form(harness.card("anna").id, key, form, values))
    await harness.settled()
    [answer] = of_type(tab.received(), m.Answer)
    assert isinstance(answer, m.Answer)
    return answer


async def test_articles_are_suggested_searched_and_read() -> None:
    harness = DeskHarness()
    harness.update(board(talking={"PJSIP/701": caller()}))
    await harness.settled()
    card = harness.card("anna")
    assert "Slow &lt;Wi-Fi&gt;" in (await asked(harness, "knowledge")).html
    await harness.cards.save("anna", card.id, "topic", "t:1", "tv")
    found = await asked(harness, "knowledge", text="nothing")
    assert "No article has these words" in found.html
    await asked(harness, "knowledge", text=" wi-fi ", more="")
    assert harness.knowledge.asked == [
        ("", "internet", "en"),
        ("nothing", "tv", "en"),
        ("wi-fi", "tv", "en"),
    ]
    shown = await asked(harness, "article", article="a.md", text="wi-fi")
    assert "<p>Restart it</p>" in shown.html
    assert 'value="wi-fi"' in shown.html
    assert not (await asked(harness, "article", article="b.md")).ok


async def test_answers_are_filled_in_from_the_card() -> None:
    """In the language of the caller, or else of the page."""
    harness = DeskHarness()
    harness.update(board(talking={"PJSIP/701": caller()}))
    await harness.settled()
    shown = (await asked(harness, "answers")).html
    assert "Вера &lt;b&gt;Громова&lt;/b&gt;: " in shown
    assert "BYN" in shown or "Br" in shown
    assert harness.knowledge.values["today"] == "24.11.2026"
    assert harness.knowledge.values["number"] == "+375 99 000-00-01"
