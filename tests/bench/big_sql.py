"""What the rows of a :mod:`tests.bench.big_store` are made of, as SQL."""

from collections.abc import Mapping

from msgspec import Struct

FIRST_NUMBER = 375_290_000_000
"""The number of a subscriber is this and their id."""

DAYS = 365
"""How long the calls went on."""

GIVEN = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Инна", "Юрий")
STEMS = ("Кова", "Мельни", "Тимо", "Сидо", "Борове", "Ляхо", "Гриш", "Остро", "Петро", "Шаво")
ENDINGS = ("ль", "к", "нюк", "ренко", "вич", "вцова", "шко", "щенко", "лёв", "ц")
AREAS = ("Минск", "Гомель", "Брест", "Витебск", "Гродно", "Могилёв", "Орша", "Лида", "Пинск")
QUESTIONS = ("Нет связи дома", "Счёт больше обычного", "Медленный интернет", "Не работает роуминг")
WHEN = ("вчера", "вечером", "в метро", "на даче", "после дождя", "снова", "иногда", "третий день")
TOPICS = ("network", "bill", "internet", "roaming")
DEPARTMENTS = ("network", "billing", "sales")
HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + 64 * "A"


class Rows(Struct, frozen=True):
    """The rows of a table: how many, and each column in SQL, where ``i`` counts them from 1."""

    count: int
    columns: Mapping[str, str]


def one_of(words: tuple[str, ...], which: str) -> str:
    """SQL: the word of a number."""
    whens = " ".join(f"when {n} then '{word}'" for n, word in enumerate(words))
    return f"case ({which}) % {len(words)} {whens} end"


WHO = "(i * 7919) % :people + 1"
NUMBER = f"cast({FIRST_NUMBER} + {WHO} as text)"
AT = "cast(:since + :year * (1.0 * i / :count) as integer)"
AGENT = "'agent' || (i % 10)"
RECENT = "i > :count - 20"
"""The last few rows are unfinished, however many there are."""


def of_call(each: int) -> str:
    """SQL: the id of the call of a row, of which there is one for so many calls."""
    return f"printf('%016x', i * {each})"
