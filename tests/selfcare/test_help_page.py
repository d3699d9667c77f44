"""The web page about something: its own, that of all help, or the site; and its lesson."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from ari_app.config.operator_settings import OperatorSettings
from ari_app.selfcare.operations import Selfcare
from ivr.events import Answered
from ivr.values import Name, Text, Word
from tests.selfcare.fake_billing import FakeBilling
from tests.selfcare.test_operations import asker, back


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ({"site": "example.net"}, "example.net"),
        ({"site": "example.net", "help": "example.net/help"}, "example.net/help"),
        ({"site": "example.net", "help-tv": {"de": "example.net/tv"}}, "example.net/tv"),
        ({"help-router": "example.net/router", "site": "example.net"}, "example.net"),
        ({"help": ""}, None),
        ({}, None),
    ],
    ids=["site", "help", "its own, in one language", "that of another", "empty", "none"],
)
async def test_which_page_is_sent(words: dict[str, str | dict[str, str]], link: str | None) -> None:
    answer = await read(OperatorSettings(country="PL", words=words).said.words)
    if link is None:
        assert answer == Answered("none")
    else:
        page = answer.values["link"]
        assert isinstance(page, Name)
        assert (answer.outcome, page.in_("de")) == ("ok", link)


async def test_who_has_no_number_is_sent_nothing() -> None:
    assert await read({"site": {"": "example.net"}}, number="") == Answered("nowhere")


async def read(words: Mapping[str, Mapping[str, str]], number: str = "375990000001") -> Answered:
    """What the operation answers at a site with these words."""
    care = Selfcare(replace(back(FakeBilling()), words=words))
    asked = replace(asker(), number=number)
    return await care.run("help-page", {"page": Word("tv")}, asked, "c1:1")


@pytest.mark.parametrize(
    ("number", "language", "answer"),
    [
        ("375990000001", "ru", Answered("ok", {"article": Text("tv in ru")})),
        ("375990000001", "be", Answered("none")),
        ("", "ru", Answered("nowhere")),
    ],
)
async def test_the_lesson_of_the_knowledge_base(
    number: str, language: str, answer: Answered
) -> None:
    async def lesson(page: str, spoken: str) -> str:
        return f"{page} in {spoken}" if spoken == "ru" else ""

    asked = replace(asker(), number=number, language=language)
    for known, outcome in ((lesson, answer), (None, None)):
        care = Selfcare(replace(back(FakeBilling()), lesson=known))
        found = await care.run("lesson", {"page": Word("tv")}, asked, "c1:1")
        assert found == outcome if outcome else found.outcome in ("none", "nowhere")
