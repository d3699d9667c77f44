"""Files of score cards: what is read, and what is wrong with others."""

import pytest

from ivr.quality.card import worded
from ivr.quality.reading import read
from tests.ivr.quality.samples import LANGUAGES, TEXT, card


def test_a_card_is_read() -> None:
    found = card()
    assert found.name == "service"
    assert [one.name for one in found.questions] == ["greeted", "identified", "solved"]
    greeted, identified, solved = found.questions
    assert (list(greeted.marks), list(solved.marks)) == ([0, 1], [0, 1, 2, 3, 4, 5])
    assert (identified.fatal, identified.optional, solved.weight) == (True, True, 3)
    assert worded(greeted.asks, "ru") == "Назвали имя?"
    assert worded(greeted.asks, "be") == "Did the agent say their name?"
    assert found.fits("support")
    assert found.fits("sales")
    assert not card(f"{TEXT}queues: [support]\n").fits("sales")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: scale", "kind: stars", "15:15: wrong-type: 'stars' is none of yes-no, scale"),
        ("best: 5", "best: 0", "16:15: out-of-bounds: 0 is too little: at least 1"),
        ("weight: 3", "wait: 3", "17:9: unknown-key: a question has no key 'wait': did you mean"),
        ("name: solved", "name: greeted", "13:15: twin-name: two questions are named greeted"),
        ("name: solved", "name: So!", "13:15: bad-name: 'So!' cannot name a question"),
        ("fatal: yes", "best: 3", "9:15: unknown-key: best is for kind: scale"),
        ("fatal: yes", "fatal: maybe", "9:16: wrong-type: 'maybe': write yes or no"),
        ("      - name: solved\n", "      - weight: 2\n", "name is missing: add `name: …`"),
        ("    questions:\n      - name: greeted", "    q:\n      - name: greeted", "no key 'q'"),
        ('{ en: "Answer"', '{ eng: "Answer"', "the desk has no language eng: did you mean en?"),
        ("sections:", "name: service\nsections:", "a score card is named by its file"),
        ("sections:", "queues: [suport]\nsections:", "no queue suport: did you mean support?"),
        (TEXT, "- nothing\n", "service.yaml:1:1: not-a-flow: a score card is a table of keys"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, says: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    found, problems = read("service", "service.yaml", text, ("support",), LANGUAGES)
    assert found is None
    assert says in "\n".join(map(str, problems))


def test_queues_that_are_not_known_are_not_looked_up() -> None:
    found, problems = read("s", "s.yaml", f"{TEXT}queues: other\n", None, LANGUAGES)
    assert found is not None
    assert (found.queues, problems) == (("other",), [])
