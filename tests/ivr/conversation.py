"""Conversations over the flows that we ship, as text that a person reads.

A line that begins at the margin is what happens, an indented one what the engine makes of it: a
want, or with ``|`` a line of the record. ``python -m tests.ivr.conversation`` writes all that is
indented again; read the difference before you keep it.
"""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from ari_app.selfcare.operations import CATALOGUE
from ivr.engine import Step, step
from ivr.events import Answered, Began, Bridged, Event, Gone, Keyed, Played, Recorded, Silent
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Phrase,
    Recording,
    Rows,
    Spoken,
    Text,
    Value,
    Values,
    Word,
)
from ivr.wants import (
    Ask,
    CheckHours,
    Done,
    Enqueue,
    FindAnnouncements,
    Invoke,
    Record,
    Say,
    Screen,
    Send,
    Want,
)
from tests.ivr.calls import through_json
from tests.shipped import menus

HERE = Path(__file__).parent / "conversations"

_FEE = Money(Decimal("7.50"), "BYN")
_HOME = Name({"ru": "Домашний", "be": "Хатні", "en": "Home"})
_CODE = Digits("2")
_SERVICE: Values = {"service": _HOME, "fee": _FEE, "code": _CODE}
VALUES: Values = {
    "balance": Money(Decimal("12.50"), "BYN"),
    "as_of": Moment(datetime(2026, 3, 2, 18)),
    "tariff": _HOME,
    "fee": _FEE,
    "tariff_code": Word("1"),
    "area": Text("Старый город"),
    "minutes": Count(300),
    "gigabytes": Count(10),
    "services": Rows((_SERVICE,)),
    "offered": Rows((_SERVICE,)),
    "service": _HOME,
    "bill": Money(Decimal("21.00"), "BYN"),
    "before": Money(Decimal("20.00"), "BYN"),
    "difference": Money(Decimal("1.00"), "BYN"),
    "vat": Money(Decimal("4.20"), "BYN"),
    "vat_change": Money(Decimal("1.00"), "BYN"),
    "reasons": Rows(()),
    "tariffs": Rows(
        (
            {
                "tariff": _HOME,
                "fee": _FEE,
                "minutes": Count(300),
                "gigabytes": Count(10),
                "code": _CODE,
            },
        )
    ),
    "complaint": Digits("1024"),
    "announcements": Rows(
        (
            {
                "announcement": Spoken({"ru": "Пожар."}),
                "until": Moment(datetime(2026, 3, 8, 18, 0)),
            },
        )
    ),
    "payments": Rows(({"day": Day(date(2026, 3, 8)), "amount": _FEE},)),
    "charges": Rows(({"at": Moment(datetime(2026, 3, 2, 18)), "use": _HOME, "amount": _FEE},)),
    "total": _FEE,
    "many": Count(1),
    "offers": Rows(
        ({"offer": Digits("17"), "seller": Digits("375291234567"), "what": _HOME, "charge": _FEE},)
    ),
    "points": Count(120),
    "rewards": Rows(({"reward": _HOME, "price": Count(100), "code": _CODE},)),
    "charge": _FEE,
    "monthly": _FEE,
    "since": Day(date(2026, 4, 1)),
    "until": Day(date(2026, 7, 1)),
    "what": _HOME,
    "seller": Digits("375291234567"),
    "price": Count(100),
    "most_days": Count(7),
    "asked": Money(Decimal("3.00"), "BYN"),
    "reward": _HOME,
    "order": Digits("1025"),
    "department": Word("field"),
    "department_label": Name({"": "Engineers"}),
    "visit": Word("yes"),
    "created": Day(date(2026, 3, 1)),
    "due": Moment(datetime(2026, 3, 3, 18)),
}
"""What the operations bring here."""


def shipped() -> Book:
    """The flows that we ship, with the texts and the operations that we ship."""
    return menus().book


def begin(book: Book, dialled: str, subscriber: int | None, language: str) -> Session:
    """A call that begins."""
    begun = start_session(book, "call", dialled, Caller("+375290000007", subscriber), (language,))
    assert begun is not None, dialled
    return begun


def answered(operation: str, outcome: str) -> Answered:
    """An answer that an operation's signature promises."""
    return Answered(
        outcome, {name: VALUES[name] for name in CATALOGUE[operation].outcomes[outcome]}
    )


def play(book: Book, text: str) -> tuple[str, list[Step], Want]:
    """The text with its indented lines made again, the record, and the last want."""
    lines: list[str] = []
    steps: list[Step] = []
    session: Session | None = None
    want: Want = Done("ended")
    for line in text.splitlines():
        if line.startswith(" "):
            continue
        lines.append(line)
        words = line.split()
        if not words or words[0] == "#":
            continue
        event: Event = Began()
        if words[0] == "call":
            subscriber = int(words[3]) if words[3].isdigit() else None
            session = begin(book, words[1], subscriber, words[5])
        else:
            event = _event(words, want)
        assert session is not None, "a conversation begins with: call 611 as 7 in ru"
        turn = step(book, through_json(session), event)
        session, want = turn.session, turn.want
        steps += turn.steps
        lines += [f"    | {_recorded(each)}" for each in turn.steps]
        lines.append(f"    {_wanted(want)}")
    return "\n".join(lines) + "\n", steps, want


def _event(words: list[str], want: Want) -> Event:
    match words:
        case ["told"]:
            return Played(whole=True)
        case ["silent"]:
            return Silent(whole=True)
        case ["key", digits]:
            return Keyed(digits, whole=True)
        case ["answer", outcome] if isinstance(want, Invoke):
            return answered(want.operation, outcome)
        case ["answer", "some"]:
            return Answered("some", {"announcements": VALUES["announcements"]})
        case ["answer", outcome]:
            return Answered(outcome)
        case ["recorded"]:
            return Recorded(Recording("/said.wav", 12.5))
        case ["back", "from", "queue", outcome]:
            return Bridged(outcome)
        case ["gone", cause]:
            return Gone(int(cause))
    raise AssertionError(f"nothing happens like this: {' '.join(words)}")


def _recorded(one: Step) -> str:
    parts = [one.node, f"({one.kind})", one.prompt, f"[{one.key}]" if one.key else ""]
    return " ".join([*filter(None, parts), f"-> {one.outcome}" if one.outcome else ""]).strip()


def _wanted(want: Want) -> str:
    match want:
        case Ask():
            grammar = want.grammar
            keys = " ".join([*sorted(grammar.choices)])
            digits = (
                f" {grammar.least}-{grammar.most} digits {grammar.stop}" if grammar.most else ""
            )
            marks = [f"{grammar.first:g}s", *(["flush"] if want.flush else []),
                     *(["secret"] if want.secret else [])]  # fmt: skip
            return f"ask {_screen(want.screen)} <{keys}{digits}> {' '.join(marks)}"
        case Say():
            return f"say {_screen(want.screen)}"
        case Invoke():
            return " ".join(["do", want.operation, *map(_value, want.inputs.values()), want.key])
        case Enqueue():
            return f"dial {want.queue} {want.topic} {want.language} {want.priority}"
        case Done():
            return f"done {want.ending}"
        case Record():
            return f"record {_screen(want.screen)} {want.longest:g}s {want.quiet:g}s {want.name}"
        case Send():
            return f"send {_screen(want.screen)} {want.key}"
        case CheckHours():
            return f"consult {want.schedule}"
        case FindAnnouncements():
            return "concern"
    return str(want)


def _screen(screen: Screen) -> str:
    patient = "" if screen.barge_in else " (no barge-in)"
    return f"{screen.language}{patient}: {' '.join(map(_phrase, screen.phrases))}"


def _phrase(phrase: Phrase) -> str:
    return f"{phrase.prompt}{_row(phrase.values)}" if phrase.values else phrase.prompt


def _row(values: Values) -> str:
    return "(" + ", ".join(f"{name} {_value(value)}" for name, value in values.items()) + ")"


def _value(value: Value) -> str:
    match value:
        case Money():
            return f"{value.amount} {value.currency}"
        case Count():
            return str(value.number)
        case Day():
            return value.day.isoformat()
        case Name():
            return value.in_("ru")
        case Rows():
            return " ".join(map(_row, value.rows))
    return str(value)


def conversations() -> list[Path]:
    """The files, by name."""
    return sorted(HERE.glob("*.txt"))


def _renew() -> None:
    book = shipped()
    for path in conversations():
        old = path.read_text(encoding="utf-8")
        new = play(book, old)[0]
        if new != old:
            path.write_text(new, encoding="utf-8")
            print(f"{path.name}: written again")


if __name__ == "__main__":
    _renew()
