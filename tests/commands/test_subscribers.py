"""`firstline subscribers`: whose word it is, whether it is locked, and never the word."""

import asyncio
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.config.state import State
from ari_app.demo.operator import code_word, people, seed_code_words
from ari_app.demo.simulated import simulated_operator
from ari_app.fulfilment.code_words import StoredCodeWords, hashing, weaknesses
from ari_app.selfcare.hashing import CHEAP, Hasher
from ari_app.selfcare.operations import CATALOGUE
from ari_app.selfcare.request_port import Asker
from ari_app.sim.simulation import bench
from ari_app.store import code_words
from ari_app.store.db import Store
from ivr.events import Answered
from ivr.identity.keypad import key_form
from ivr.model import Book
from ivr.secret import Secret
from ivr.session import Caller, Session
from ivr.values import Sealed
from ivr.wants import Invoke
from prompts import catalogue
from tests.commands.conftest import Run
from tests.operators import BELARUS, BRANDS, DEMO

STRANGER = simulated_operator().stranger
NUMBER = "375990000001"
WORD = "Жнівень"


def proven(state: State, *words: str) -> list[bool]:
    """Whether a caller's tries are right."""

    async def proving() -> list[bool]:
        store = await Store.open(state.database, BELARUS)
        with hashing(state) as hasher:
            kept = StoredCodeWords(store, hasher, lambda: datetime.now(UTC), BRANDS)
            found = []
            for word in words:
                call = f"c{datetime.now(UTC)}"
                asker = Asker(call, NUMBER, 1)
                found.append(await kept.prove(asker, Secret(key_form(word)), f"{call}:1") == "ok")
        await store.close()
        return found

    return asyncio.run(proving())


def set_word(state: State, typed: str, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        main,
        ["--state", str(state.directory), "subscribers", "set-code-word", NUMBER, *options],
        input=typed,
    )
    return done.exit_code, done.output


def test_all_are_listed(demo: State, run: Run) -> None:
    lines = run("subscribers", "list").stdout.splitlines()
    assert len(lines) == 50
    assert lines[0].startswith("1  …0001  ru  ")
    assert demo.database.exists()


def test_a_word_is_asked_twice_and_not_shown(demo: State, run: Run) -> None:
    code, output = set_word(demo, f"{WORD}\n{WORD}\n")
    assert (code, output.splitlines()[-1]) == (0, "the code word is set")
    assert WORD not in output
    assert proven(demo, WORD) == [True]
    shown = run("subscribers", "show", "+375 99 000-00-01", "--state", str(demo.directory)).stdout
    assert "code word: set " in shown
    assert WORD.casefold() not in shown.casefold()


def test_a_script_gives_a_word_and_its_author(demo: State, run: Run) -> None:
    assert set_word(demo, f"{WORD}\n", "--stdin", "--by", "anna")[0] == 0
    assert " by anna" in run("subscribers", "show", NUMBER).stdout


def test_a_weak_word_is_refused_with_its_reason(demo: State) -> None:
    code, output = set_word(demo, "1234\n", "--stdin")
    assert code == 1
    assert "too weak. Its letters or keys only count up or down" in output


def test_who_is_locked_is_unlocked_with_a_reason(demo: State, run: Run) -> None:
    set_word(demo, f"{WORD}\n", "--stdin")
    assert proven(demo, "март", "март", "март", WORD) == [False] * 4
    assert "locked until" in run("subscribers", "show", NUMBER).stdout
    assert run("subscribers", "unlock", NUMBER).exit_code == 2, "a reason is needed"
    unlocked = run("subscribers", "unlock", NUMBER, "--reason", "passport", "--by", "anna")
    assert unlocked.stdout == "the code word can be tried again\n"
    shown = run("subscribers", "show", NUMBER).stdout.splitlines()
    assert not any("locked until" in line for line in shown)
    assert shown[2].endswith("  unlocked  by anna  passport")
    assert proven(demo, WORD) == [True]
    again = run("subscribers", "unlock", NUMBER, "--reason", "passport")
    assert again.stdout == "there were no wrong attempts\n"


def test_no_subscriber_has_the_number(demo: State, run: Run) -> None:
    assert demo.database.exists()
    for command in (["show"], ["set-code-word"], ["unlock", "--reason", "x"]):
        failed = run("subscribers", *command, STRANGER)
        assert failed.exit_code == 1
        assert "no subscriber has this number" in failed.stderr


# The demo operator's words.


def test_no_word_of_the_demo_operator_is_weak() -> None:
    for one in people(datetime.now(UTC)):
        assert weaknesses(one, code_word(one.msisdn), BRANDS) == ()
    assert key_form(code_word(NUMBER).reveal()) == "5266"


def test_demo_subscribers_get_words_and_keep_their_own(demo: State) -> None:
    assert set_word(demo, f"{WORD}\n", "--stdin", "--by", "anna")[0] == 0

    async def seeding() -> dict[str, int]:
        store, hasher = (
            await Store.open(demo.database, BELARUS),
            Hasher(Secret("pepper"), CHEAP),
        )
        for _ in range(2):
            await seed_code_words(store, hasher, datetime.now(UTC))
        found = [await store.read(code_words.of, id) for id in range(1, 51)]
        hasher.close()
        await store.close()
        authors = [one.by for one in found if one is not None]
        return {author: authors.count(author) for author in authors}

    assert asyncio.run(seeding()) == {"anna": 1, "demo": 49}


@pytest.mark.parametrize(
    ("number", "subscriber", "keys", "outcome"),
    [(NUMBER, 1, "5266", "ok"), (NUMBER, 1, "5267", "wrong"), (STRANGER, None, "5266", "wrong")],
)
async def test_without_a_phone_the_same_words_are_right(
    number: str, subscriber: int | None, keys: str, outcome: str
) -> None:
    perform = bench(Book({}, {}, CATALOGUE), catalogue.shipped(DEMO), simulated_operator()).back(
        datetime(2026, 3, 2, 10)
    )
    caller = Caller(number, subscriber)
    session = Session(id="c1", dialled="611", caller=caller, language="ru", flow="f", node="n")
    invoke = Invoke("code-word", {"word": Sealed(Secret(keys))}, "c1:1")
    assert await perform(invoke, session) == Answered(outcome)


def set_pin(state: State, pin: str) -> tuple[int, str]:
    words = ["--state", str(state.directory), "subscribers", "set-pin", NUMBER, "--stdin"]
    done = CliRunner().invoke(main, words, input=f"{pin}\n")
    return done.exit_code, done.output


def test_a_pin_stands_beside_the_word(demo: State, run: Run) -> None:
    code, output = set_pin(demo, "73914")
    assert (code, "set a code word first" in output) == (1, True)
    set_word(demo, f"{WORD}\n", "--stdin")
    assert set_pin(demo, "1234")[0] == 1, "it is too easy to guess"
    assert set_pin(demo, "ветер")[0] == 1, "it has digits alone"
    assert set_pin(demo, "73914") == (0, "the PIN is set\n")
    assert proven(demo, "73914", WORD, "73915") == [True, True, False]
    shown = run("subscribers", "show", NUMBER).stdout
    assert ", and a PIN" in shown
    assert "73914" not in shown


def test_a_second_contact_is_set_shown_and_removed(demo: State, run: Run) -> None:
    assert demo.database.exists()
    contact = ("subscribers", "second-contact", NUMBER)
    assert run(*contact).stdout == "second contact: none\n"
    assert run(*contact, "+375 17 000-00-09").stdout == "second contact: 375170000009\n"
    assert run(*contact).stdout == "second contact: 375170000009\n"
    refused = run(*contact, NUMBER)
    assert (refused.exit_code, "no number of somebody else" in refused.stderr) == (1, True)
    assert run(*contact, "--none").stdout == "second contact: none\n"


def test_a_list_comes_in_pages(demo: State, run: Run) -> None:
    first = run("subscribers", "list", "--limit", "2")
    assert [line.split()[0] for line in first.stdout.splitlines()] == ["1", "2"]
    assert first.stderr == "2 of 50 subscribers; go on with --after 2\n"
    rest = run("subscribers", "list", "--after", "2")
    assert len(rest.stdout.splitlines()) == 48
    assert rest.stderr == "48 of 50 subscribers\n"
    assert demo.database.exists()
