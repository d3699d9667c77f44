"""Counted nouns: units and currencies, with gender and plural forms per language."""

from typing import Final, Literal, NamedTuple

Gender = Literal["m", "f", "n"]


class Noun(NamedTuple):
    """A counted noun: its forms after one, two and five."""

    gender: Gender
    one: str
    few: str
    many: str


Nouns = dict[str, Noun]


def _nouns(russian: str, belarusian: str, english: str) -> Nouns:
    """The forms of one unit: gender and three forms each, for English two forms."""
    one, many = english.split()
    return {
        "ru": _slavic(*russian.split()),
        "be": _slavic(*belarusian.split()),
        "en": Noun("n", one, many, many),
    }


def _slavic(letter: str, one: str, few: str, many: str) -> Noun:
    genders: dict[str, Gender] = {"m": "m", "f": "f", "n": "n"}
    return Noun(genders[letter], one, few, many)


_RUBLE: Final = _nouns("m рубль рубля рублей", "m рубель рублі рублёў", "ruble rubles")
_KOPECK: Final = _nouns("f копейка копейки копеек", "f капейка капейкі капеек", "kopeck kopecks")
_CENT: Final = _nouns("m цент цента центов", "m цэнт цэнты цэнтаў", "cent cents")
HOUR: Final = _nouns("m час часа часов", "f гадзіна гадзіны гадзін", "hour hours")
MINUTE: Final = _nouns("f минута минуты минут", "f хвіліна хвіліны хвілін", "minute minutes")

UNITS: Final[dict[str, Nouns]] = {
    "attempt": _nouns("f попытка попытки попыток", "f спроба спробы спроб", "attempt attempts"),
    "call": _nouns("m звонок звонка звонков", "m званок званкі званкоў", "call calls"),
    "day": _nouns("m день дня дней", "m дзень дні дзён", "day days"),
    "gigabyte": _nouns(
        "m гигабайт гигабайта гигабайт", "m гігабайт гігабайты гігабайтаў", "gigabyte gigabytes"
    ),
    "hour": HOUR,
    "megabyte": _nouns(
        "m мегабайт мегабайта мегабайт", "m мегабайт мегабайты мегабайтаў", "megabyte megabytes"
    ),
    "message": _nouns(
        "n сообщение сообщения сообщений",
        "n паведамленне паведамленні паведамленняў",
        "message messages",
    ),
    "minute": MINUTE,
    "month": _nouns("m месяц месяца месяцев", "m месяц месяцы месяцаў", "month months"),
    "person": _nouns("m человек человека человек", "m чалавек чалавекі чалавек", "person people"),
    "point": _nouns("m балл балла баллов", "m бал балы балаў", "point points"),
    "ruble": _RUBLE,
    "second": _nouns("f секунда секунды секунд", "f секунда секунды секунд", "second seconds"),
    "service": _nouns("f услуга услуги услуг", "f паслуга паслугі паслуг", "service services"),
    "week": _nouns("f неделя недели недель", "m тыдзень тыдні тыдняў", "week weeks"),
    "year": _nouns("m год года лет", "m год гады гадоў", "year years"),
}
"""The units of ``{…:count unit}``."""

CURRENCIES: Final[dict[str, tuple[Nouns, Nouns]]] = {
    "BYN": (_RUBLE, _KOPECK),
    "RUB": (_RUBLE, _KOPECK),
    "EUR": (_nouns("m евро евро евро", "n еўра еўра еўра", "euro euros"), _CENT),
    "USD": (_nouns("m доллар доллара долларов", "m долар долары долараў", "dollar dollars"), _CENT),
}
"""ISO 4217 code to the nouns of the currency and of its hundredth part."""
