"""Spoken answers: what words mean, doubts, two failures, secrets, and the walk of a `listen`."""

from ari_app.sim.script_writer import steps_of
from ivr.acd.contact_reason import NodeVisit, SaidWords, last_said
from ivr.analysis.search import find_paths
from ivr.engine import Turn, step
from ivr.events import Began, Event, Keyed, Said
from ivr.loader import load
from ivr.session import Caller
from ivr.session_start import start_session
from ivr.speech_grammar import AGAIN, DID_YOU_SAY, KEYS_ALONE, SpeechGrammar, understood, yes_or_no
from ivr.values import Count, Name, Sealed
from ivr.vocabulary import vocabulary
from ivr.wants import Ask
from tests.ivr.calls import HEAD, OPERATIONS, SLOTS

NODES = """
  start:
    listen: hello
    keys: { "0": person }
    phrases:
      pay: { ru: [оплатить, хочу заплатить], en: [pay] }
      person: { ru: [интернет не работает], en: [internet does not work] }
    gave-up: bye
  pay: { confirm: number, yes: code, no: start, spoken: yes, gave-up: bye }
  code: { input: pin, into: pin, secret: yes, least: 4, most: 4, spoken: yes, then: person,
          gave-up: bye }
  person: { queue: support, else: bye }
  bye: { end: bye }
"""
SPEECH = {DID_YOU_SAY: {"said": "name"}, AGAIN: {}, KEYS_ALONE: {}}


def turns(*events: Event) -> list[Turn]:
    loaded = load({"a.yaml": f"{HEAD}nodes:{NODES}"}, {**SLOTS, **SPEECH}, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    session = start_session(loaded.book, "c", "100", Caller("1", 1), ("ru",))
    assert session is not None
    made = []
    for event in (Began(), *events):
        turn = step(loaded.book, session, event)
        session = turn.session
        made.append(turn)
    return made


def asked(turn: Turn) -> tuple[str, ...]:
    assert isinstance(turn.want, Ask)
    return tuple(phrase.prompt for phrase in turn.want.screen.phrases)


def test_words_within_a_sentence_lead_on_and_stand_in_the_record() -> None:
    last = turns(Said("У меня ИНТЕРНЕТ не работает!", 0.82))[-1]
    assert last.session.node == "person"
    assert last.steps[0].way == "said person"
    visit = NodeVisit("test", "start", "person", last.steps[0].way, last.steps[0].filled)
    assert last_said([visit]) == SaidWords("интернет не работает", 82)
    assert last.steps[0].filled == {
        "said": Name({"": "интернет не работает"}),
        "sure": Count(82),
    }


def test_a_doubt_is_asked_back_and_settled_by_word_or_key() -> None:
    for yes in (Said("да"), Keyed("1")):
        doubt, settled = turns(Said("заплатить хочу оплатить", 0.5, doubtful=True), yes)[1:]
        assert asked(doubt) == (DID_YOU_SAY,)
        assert settled.session.node == "pay"
    assert turns(Said("оплатить", 0.5, doubtful=True), Keyed("0"))[-1].session.node == "person"


def test_after_two_failures_keys_alone_count_in_this_node() -> None:
    first, second = turns(Said("абракадабра"), Said("оплатить", 0.5, doubtful=True), Said("нет"))[
        1::2
    ]
    assert asked(first)[0] == AGAIN
    assert asked(second)[0] == KEYS_ALONE
    assert isinstance(second.want, Ask)
    assert second.want.speech is None
    spent = turns(Said("a"), Said("b"), Keyed("7"), Keyed("7"), Keyed("0"))[-1]
    assert spent.session.node == "person", "what was misheard is no wrong key"


def test_a_doubt_names_what_was_said_and_not_the_key() -> None:
    for said, named in {"Да": "да", "один": "один", "Да, конечно!": "да конечно"}.items():
        doubt = turns(Said("оплатить"), Said(said, 0.4, doubtful=True, whole=True))[-1]
        assert isinstance(doubt.want, Ask)
        assert doubt.want.screen.phrases[0].values == {"said": Name({"": named})}


def test_a_spoken_yes_counts_only_when_all_was_heard_and_a_secret_is_in_no_record() -> None:
    early, late, secret = turns(
        Said("оплатить"),
        Said("да"),
        Said("да", whole=True),
        Said("один два три четыре", sealed=True),
    )[2:]
    assert early.steps[0].outcome == "early"
    assert late.session.node == "code"
    assert isinstance(secret.session.values["pin"], Sealed)
    assert "четыре" not in repr(secret.steps) + repr(Said("четыре", sealed=True))
    doubtful = turns(
        Said("оплатить"), Said("да", whole=True), Said("один два три четыре", 0.5, True, True)
    )[-1]
    assert asked(doubtful)[0] == AGAIN


def test_two_doubts_agree_to_nothing() -> None:
    unsure = Said("да", 0.4, doubtful=True, whole=True)
    asked_back, again = turns(Said("оплатить"), unsure, unsure)[2:]
    assert asked(asked_back) == (DID_YOU_SAY,)
    assert (asked(again)[0], again.session.node) == (AGAIN, "pay")
    assert again.session.agreed is None


def test_who_is_not_understood_has_a_key_to_press() -> None:
    changed = NODES.replace('    keys: { "0": person }\n', "")
    loaded = load({"a.yaml": f"{HEAD}nodes:{changed}"}, {**SLOTS, **SPEECH}, OPERATIONS)
    assert [each.rule for each in loaded.problems] == ["no-keys"]


def test_the_name_of_a_key_settles_no_doubt() -> None:
    """ "One" is the first choice of a menu as well as the key that agrees to the doubt."""
    doubt = Said("оплатить", 0.5, doubtful=True)
    again = turns(doubt, Said("один"))[-1]
    assert (asked(again)[0], again.session.node) == (AGAIN, "start")


def test_phrases_are_a_few_words() -> None:
    for phrase in ('"!!!"', "а" * 200):
        changed = NODES.replace("[оплатить, хочу заплатить]", f"[{phrase}]")
        loaded = load({"a.yaml": f"{HEAD}nodes:{changed}"}, {**SLOTS, **SPEECH}, OPERATIONS)
        assert [each.rule for each in loaded.problems] == ["unsayable-phrase"]


def test_who_says_more_than_yes_agrees_to_nothing() -> None:
    for text, key in {
        "Да, согласен": "1",
        "Да, конечно": "1",
        "да конечно нет": "",
        "один момент": "",
        "одну": "",
        "нет, спасибо": "2",
        "я не согласен": "2",
        "нет": "2",
        "не верно": "",
    }.items():
        assert understood(yes_or_no("ru"), text) == key
        confirm, refused = turns(Said("оплатить"), Said(text, whole=True))[1:]
        assert isinstance(confirm.want, Ask)
        assert confirm.want.speech is not None
        assert understood(confirm.want.speech, text) == key
        assert (refused.session.node == "code") == (key == "1")


def test_what_sounds_like_yes_competes_with_it() -> None:
    loaded = load({"a.yaml": f"{HEAD}nodes:{NODES}"}, {**SLOTS, **SPEECH}, OPERATIONS)
    assert loaded.book is not None
    assert {("ru", "куда"), ("ru", "да"), ("en", "pay")} <= vocabulary(loaded.book.flows)
    assert understood(yes_or_no("ru"), "куда") == ""


def test_two_answers_in_one_sentence_are_none() -> None:
    assert understood(SpeechGrammar("en", {"": "1"}), "") == ""
    heard = SpeechGrammar("en", {"pay": "1", "stop": "2", "do not stop": "3"})
    assert understood(heard, "Pay, stop") == ""
    assert understood(heard, "please do not stop") == "3"


def test_the_search_says_what_leads_on() -> None:
    book = load({"a.yaml": f"{HEAD}nodes:{NODES}"}, {**SLOTS, **SPEECH}, OPERATIONS).book
    assert book is not None
    found = find_paths(book)
    path = found.shortest["test", "start", "said pay"]
    assert "оплатить" in str([each.does for each in steps_of(path.turns, "test")])
    assert not [edge for edge in found.missed if edge[2].startswith("said")]
