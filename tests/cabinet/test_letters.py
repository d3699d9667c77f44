"""What subscribers write, what became of it, and lessons."""

from tests.cabinet.harness import Browser, Harness


async def test_a_letter_is_one_ticket(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/letters")
    form = {**alesya.hidden("/my/letters"), "topic": "money", "text": "Too <b>much</b>\r\npaid"}
    for _ in range(2):
        await alesya.post("/my/letters", form)
        assert alesya.path == "/my/letters"
    [one] = here.letters.written.values()
    assert (one.topic, one.text) == ("money", "Too <b>much</b>\npaid")
    assert "Ticket 1" in alesya.text
    assert "Open" in alesya.text
    assert "<b>much" not in alesya.page
    assert here.journal.lines[-1] == "letter: ok"


async def test_an_answer_to_a_complaint_is_shown(alesya: Browser) -> None:
    await alesya.get("/my/letters")
    assert "Complaint 7" in alesya.text
    assert "We <b>repaired</b> it." in alesya.text


async def test_a_letter_needs_words_and_a_topic(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/letters")
    for topic, text in (("money", "  "), ("no-such", "x"), ("", "x")):
        assert (await alesya.post("/my/letters", topic=topic, text=text)).status == 400
    answer = await alesya.post("/my/letters", topic="money", text="x", token="made-up")
    assert answer.status == 409
    assert ">x</textarea>" in alesya.page
    assert here.letters.written == {}


async def test_letters_are_limited(alesya: Browser, here: Harness) -> None:
    for _ in range(25):
        await alesya.get("/my/letters")
        answer = await alesya.post("/my/letters", topic="money", text="x")
    assert answer.status == 429
    assert 0 < len(here.letters.written) < 25


async def test_lessons_are_read(alesya: Browser) -> None:
    await alesya.get("/my/lessons")
    assert "Set up <Wi-Fi>" in alesya.text
    await alesya.get("/my/lessons/wi-fi")
    assert "1. Turn it on." in alesya.text
    assert (await alesya.get("/my/lessons/nothing")).status == 404
