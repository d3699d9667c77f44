"""Finding subscribers: by any form of a number, by names and words, whatever else is typed."""

import sqlite3
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ari_app.store import history, name_words, search, subscribers
from ari_app.store.db import Store
from ari_app.store.history import Contact
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from tests.operators import BELARUS
from tests.store.samples import NOON, subscriber

DAY = timedelta(days=1)
NAMES = ("Громов Глеб", "Громова Алёна", "Берёзкин Ян", 'O\'Neill "Near" AND', "Громов Глеб")
TALKS = (
    (2, "В телевизоре нет звука", "Починили приставку", "tv"),
    (1, "Нет интернета, роутер чихает", "Заменили роутер", "internet"),
    (1, "Почему счёт больше?", "Объяснили про налог", "money"),
    (3, "Нет связи; роутер, роутер!", "", "internet"),
)


def fill(db: Database) -> None:
    """Five people, and what they spoke about."""
    people = (
        replace(subscriber(id, f"37599000{id:04}"), name=name, area="Брест" if id == 3 else "Минск")
        for id, name in enumerate(NAMES, 1)
    )
    subscribers.add(db, people)
    history.add(
        db,
        [
            Contact(who, NOON - days * DAY, "call", topic, question, solution, "anna", True)
            for days, (who, question, solution, topic) in enumerate(TALKS)
        ],
    )


@pytest.fixture
async def filled(store: Store) -> Store:
    await store.write(fill)
    return store


@pytest.mark.parametrize(
    ("text", "ids", "by"),
    [
        ("375990000003", [3], "number"),
        ("+375 99 000-00-03", [3], "number"),
        ("8 (099) 000 00 03", [3], "number"),
        ("990000003", [3], "number"),
        ("tel:+375-99-000-00-03", [3], "number"),
        ("990000003;phone-context=+375", [3], "number"),
        (" 0003 ", [3], "number"),
        ("00-03", [3], "number"),
        ("9999", [], "number"),
        ("003", [], "number"),
        ("громов", [1, 5, 2], "name"),
        ("ГЛЕБ гром", [1, 5], "name"),
        ("громов 0005", [5], "name"),
        ("громов 00 05", [5], "name"),
        ("березкин", [3], "name"),
        ("БЕРЁЗ", [3], "name"),
        ("алена", [2], "name"),
        ("Брест", [3], "name"),
        ("o'neill", [4], "name"),
        ("near and", [4], "name"),
        ("телевизор", [2], "contacts"),
        ("звуки", [2], "contacts"),
        ("роутера", [1, 3], "contacts"),
        ("роутер заменить", [], "contacts"),
        ("счет", [1], "contacts"),
        ("налоги", [1], "contacts"),
        ("роутер налог", [], "contacts"),
        ("internet", [1, 3], "contacts"),
        ("gromov", [1, 5, 2], "name"),
        ("Gromova Alyona", [2], "name"),
        ("beryozkin", [3], "name"),
        ("Berezkin", [3], "name"),
        ("гормов", [1, 5], "name"),
        ("громв", [1, 5], "name"),
        ("громмова", [2, 1, 5], "name"),
        ("грамов глеп", [1, 5], "name"),
        ("берозкин", [3], "name"),
        ("беризк", [], "name"),
        ("оник", [], "name"),
    ],
)
async def test_people_are_found(filled: Store, text: str, ids: list[int], by: str) -> None:
    found = await filled.read(search.find, text, 10)
    assert [one.id for one in found] == ids
    assert {one.by for one in found} <= {by}


async def test_who_is_found_is_shown_with_what_was_found(filled: Store) -> None:
    [one] = await filled.read(search.find, "звук", 10)
    assert (one.msisdn, one.name, one.area, one.language) == (
        *("375990000002", "Громова Алёна"),
        *("Минск", "ru"),
    )
    assert one.excerpt == "В телевизоре нет звука"
    assert len(await filled.read(search.find, "громов", 2)) == 2


async def test_a_name_goes_before_what_was_spoken_about(filled: Store) -> None:
    talk = Contact(3, NOON, "call", "money", "Громов брал мой телефон", "", "anna", True)
    await filled.write(history.add, [talk])
    found = await filled.read(search.find, "громов", 10)
    assert [(one.id, one.by) for one in found] == [
        *((1, "name"), (5, "name"), (2, "name")),
        (3, "contacts"),
    ]


async def test_whole_words_of_contacts_go_before_beginnings(filled: Store) -> None:
    talk = Contact(2, NOON + DAY, "call", "money", "Роутеры мигают", "", "anna", True)
    await filled.write(history.add, [talk])
    found = await filled.read(search.find, "роутер", 10)
    assert [one.id for one in found] == [1, 3, 2]


async def test_a_chronology_is_searched(filled: Store) -> None:
    async def questions(text: str) -> list[str]:
        contacts = await filled.read(search.chronology, 1, text)
        return [one.question for one in contacts]

    router, bill = TALKS[1][1], TALKS[2][1]
    assert await questions("РОУТЕРЫ") == [router]
    assert await questions("заменили роутер") == [router]
    assert await questions("  ") == [router, bill]
    assert await questions("!?") == []
    assert await questions("звук") == [], "that is another's"


async def test_the_index_follows_what_changes(filled: Store) -> None:
    def changes(db: Database) -> None:
        db.conn.execute("update contacts set question = 'Нет пульта' where topic = 'tv'")
        db.conn.execute("update subscribers set name = 'Ёлкина Ева' where id = 2")
        db.conn.execute("delete from contacts where topic = 'money'")

    await filled.write(changes)
    for text, ids in (("звук", []), ("пульт", [2]), ("елкина", [2]), ("алена", []), ("налог", [])):
        assert [one.id for one in await filled.read(search.find, text, 10)] == ids, text
    for index in ("contacts_words", "subscribers_words"):
        sound = f"insert into {index} ({index}, rank) values ('integrity-check', 1)"
        await filled.write(lambda db, sql: db.conn.execute(sql) and None, sound)


TROUBLE = (
    "", " ", '"', "''", "*", "^a", "-", "a AND", "NOT", "(", "name:x", "NEAR(a b)", "a OR b*",
    "\0", "а\0б", "_", "_ роутер", "²", "²³ роутер", "\u0306", "и\u0306", "\U0001f600", "𞤀", "%",
    "'; drop table subscribers --", "роутер" * 1700, "слово " * 1700, "1" * 10_000, "\ud800", "٣٧٥",
)  # fmt: skip


@pytest.mark.parametrize("text", TROUBLE, ids=range(len(TROUBLE)))
async def test_whatever_is_typed_is_looked_for(filled: Store, text: str) -> None:
    await filled.read(search.find, text, 10)
    await filled.read(search.chronology, 1, text)


@pytest.mark.slow
def test_anything_can_be_typed() -> None:
    db = Database(sqlite3.connect(":memory:"), BELARUS)
    MIGRATIONS.apply(db)
    fill(db)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text() | st.text("\"*^():-+,{}[]\\'АБab1 ", max_size=30))
    def typed(text: str) -> None:
        search.find(db, text, 10)
        search.chronology(db, 1, text)

    typed()
    db.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Щукин", "Shchukin"),
        ("Хомич", "Khomich"),
        ("Ельцин", "Yeltsin"),
        ("Юлия", "Julia"),
        ("Мария", "Mariya"),
        ("Алексей", "Alexey"),
        ("Евгений", "Yevgeny"),
        ("Дмитрий", "Dmitry"),
        ("Соловьёв", "Solovyov"),
        ("Ковальчук", "kovalczuk"),
        ("Żółć", "zolc"),
    ],
)
def test_a_name_sounds_alike_however_it_is_written(one: str, other: str) -> None:
    assert name_words.sound(one) == name_words.sound(other)


async def test_words_of_names_are_forgotten_with_the_last_who_has_them(filled: Store) -> None:
    def change(db: Database) -> list[bool]:
        db.conn.execute("delete from contacts")
        db.conn.execute("delete from subscribers where id in (1, 3)")
        name_words.forget(db, NAMES[0])
        name_words.forget(db, NAMES[2])
        return [bool(name_words.alike(db, word)) for word in ("Громов", "Берёзкин")]

    assert await filled.write(change) == [True, False]
    rows = "select count(*) from name_errors where word = 'березкин'"
    assert await filled.read(lambda db: db.conn.execute(rows).fetchone()) == (0,)
