"""Flows with every kind of node and every handler, and a world in which anything may happen."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

from ivr.events import (
    Answered,
    Bridged,
    Event,
    Failed,
    Gone,
    Keyed,
    Played,
    Recorded,
    Silent,
)
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Recording,
    Rows,
    Spoken,
    Text,
    Value,
    Word,
)
from ivr.wants import (
    Ask,
    CheckHours,
    Dial,
    Done,
    Enqueue,
    FindAnnouncements,
    Invoke,
    Record,
    Say,
    Send,
    Want,
)
from tests.ivr.calls import book, called, flow

MAIN = """
start: { announce: outages, told: known, then: known }
known: { branch: caller, when: { known: counted }, else: stranger }
counted: { set: { first: 1, topic: general }, then: again }
again: { set: { tries: "{first}" }, then: desk }
stranger: { say: help, then: counted }
desk: { hours: desk, open: main, closed: shut }
shut: { say: hours, barge-in: no, then: main }
main:
  menu: [menu, short]
  keys:
    { "1": balance, "2": pay, "3": leave, "4": boss, "5": tongues, "6": deep, "7": other, "88": it,
      "9#": doing }
  silent: [short, help]
  wrong: wrong
  gave-up: agents
it: { do: balance, need: code-word, on: { ok: said }, else: agents }
balance: { do: balance, need: caller, on: { ok: rich }, else: agents }
rich: { branch: balance, when: { "< 5": poor, ">= 100": agents }, else: said }
poor: { sms: balance-is, then: said, else: said }
said: { say: balance-is, then: main }
pay: { call: paying, with: { tries: tries }, take: { day: day }, on: { done: since }, else: main }
since: { say: since, then: main }
leave: { record: hello, into: message, then: length, empty: main }
length: { branch: message, when: { "> 10": agents }, else: main }
boss: { dial: "*701#", on: { ended: bye, busy: agents }, else: main }
tongues: { menu: hello, keys: { "1": ru, "2": en, "3": listens }, attempts: 1, gave-up: main }
listens:
  listen: help
  phrases: { ru: { en: [russian] }, en: { en: [english] } }
  keys: { "1": main }
  gave-up: main
doing: { hold: [hello, help], wait: 3m, then: main }
ru: { language: ru, then: main }
en: { language: en, then: main }
deep: { call: paying, with: { tries: first }, on: { done: main, gone: bye }, else: main }
other: { goto: start, flow: other }
agents: { queue: support, on: { ended: bye, left: main }, else: lost }
lost: { say: help, then: main }
sorry: { say: wrong, then: counted }
sure: { confirm: hello, yes: main, no: bye, gave-up: bye }
gone: { say: balance-is, then: notice }
notice: { sms: short, then: noted, else: noted }
noted: { do: balance, on: { ok: bye }, else: bye }
bye: { end: bye }
"""
PAYING = """
start: { input: number, into: to, least: 2, most: 3, then: sure, gave-up: no }
sure: { confirm: number, yes: pay, no: start, yes-key: "7", no-key: "#", gave-up: no }
pay: { do: pay, inputs: { to: to }, on: { ok: done }, else: no }
done: { return: done }
no: { menu: wrong, keys: { "1": nested, "2": out, "3": gone, "4": code }, gave-up: gone }
nested: { call: asking, take: { kind: kind }, on: { well: start }, else: out }
code: { say: pin, need: code-word, then: no }
out: { goto: main, flow: test }
gone: { return: gone }
"""
ASKING = """
start: { input: pin, into: pin, secret: yes, type-ahead: flush, then: kind, gave-up: bad }
kind: { set: { kind: money }, then: fault }
fault: { branch: identity, when: { caller: again }, else: broken }
broken: { say: balance-is, then: well }
again: { menu: hello, keys: { "1": well, "2": bad, "3": broken }, gave-up: bad }
well: { return: well }
bad: { return: bad }
"""
WHO = """
start: { input: pin, into: pin, secret: yes, then: check, gave-up: human }
check: { do: prove, on: { ok: done, no: start } }
human: { return: human }
done: { return: done }
"""
OTHER = """
start: { menu: help, keys: { "1": back-home, "2": call }, attempts: 2, gave-up: back-home }
back-home: { goto: main, flow: test }
call: { call: asking, on: { well: start, bad: start } }
"""
ALWAYS = 'always: { "*": back, "9": repeat, "0": %s }'
HANDLERS = "identify: who\non-need: sure\non-error: sorry\non-hangup: gone\non-backend-down: lost"


def sample_book(faulty: bool = True) -> Book:
    """Flows in which everything occurs, a fault of the author's, too, if ``faulty``."""
    asking = ASKING if faulty else ASKING.replace("balance-is", "hello")
    return book(
        flow(MAIN, f"{HANDLERS}\nfarewell: bye\npatience: 9\n{ALWAYS % 'agents'}"),
        called(
            "paying",
            PAYING,
            "inputs: { tries: count }\noutputs: { day: day }\npatience: 9\n" + ALWAYS % "gone",
        ),
        called("asking", asking, "outputs: { kind: word }\n" + ALWAYS % "bad"),
        called("who", WHO, ALWAYS % "human"),
        called("other", OTHER, "patience: 9\non-error: back-home"),
    )


SAMPLES: dict[str, Value] = {
    "count": Count(3),
    "day": Day(date(2026, 2, 28)),
    "digits": Digits("007"),
    "each": Rows(({"n": Count(1)},)),
    "moment": Moment(datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
    "money": Money(Decimal("12.50"), "BYN"),
    "name": Name({"ru": "Дом", "": "Home"}),
    "recording": Recording("/recorded/x.wav", 12.5),
    "spoken": Spoken({"ru": "Авария"}),
    "text": Text("В офисе"),
    "word": Word("x"),
}


def begin(book: Book, dialled: str, subscriber: int | None, language: str = "ru") -> Session:
    """A call that begins."""
    begun = start_session(book, "call", dialled, Caller("+375290000007", subscriber), (language,))
    assert begun is not None
    return begun


def happens(book: Book, want: Want, random: Random, misses: float = 0.2) -> Event:
    """Something that may come of a want: now and then the caller hangs up, or the line breaks.

    ``misses`` is the share of silences and wrong keys among the answers.
    """
    if random.random() < 0.02:
        return Gone(16) if random.random() < 0.5 else Failed("broken")
    match want:
        case Ask():
            return _pressed(want, random, misses)
        case Say():
            return Played(whole=True)
        case Record():
            said = Recording("/recorded/x.wav", random.choice([2.0, 20.0]))
            return Recorded(said) if random.random() < 0.7 else Silent()
        case Enqueue():
            return Bridged(random.choice(QUEUE_OUTCOMES))
        case Dial():
            return Bridged(random.choice(DIAL_OUTCOMES))
        case Done():
            raise AssertionError("it is over")
        case _:
            return answered(book, want, random)


def answered(book: Book, want: Want, random: Random) -> Event:
    """A result that an action may have."""
    match want:
        case Invoke():
            outcome, brought = random.choice(
                sorted(book.operations[want.operation].outcomes.items())
            )
            values = {name: SAMPLES[kind] for name, kind in brought.items()}
            if "balance" in values:
                values["balance"] = Money(Decimal(random.choice([1, 50, 500])), "BYN")
            return Answered(outcome, values)
        case CheckHours():
            closed = Answered("closed", {"opens": SAMPLES["moment"]})
            return random.choice([Answered("open"), closed])
        case FindAnnouncements():
            some = Answered("some", {"announcements": SAMPLES["each"]})
            return random.choice([some, Answered("none")])
        case Send():
            return Answered(random.choice(["sent", "nowhere"]))
    raise AssertionError(f"no answer to {want} is known")


def _pressed(ask: Ask, random: Random, misses: float) -> Event:
    if random.random() < misses:
        return Silent() if random.random() < 0.5 else Keyed(random.choice("0123456789*#"))
    grammar = ask.grammar
    keys = sorted(grammar.choices)
    if grammar.most:
        length = random.randint(grammar.least, grammar.most)
        keys += ["".join(random.choices("0123456789", k=length))] * (len(keys) + 1)
    return Keyed(random.choice(keys), whole=random.random() < 0.9)
