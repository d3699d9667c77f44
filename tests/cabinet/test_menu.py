"""The menus as pages: buttons, replies that count for the page they answer, and their end."""

from ari_app.cabinet.menu_page import parts
from ari_app.ussd.line import Page
from tests.cabinet.harness import Browser, Harness


async def test_through_the_menus_to_an_order(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/menu")
    assert "menu" in alesya.text
    await alesya.post("/my/menu", reply="1")
    assert "And there is more to be said about it" in alesya.text
    await alesya.post("/my/menu", reply="3")
    assert "thanks-bye" in alesya.text
    assert 'name="reply"' not in alesya.page
    assert here.walked.ran == ["quote", "buy"]
    await alesya.post("/my/menu", again="1")
    assert "thanks-bye" not in alesya.text


async def test_a_reply_counts_for_its_page(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/menu")
    first = alesya.hidden("/my/menu")
    await alesya.post("/my/menu", {**first, "reply": "1"})
    await alesya.post("/my/menu", {**first, "reply": "1"})
    assert "more to be said" in alesya.text, "the same reply again shows the same page"
    answer = await alesya.post("/my/menu", {**first, "reply": "3"})
    assert answer.status == 409
    for step in ("2", "-1", "x", ""):
        answer = await alesya.post("/my/menu", {**first, "step": step, "reply": "3"})
        assert answer.status == 409
    assert here.walked.ran == ["quote"]


async def test_the_code_word_of_the_visit_counts_in_the_menus(
    alesya: Browser, here: Harness
) -> None:
    await alesya.get("/my/menu")
    await alesya.prove()
    await alesya.get("/my/menu")
    await alesya.post("/my/menu", again="1")
    assert here.proven == [False, True]


async def test_signing_out_hangs_up(alesya: Browser) -> None:
    await alesya.get("/my/menu")
    await alesya.post("/my/menu", reply="1")
    await alesya.post("/my/sign-out")
    await alesya.sign_in()
    await alesya.get("/my/menu")
    assert alesya.hidden("/my/menu")["step"] == "0"


def test_choices_are_buttons() -> None:
    page = Page("Hello.\n1 Balance\n* Back\n2 is no choice", choices=("1 Balance", "* Back"))
    assert list(parts(page)) == [
        ("", "Hello."), ("1", "Balance"), ("*", "Back"), ("", "2 is no choice"),
    ]  # fmt: skip
