"""Example answers of back ends, queues and numbers, for the path search and for tests."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from ivr import nodes
from ivr.conditions import COMPARISON, IN, LIST, RANGE, fits, plain
from ivr.digits import Verdict, judge
from ivr.events import Answered, Bridged, Event, Failed, Said
from ivr.listing import KEY
from ivr.lists import Lists
from ivr.model import Book, row_kinds
from ivr.session import Subject
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.value_readers import READERS
from ivr.values import Digits, Moment, Rows, Value, Values
from ivr.wants import CheckHours, Dial, Enqueue, FindAnnouncements, Grammar, Invoke, Send, Want

Request = tuple[str, str]
"""What answers, and its name: ``("do", "balance")``, ``("queue", "support")``, ``("sms", "")``."""

SUBJECT = Subject(1, "1234567")
"""Whom a caller from another number proves to be."""

Reply = Answered | Bridged | Failed

BROKEN = Failed("broken by the test")
"""The event of an action that fails with a fault of its own."""

_EXAMPLES: Mapping[str, str] = {
    "money": "12.50",
    "count": "3",
    "day": "2026-03-01",
    "date": "2026-03-01",
    "near": "2026-03-01",
    "moment": "2026-03-02T18:00",
    "when": "2026-03-02T18:00",
    "deadline": "2026-03-02T18:00",
    "digits": "1234567",
    "name": "Example",
    "spoken": "Example",
    "text": "Example",
    "word": "word",
    "recording": "5",
}


def request_of(want: Want) -> Request | None:
    """What must answer a want; None if the caller does."""
    match want:
        case Invoke():
            return "do", want.operation
        case CheckHours():
            return "hours", want.schedule
        case FindAnnouncements():
            return "announce", ""
        case Send():
            return "sms", ""
        case Enqueue():
            return "queue", want.queue
        case Dial():
            return "dial", want.number
    return None


def outcomes(book: Book, of: Request) -> tuple[str, ...]:
    """All outcomes of a request."""
    match of:
        case "do", operation:
            return tuple(book.operations[operation].outcomes)
        case "hours", _:
            return ("open", "closed")
        case "announce", _:
            return ("none", "some", "heard")
        case "sms", _:
            return ("sent", "nowhere")
        case "queue", _:
            return QUEUE_OUTCOMES
    return DIAL_OUTCOMES


def reply(book: Book, of: Request, outcome: str, values: Values | None = None) -> Reply:
    """An answer with that outcome; missing values are filled with examples."""
    if of[0] in ("queue", "dial"):
        return Bridged(outcome)
    made = {name: example(book, name, kind) for name, kind in brought(book, of, outcome).items()}
    about = SUBJECT if of[0] == "do" and _proves_another(book, of[1], outcome) else None
    return Answered(outcome, {**made, **(values or {})}, about)


def _proves_another(book: Book, operation: str, outcome: str) -> bool:
    signature = book.operations[operation]
    return signature.other and outcome == signature.proves


def brought(book: Book, of: Request, outcome: str) -> Mapping[str, str]:
    """Value -> kind, of the values that an outcome returns."""
    match of, outcome:
        case ("do", operation), _:
            return book.operations[operation].outcomes[outcome]
        case ("hours", _), "open":
            return {"closes": "moment"}
        case ("hours", _), "closed":
            return {"opens": "moment"}
        case ("announce", _), "some" | "heard":
            return {"announcements": "each"}
    return {}


def example(book: Book, name: str, kind: str) -> Value:
    """An example value of a kind; a list has one row with the placeholders of its prompts."""
    if kind.split()[0] != "each":
        return READERS[kind.split()[0]](_EXAMPLES[kind.split()[0]])
    return Rows(({each: example(book, each, slot) for each, slot in row(book, name).items()},))


def said(node: nodes.Node, language: str) -> Iterator[Said]:
    """What may be said in a ``listen``: the first phrase for each node it leads to."""
    for phrases in node.phrases.values() if isinstance(node, nodes.Listen) else ():
        yield from (Said(phrase, whole=True) for phrase in phrases.get(language, ())[:1])


def row(book: Book, name: str) -> Mapping[str, str]:
    """The placeholders of a list's row, of all prompts that play the list."""
    if name == "announcements":
        return {"announcement": "spoken", "until": "moment"}
    found = dict(book.row_slots.get(name, {}))
    declared = row_kinds(book.operations, name)
    for listing in book.listings.get(name, ()):
        taken = [of for of in listing.take.values() if of in declared]
        found = {**{of: declared[of] for of in taken}, **found}
        if KEY not in declared:
            found.pop(KEY, None)
    return found


def replies(book: Book, of: Request) -> Iterator[Event]:
    """All answers to a request that flows can tell apart, successful ones first.

    For a value that a flow branches on there is an example for each case.
    """
    for outcome in outcomes(book, of):
        yield reply(book, of, outcome)
        for name, kind in brought(book, of, outcome).items():
            for value in distinguished(book, name, kind):
                yield reply(book, of, outcome, {name: value})
    if of[0] not in ("queue", "dial"):
        yield BROKEN


def distinguished(book: Book, name: str, kind: str) -> Iterator[Value]:
    """Values that take other branches than the usual example, one for each combination."""
    usual = example(book, name, kind)
    branches = _looks(book, name)
    seen = {_cases_taken(branches, usual, book.lists)}
    for case in cases(book, name):
        named = IN.fullmatch(case)
        entries = sorted(book.lists.entries.get(named[1], ()))[:1] if named else ()
        for value in _read(kind, entries) if named else _candidates(usual, kind, case):
            taken = _cases_taken(branches, value, book.lists)
            if taken not in seen:
                seen.add(taken)
                yield value


def numbers_compared(book: Book) -> Iterator[str]:
    """Callers' numbers that take other branches: of each case that compares them, one or two."""
    plan = book.lists.plan
    for case in cases(book, "number"):
        named = IN.fullmatch(case)
        listed = sorted(book.lists.entries.get(named[1], ()))[:1] if named else ()
        values = _candidates(Digits(""), "digits", case) if not named else _read("digits", listed)
        yield from (one for one in map(plain, values) if plan is None or plan.msisdn(one))


def cases(book: Book, name: str) -> tuple[str, ...]:
    """The cases that the flows compare a value with."""
    return tuple(dict.fromkeys(chain.from_iterable(_looks(book, name))))


def looked_at(node: nodes.Node) -> tuple[str, tuple[str, ...]]:
    """The value by which a node decides where the call goes, and the cases; "" for none."""
    match node:
        case nodes.Branch():
            return node.branch, tuple(node.when)
        case nodes.Menu(each=nodes.Listing() as over):
            return over.of, ("0", f"> {over.most}") if over.more else ("0",)
    return "", ()


def _nodes(book: Book) -> Iterator[nodes.Node]:
    return chain.from_iterable(flow.nodes.values() for flow in book.flows.values())


def _looks(book: Book, name: str) -> tuple[tuple[str, ...], ...]:
    """The cases of each node that looks at a value."""
    return tuple(cases for what, cases in map(looked_at, _nodes(book)) if what == name)


def _cases_taken(looks: tuple[tuple[str, ...], ...], value: Value, lists: Lists) -> tuple[str, ...]:
    """The case that each look at a value takes; "" for none."""
    found = plain(value)
    return tuple(next((case for case in cases if fits(case, found, lists)), "") for cases in looks)


def _candidates(usual: Value, kind: str, case: str) -> Iterator[Value]:
    """Values at and around what a case compares with."""
    if LIST.fullmatch(case):
        for each in case.split(","):
            yield from _candidates(usual, kind, each.strip())
        return
    if between := RANGE.fullmatch(case):
        for sign, end in zip(("<=", ">="), between.groups(), strict=True):
            yield from _candidates(usual, kind, f"{sign} {end}")
        return
    compared = COMPARISON.fullmatch(case)
    number = compared[2] if compared else case
    if isinstance(usual, Rows):
        whole = number.partition(".")[0]
        for length in range(int(whole) + 2 if whole.isdigit() and int(whole) < 100 else 0):
            yield Rows(usual.rows[:1] * length)
        return
    texts = [number]
    if compared and not isinstance(usual, Moment):
        digit = "1" + "0" * len(number.lstrip("-"))
        texts += [f"-{digit}", "0", digit] + [str(int(float(number)) + by) for by in (-1, 1)]
    yield from _read(kind, texts)


def _read(kind: str, texts: Iterable[str]) -> Iterator[Value]:
    """The values that texts are; none for a text that is no value of the kind."""
    for text in texts:
        try:
            yield READERS[kind.split()[0]](text)
        except (ValueError, ArithmeticError):
            continue


def wrong_keys(grammar: Grammar) -> str:
    """The shortest wrong keys; "" if every key is an answer."""
    for key in "5678901234*#":
        if judge(grammar, key) is Verdict.WRONG:
            return key
    return "1" if judge(grammar, "1") is Verdict.MORE else ""
