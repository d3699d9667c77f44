"""The fields of forms: what they take, and that they keep what was typed."""

import re

import pytest

from ari_app.pages import operations
from tests.cabinet.fakes import NOW
from tests.cabinet.harness import Browser, Harness


async def test_what_no_browser_sends_is_refused(alesya: Browser, here: Harness) -> None:
    await alesya.prove()
    for name, field, texts in (
        ("no-network-at", "place", ("1" * 41, "1" * 50_000, "22\x0022", "٢٢٠٠٣٠")),
        ("set-pin", "new", ("٣٧٥٩", "1" * 41, "12\x0034")),
    ):
        for text in texts:
            await alesya.get(f"/my/operations/{name}")
            given = {field: text, "again": text} if name == "set-pin" else {field: text}
            answer = await alesya.post(f"/my/operations/{name}", given)
            assert answer.status == 400, text[:20]
    assert not {"no-network-at", "set-pin"} & {name for name, _ in here.operations.ran}


def test_inputs_are_bounded_for_every_page() -> None:
    """Those of the desk, too."""
    for kind, text in (
        ("text", "x" * 201), ("text", "a\x1bb"), ("secret", "٣٧٥٩"), ("secret", "1" * 41),
        ("digits", "1" * 41), ("money", "1" * 201),
    ):  # fmt: skip
        with pytest.raises(operations.InvalidField):
            operations.parse({"it": kind}, {"it": text}, NOW.date(), own=True)


async def test_a_topic_may_be_left_open(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/operations/call-back")
    [first, *_] = re.findall("<option[^>]*>", alesya.page)
    assert first == '<option value="">'
    await alesya.post("/my/operations/call-back", topic="")
    assert ("call-back", {}) in [(name, inputs) for name, inputs, _ in here.operations.asked]


async def test_after_an_error_the_form_keeps_what_was_typed(alesya: Browser) -> None:
    await alesya.get("/my/operations/call-back-at")
    topic = re.findall('<option value="([^"]+)"', alesya.page)[-1]
    past = "2020-01-01T10:00"
    answer = await alesya.post("/my/operations/call-back-at", due=past, topic=topic)
    assert answer.status == 400
    assert f'value="{past}"' in alesya.page
    assert f'<option value="{topic}" selected>' in alesya.page
    await alesya.prove()
    await alesya.get("/my/operations/set-pin")
    await alesya.post("/my/operations/set-pin", new="x?", again="7391")
    assert "7391" not in alesya.page
