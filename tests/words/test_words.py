"""No file gets more of the words that docs/glossary.md rules out than are still allowed there."""

import pytest

from tests.words.banned import GLOSSARY, allowed, banned, count, found, lowered


def test_no_file_has_more_than_is_allowed() -> None:
    limits = allowed()
    more = [
        f"{name}: {number} banned words, allowed are {limits.get(name, 0)}"
        for name, number in count().items()
        if number > limits.get(name, 0)
    ]
    assert more == [], "`python -m tests.words PATH` says which, and what to write instead"


def test_a_word_has_a_replacement() -> None:
    words = banned()
    assert {"deed", "wish", "told", "nobody", "whoever", "his", "passed on"} <= set(words)
    assert all(words.values()), GLOSSARY


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("ivr/a.py", "def tell_agent(): ...", "tell"),
        ("ivr/a.py", "class OrderDeed: ...", "deed"),
        ("ivr/a.py", "desk = House()", "house"),
        ("ivr/a.py", '"""What is told to callers."""', "told"),
        ("ivr/a.py", "x = 1  # nobody waits", "nobody"),
        ("ivr/a.py", 'log.info("passed on to %s", agent)', "passed on"),
        ("ivr/deeds.py", "", "deeds"),
        ("tests/a.py", "def test_a_caller_is_told(): ...", "told"),
        ("ivr/a.py", 'run("select 1", "what callers are told")', "told"),
        ("docs/a.md", "An agent takes his call.", "his"),
        ("firstline", 'say "mend what it says"', "mend"),
        ("ari_app/a.js", "// the deed", "deed"),
    ],
)
def test_a_banned_word_is_found(name: str, text: str, word: str) -> None:
    assert [hit.word for hit in found(name, text, banned())] == [word]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ivr/a.py", 'TAG = "told"'),
        ("ivr/a.py", 'SQL = "select told from wishes"'),
        ("ivr/a.py", 'SQL = (\n    "select told from wishes"\n    " where told is null"\n)'),
        ("ivr/a.py", 'YAML = "{ announce: outages, told: known, then: main }"'),
        ("ivr/a.py", '"""``what`` is ``telling``; table `wishes`."""'),
        ("tests/a.py", "def test_it_is_sent_once(): ..."),
        ("ivr/a.py", '"""Once in a second; how to tell the two apart; requests in flight."""'),
        ("docs/a.md", "The outcome `told`.\n\n```text\ntold welcome\n```\n"),
    ],
)
def test_what_is_data_or_plain_english_is_not(name: str, text: str) -> None:
    assert found(name, text, banned()) == []


def test_the_list_only_gets_shorter() -> None:
    assert lowered({"a.py": 3, "b.py": 1}, {"a.py": 2}) == {"a.py": 2}
    assert lowered({"a.py": 3}, {"new.py": 3}) == {"new.py": 3}
    with pytest.raises(ValueError, match=r"a\.py"):
        lowered({"a.py": 3}, {"a.py": 4})
    with pytest.raises(ValueError, match=r"new\.py"):
        lowered({"a.py": 3}, {"a.py": 3, "new.py": 1})
