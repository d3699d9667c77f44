"""`firstline ussd`, as somebody types it; over the running application: tests/live."""

import pytest
from click.testing import CliRunner

from ari_app.cli import main

pytestmark = pytest.mark.slow

MENU = "1 Balance\n2 Tariff\n3 Services\n4 Language\n5 More\n0 A person\n"


def ussd(*arguments: str, typed: str = "") -> str:
    """What is printed; whatever broke in it is raised."""
    words = ["--state", "/nonexistent", "ussd", *arguments]
    result = CliRunner().invoke(main, words, input=typed, catch_exceptions=False)
    return result.output


def test_the_balance() -> None:
    assert ussd("*100#") == ussd("мой баланс") == "На вашем счёте 12,50 руб.\n"


def test_a_menu_and_replies() -> None:
    assert ussd("*111#", "--as", "0003", "--press", "41").startswith(f"{MENU}-> 4\n")
    assert ussd("*111#", "--as", "0003", typed="1\n").startswith(
        f"{MENU}> -> 1\nYou have -3.40 BYN"
    )
    lost = f"{MENU}-> hello\nSorry, that is not one of the choices.\n"
    led = f"{lost}{MENU}-> 0\nWe cannot connect you to a person here."
    assert ussd("*111#", "--as", "0003", "--press", "hello,0").startswith(led)


def test_pages_are_turned() -> None:
    pages = ussd("*111#", "--press", "299")
    assert pages.endswith("\n9 дальше\n-> 9\nВ тариф входит 300 минут и 10 гигабайт интернета.\n")


@pytest.mark.parametrize("arguments", [("*999#",), ("*100#", "--as", "stranger")])
def test_what_is_not_there(arguments: tuple[str, ...]) -> None:
    assert "there is no subscriber stranger" in (said := ussd(*arguments)) or "no flow has" in said


@pytest.mark.parametrize(
    ("code", "reply", "shown"),
    [
        ("*111#", "баланс", "На вашем счёте"),
        ("*111#", "Тариф", "Ваш тариф"),
        ("611", "УСЛУГИ", "У вас"),
        ("611", "обещанный платеж", "У вас нет долга"),
        ("611", "дэталізацыя", "Ваши последние списания"),
        ("*111#", "погода", "Такого здесь нет."),
    ],
)
def test_a_word_finds_its_operation(code: str, reply: str, shown: str) -> None:
    assert f"-> {reply}\n{shown}" in ussd(code, "--press", f"{reply},")


def test_a_yes_to_the_first_page_of_a_charge_turns_nothing() -> None:
    """The tariff is on the first page, and the charge on the second."""
    pages = ussd("611", "--as", "0026", "--press", "2,1,1,1,66734")
    assert "Готово" not in pages
    assert pages.count("Сначала дочитайте до конца.\nТариф «Старт»") == 2


def test_the_code_word_is_replied_in_letters() -> None:
    pages = ussd("611", "--as", "0026", "--press", "2,1,1,9,1,Ручей")
    assert (
        "За смену тарифа мы один раз спишем 5,00 руб.\n1 Если согласны\n2 Если нет\n-> 1\n" in pages
    )
    assert "-> Ручей\nГотово! Тариф «Старт» начнётся" in pages


def test_the_rows_of_a_list_are_numbered_lines() -> None:
    pages = ussd("611", "--as", "0003", "--press", "8,4,1,1")
    rows = "1 A hundred minutes, 100 points\n2 Five gigabytes, 150 points\n"
    assert f"\n{rows}3 Five rubles, 250 points\n* To go back\n-> 1\nYour reward is A hun" in pages
