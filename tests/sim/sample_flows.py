"""Flows that have a node of every kind and a way of every kind, and a stage for them."""

from datetime import datetime

from ari_app.session.conductor import Perform
from ari_app.sim.run import Person, Result, TestBench, run_test
from ari_app.sim.script import Test
from ari_app.sim.script_reader import read
from ivr.analysis.examples import outcomes, reply, request_of
from ivr.events import Answered
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.session import Session
from ivr.wants import Action

PLAIN = ("hello", "menu", "help", "wrong", "number", "sure", "pin", "voice", "text", "bye", "legal")
SLOTS: dict[str, dict[str, str]] = {
    **{prompt: {} for prompt in PLAIN},
    "balance-is": {"balance": "money"},
    "payments-are": {"payments": "each payment"},
    "payment": {"day": "day", "amount": "money"},
    "outages": {"announcements": "each outage"},
    "outage": {"announcement": "spoken", "until": "moment"},
    "closed-until": {"opens": "moment"},
}
OPERATIONS = {
    one.name: one
    for one in (
        Operation("balance", {"ok": {"balance": "money"}, "unknown": {}, "unavailable": {}}),
        Operation("payments", {"ok": {"payments": "each"}, "none": {}, "unavailable": {}}),
        Operation("pin", {"right": {}, "wrong": {}}, {"pin": "secret"}, proves="right"),
        Operation("pay", {"ok": {}, "refused": {}, "failed": {}}, {"to": "digits"}, costs=True),
    )
}

MAIN = """
flow: main
numbers: ["100", "101"]
languages: [ru, be]
start: welcome
patience: 4
farewell: silence
identify: who
on-need: stranger
on-backend-down: down
on-error: oops
on-hangup: after
always: { "*": back, "9": repeat, "0": agents }

nodes:
  welcome: { say: hello, then: where }
  where: { branch: dialled, when: { "101": legal }, else: outages }
  legal: { say: legal, barge-in: no, then: outages }
  outages: { announce: outages, told: main, then: main }
  main:
    menu: menu
    keys:
      { "1": balance, "10": payments, "2": gift, "3": complain, "4": call, "5": be, "6": other,
        "7": tongue, "12": words, "#": wait }
    silent: help
    wrong: wrong
    type-ahead: flush
    gave-up: agents
  balance: { do: balance, need: caller, on: { ok: how-much, unknown: stranger }, else: agents }
  how-much: { branch: balance, when: { "< 5": poor, ">= 1000": agents }, else: balance-said }
  balance-said: { say: balance-is, then: main }
  poor: { set: { warned: 1 }, then: main }
  payments: { do: payments, on: { ok: payments-said, unavailable: main }, else: main }
  payments-said: { say: payments-are, then: main }
  gift:
    { call: gift, with: { from: dialled-from }, take: { sent-to: to }, on: { done: main },
      need: code-word, else: agents }
  complain: { record: voice, into: voice, quiet: 2s, then: long, empty: main }
  long: { branch: voice, when: { "> 60": agents }, else: thank }
  thank: { sms: text, then: main, else: agents }
  call: { dial: "80171234567", on: { ended: main, busy: agents }, else: bye }
  be: { language: be, then: tongue }
  wait: { hold: [hello, help], wait: 3m, then: main }
  tongue: { branch: language, when: { be: main }, else: main }
  words:
    listen: help
    phrases: { balance: { ru: [баланс], be: [баланс] }, wait: { ru: [подождать], be: [чакаць] } }
    keys: { "1": balance }
    gave-up: agents
  other: { goto: welcome, flow: other }
  agents: { hours: office, open: queue, closed: closed }
  queue: { queue: support, topic: money, on: { ended: bye, left: main }, else: bye }
  closed: { say: closed-until, then: bye }
  stranger: { say: hello, then: bye }
  down: { say: wrong, then: main }
  oops: { say: wrong, then: bye }
  after: { set: { gone: 1 }, then: after-text }
  after-text: { sms: text, then: silence, else: silence }
  silence: { end: [] }
  bye: { end: bye }
"""
GIFT = """
flow: gift
languages: [ru, be]
inputs: { from: digits }
outputs: { to: digits }
start: number
always: { "*": given-up }
nodes:
  number:
    input: number
    into: to
    least: 4
    most: 7
    gave-up: given-up
    then: pin
  pin: { input: pin, into: pin, least: 4, most: 4, secret: yes, then: right, gave-up: given-up }
  right: { do: pin, inputs: { pin: pin }, on: { right: sure }, else: given-up }
  sure: { confirm: sure, yes: pay, no: given-up, gave-up: given-up, attempts: 1 }
  pay: { do: pay, inputs: { to: to }, on: { ok: done }, else: given-up }
  done: { return: done }
  given-up: { return: given-up }
"""
WHO = """
flow: who
languages: [ru, be]
start: pin
always: { "*": back, "0": given-up }
nodes:
  pin: { input: pin, into: pin, secret: yes, then: right, gave-up: given-up, stop: "" }
  right: { do: pin, inputs: { pin: pin }, on: { right: done }, else: given-up }
  done: { return: done }
  given-up: { return: given-up }
"""
OTHER = """
flow: other
numbers: ["200"]
languages: [be]
start: welcome
on-error: bye
on-hangup: bye
nodes:
  welcome: { set: { dialled-from: "2000" }, then: number }
  number: { input: number, into: dialled-from, takes: digits, then: work, gave-up: bye, stop: "" }
  work: { do: payments, else: again }
  again: { branch: payments, when: { "> 2": bye, "0": main }, else: bye }
  main: { goto: main, flow: main }
  bye: { end: bye }
"""
OFFICE = """
schedule: office
timezone: Europe/Minsk
week: { mon-fri: "09:00-18:00" }
"""


def book(**texts: str) -> Book:
    """The book of these flows, or of all flows of this file."""
    chosen = texts or {"main": MAIN, "gift": GIFT, "who": WHO, "other": OTHER, "office": OFFICE}
    loaded = load({f"{name}.yaml": text for name, text in chosen.items()}, SLOTS, OPERATIONS)
    assert loaded.book is not None, "\n".join(map(str, loaded.problems))
    return loaded.book


def bench(of: Book) -> TestBench:
    """Its screens last ten seconds; an operation without a given answer has its first outcome."""

    def person(wanted: str) -> Person:
        if wanted == "unknown":
            return Person("375170000000", None, "", "unknown")
        return Person("375990000001", 1, "be", "Alesya")

    def back(_: datetime) -> Perform:
        async def perform(action: Action, _: Session) -> Answered:
            asks = request_of(action)
            assert asks is not None
            found = reply(of, asks, outcomes(of, asks)[0])
            assert isinstance(found, Answered)
            return found

        return perform

    return TestBench(of, person, back, lambda _: 10.0)


def cases(of: Book, text: str) -> tuple[Test, ...]:
    """The tests of a text without problems."""
    found = read("a.test.yaml", text, of)
    assert not found.problems, "\n".join(map(str, found.problems))
    return found.tests


async def run(of: Book, text: str) -> list[Result]:
    """The results of the tests of a text."""
    return [await run_test(bench(of), test) for test in cases(of, text)]
