"""Counted nouns: units and currencies, with gender, plural and case forms per language."""

from typing import Final, Literal, NamedTuple

Gender = Literal["m", "f", "n"]


class Noun(NamedTuple):
    """A counted noun: its nominative forms after one, two and five, and the genitive singular."""

    gender: Gender
    one: str
    few: str
    many: str
    genitive: str
    animate: bool = False
    """Whether its accusative is its genitive ("одного человека")."""

    @property
    def accusative(self) -> str:
        """The accusative singular: it differs from the nominative for feminine nouns."""
        if self.gender != "f":
            return self.one
        return self.one[:-1] + {"а": "у", "я": "ю"}[self.one[-1]]


Nouns = dict[str, Noun]


def _nouns(russian: str, belarusian: str, english: str, *, animate: bool = False) -> Nouns:
    """The forms of one unit.

    Russian: gender, and the forms after one, two and five. The form after two is its genitive
    singular. Belarusian: the genitive singular as well. English: singular and plural.
    """
    one, many = english.split()
    _, _, few, _ = russian.split()
    return {
        "ru": _slavic([*russian.split(), few], animate),
        "be": _slavic(belarusian.split(), animate),
        "en": Noun("n", one, many, many, one),
    }


def _slavic(forms: list[str], animate: bool) -> Noun:
    genders: dict[str, Gender] = {"m": "m", "f": "f", "n": "n"}
    letter, one, few, many, genitive = forms
    return Noun(genders[letter], one, few, many, genitive, animate)


_RUBLE: Final = _nouns("m рубль рубля рублей", "m рубель рублі рублёў рубля", "ruble rubles")
_KOPECK: Final = _nouns(
    "f копейка копейки копеек", "f капейка капейкі капеек капейкі", "kopeck kopecks"
)
_CENT: Final = _nouns("m цент цента центов", "m цэнт цэнты цэнтаў цэнта", "cent cents")
HOUR: Final = _nouns("m час часа часов", "f гадзіна гадзіны гадзін гадзіны", "hour hours")
MINUTE: Final = _nouns(
    "f минута минуты минут", "f хвіліна хвіліны хвілін хвіліны", "minute minutes"
)

UNITS: Final[dict[str, Nouns]] = {
    "attempt": _nouns(
        "f попытка попытки попыток",
        "f спроба спробы спроб спробы",
        "attempt attempts",
    ),
    "call": _nouns(
        "m звонок звонка звонков",
        "m званок званкі званкоў званка",
        "call calls",
    ),
    "day": _nouns("m день дня дней", "m дзень дні дзён дня", "day days"),
    "gigabyte": _nouns(
        "m гигабайт гигабайта гигабайт",
        "m гігабайт гігабайты гігабайтаў гігабайта",
        "gigabyte gigabytes",
    ),
    "hour": HOUR,
    "megabyte": _nouns(
        "m мегабайт мегабайта мегабайт",
        "m мегабайт мегабайты мегабайтаў мегабайта",
        "megabyte megabytes",
    ),
    "message": _nouns(
        "n сообщение сообщения сообщений",
        "n паведамленне паведамленні паведамленняў паведамлення",
        "message messages",
    ),
    "minute": MINUTE,
    "month": _nouns(
        "m месяц месяца месяцев",
        "m месяц месяцы месяцаў месяца",
        "month months",
    ),
    "person": _nouns(
        "m человек человека человек",
        "m чалавек чалавекі чалавек чалавека",
        "person people",
        animate=True,
    ),
    "point": _nouns("m балл балла баллов", "m бал балы балаў бала", "point points"),
    "ruble": _RUBLE,
    "second": _nouns(
        "f секунда секунды секунд",
        "f секунда секунды секунд секунды",
        "second seconds",
    ),
    "service": _nouns(
        "f услуга услуги услуг",
        "f паслуга паслугі паслуг паслугі",
        "service services",
    ),
    "week": _nouns(
        "f неделя недели недель",
        "m тыдзень тыдні тыдняў тыдня",
        "week weeks",
    ),
    "year": _nouns("m год года лет", "m год гады гадоў года", "year years"),
}
"""The units of ``{…:count unit}``."""

CURRENCIES: Final[dict[str, tuple[Nouns, Nouns]]] = {
    "BYN": (_RUBLE, _KOPECK),
    "RUB": (_RUBLE, _KOPECK),
    "EUR": (_nouns("m евро евро евро", "n еўра еўра еўра еўра", "euro euros"), _CENT),
    "USD": (
        _nouns(
            "m доллар доллара долларов",
            "m долар долары долараў долара",
            "dollar dollars",
        ),
        _CENT,
    ),
}
"""ISO 4217 code to the nouns of the currency and of its hundredth part."""
