"""What proves who a caller is, and what is refused to a caller who did not."""

import pytest
from msgspec.structs import replace

from ari_app.selfcare.billing import Billing
from ivr.events import Answered
from ivr.secret import Secret
from ivr.values import Count, Sealed, Values
from tests.selfcare.fakes import Words
from tests.selfcare.test_operations import POOR, RICH, Books, asker, selfcare


@pytest.fixture
def billing() -> Billing:
    return Books()


def keyed(word: str) -> Sealed:
    return Sealed(Secret(word))


def changing(old: str, new: str, again: str) -> Values:
    return {"old": keyed(old), "new": keyed(new), "again": keyed(again)}


async def test_the_right_word_proves_the_caller(billing: Billing) -> None:
    words = Words()
    care = selfcare(billing, words=words)
    right = await care.run("code-word", {"word": keyed("5266")}, asker(), "s1:1")
    assert right == Answered("ok")
    for who, word in ((RICH, "1234"), (POOR, "5266"), (None, "5266")):
        wrong = await care.run("code-word", {"word": keyed(word)}, asker(who), "s1:2")
        assert wrong == Answered("wrong")
    assert words.asked[0] == (asker(), "s1:1")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (("5266", "92562", "92562"), "ok"),
        (("5266", "92562", "92563"), "different"),
        (("5267", "92562", "92562"), "wrong"),
        (("5266", "1111", "1111"), "weak"),
    ],
)
async def test_a_word_is_changed_by_who_knows_it(
    billing: Billing, given: tuple[str, str, str], outcome: str
) -> None:
    care, known = selfcare(billing), asker()
    changed = await care.run("change-code-word", changing(*given), known, "s1:1")
    assert changed == Answered(outcome), "and it proves nothing"
    now = given[1] if outcome == "ok" else "5266"
    proven = await care.run("code-word", {"word": keyed(now)}, asker(), "s1:2")
    assert proven == Answered("ok")


async def test_what_needs_the_code_word_is_refused_without_it(billing: Billing) -> None:
    lesser = replace(asker(), identity="caller")
    with pytest.raises(PermissionError, match="change-code-word needs the code word"):
        await selfcare(billing).run("change-code-word", changing("1", "2", "2"), lesser, "s1:1")


async def test_a_number_that_the_line_does_not_vouch_for_opens_nothing(billing: Billing) -> None:
    forged = replace(asker(), identity="none")
    assert await selfcare(billing).run("balance", {}, forged, "s1:1") == Answered("unknown")
    right = await selfcare(billing).run("code-word", {"word": keyed("5266")}, forged, "s1:2")
    assert right == Answered("ok"), "but the code word proves who it is"


async def test_a_word_is_keyed(billing: Billing) -> None:
    with pytest.raises(ValueError, match="takes a secret, not Count"):
        await selfcare(billing).run("code-word", {"word": Count(5266)}, asker(), "s1:1")
