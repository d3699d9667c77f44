"""What subscribers write in a text session finds its operation."""

import pytest

from ivr.word_codes import code_of
from tests import shipped

BOOK = shipped.menus().book

WRITTEN = {
    "*100#": "баланс; Мой баланс; узнать баланс; сколько денег на счету; счет; рахунак; "
    "мой баланс; колькі грошай; balance; my balance; check balance please; "
    "сколько у меня денег; остаток на счете",
    "*101#": "тариф; какой у меня тариф; тарыф; tariff; my plan",
    "*102#": "услуги; какие услуги; мои подписки; паслугі; services",
    "*103#": "остаток; остаток минут; сколько минут; гигабайт; астатак; хвіліны; minutes left; "
    "gigabytes; how much data is left",
    "*104#": "баллы; бонусы; балы; points",
    "*105#": "обещанный платеж; Обещанный платёж; абяцаны плацеж; promised payment; pay later; "
    "заплачу завтра; доверительный платеж",
    "*106#": "детализация; детализация звонков; списания; за что списали; дэталізацыя; charges; "
    "где мои деньги; куда ушли деньги",
    "*107#": "пакет; купить пакет; пакет интернета; data; data package; купить гигабайты",
    "*108#": "ваучер; карта оплаты; картка аплаты; voucher; top-up; scratch card",
    "*109#": "роуминг; роуминг в Польше; роўмінг; roaming",
    "*111#": "меню; помощь; menu; help",
    "*112#": "потерял телефон; украли телефон; блокировка; згубіў тэлефон; lost my phone; stolen; "
    "украли сим карту; заблокируйте номер; lost sim card; block my sim",
    "*113#": "PUK; puk code; ПУК; пук-код; пук код; забыл пук; сим; сим-карта; сім-карта; SIM; "
    "sim card",
    "*114#": "нет сети; нет связи; no network; network; нет сигнала; не ловит; няма сувязі; "
    "няма сеткі; no signal; плохая связь; "
    "сеть не работает",
    "*115#": "другой номер; another number; іншы нумар; о другом номере; call about another number",
    "*116#": "интернет; не работает интернет; настройки интернета; роутер; телевидение; "
    "інтэрнэт; налады; internet; internet settings; apn; tv; wi-fi",
    "*117#": "оплатить; оплата; пополнить счёт; заплаціць; pay; how to pay; "
    "как пополнить баланс; pay my bill",
    "*118#": "платежи; плацяжы; bill; payments; почему счёт такой большой",
    "*119#": "приостановить номер; уезжаю; ад'езд; pause; going away",
    "*120#": "подарок; подарить минуты; падарунак; gift; подарить гигабайты маме",
    "*121#": "пин-код; кодовое слово; пін-код; кодавае слова; PIN; code word",
    "*122#": "часы работы; гадзіны працы; opening hours; "
    "до скольки вы работаете; are you open today",
    "*123#": "авария; аварыя; outage",
    "*124#": "перезвоните мне; ператэлефануйце; call me back; позвоните мне",
    "*125#": "язык; мова; language",
    "*126#": "сменить тариф; змяніць тарыф; change tariff; тарифы; поменяйте тариф; switch plan",
    "*127#": "отключить услугу; подключить услугу; падключыць; unsubscribe; "
    "отключить все услуги; cancel service",
    "*128#": "жалоба; скарга; complaint",
    "*129#": "оператор; Оператора!; специалист; аператар; operator; human; talk to someone",
}
"""Code -> texts as subscribers write them."""

TEXTS = [(text, code) for code, texts in WRITTEN.items() for text in texts.split("; ")]


@pytest.mark.parametrize(("text", "code"), TEXTS, ids=[text for text, _ in TEXTS])
def test_what_subscribers_write(text: str, code: str) -> None:
    assert code_of(text, BOOK.words) == code


@pytest.mark.parametrize(
    "text",
    [
        "don't call me back",
        "Do not call me back!",
        "I didn't ask for a gift",
        "хватит, не перезванивайте",
        "мне не надо услуги",
        "не хачу падарунак",
    ],
)
def test_who_refuses_orders_nothing(text: str) -> None:
    assert code_of(text, BOOK.words) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("мне позвонили мошенники", ""),
        ("кто мне позвонил", ""),
        ("сколько стоит позвонить в Россию", ""),
        ("не могу дозвониться до оператора", "*129#"),
        ("позвонить оператору", "*129#"),
        ("сколько осталось на счету", "*100#"),
        ("заблокируйте рекламу", ""),
        ("пакет гб", "*107#"),
        ("подарить гб", "*120#"),
        ("оплатить кредит", "*117#"),
        ("мб потом", ""),
    ],
)
def test_a_word_of_many_meanings_leads_nowhere(text: str, code: str) -> None:
    """A call back is noted at once: none for a word that also says something else."""
    assert code_of(text, BOOK.words) == code


def test_every_code_is_found() -> None:
    assert WRITTEN.keys() == {code for flow in BOOK.flows.values() for code in flow.codes}


WORDS = {"data": "*1#", "datapackage": "*2#", "balance": "*3#", "packages": "*4#"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("data", "*1#"),
        ("DATA!", "*1#"),
        ("a data package, please", "*2#"),  # the longest counts
        ("data and balance", ""),  # two things
        ("balances", "*3#"),
        ("a package", "*4#"),
        ("bala", ""),  # too little of it
        ("balancing", ""),
        ("dat", ""),
        ("balance 5", ""),  # with a digit it may be a number
        ("5", ""),
        ("*100#", ""),
        ("", ""),
        ("good morning", ""),
        (" ".join(["and"] * 20 + ["data"]), ""),  # not read to the end
    ],
)
def test_how_words_are_found(text: str, code: str) -> None:
    assert code_of(text, WORDS) == code
