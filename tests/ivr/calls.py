"""Small flows, and calls that run through them turn by turn."""

from decimal import Decimal

from ivr.engine import Step, step
from ivr.events import Began, Event, Keyed
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.session import Caller, Session, from_json, to_json
from ivr.values import Money, Phrase
from ivr.wants import Ask, CheckHours, Dial, Done, Enqueue, Invoke, Record, Say, Send, Want

PLAIN = ("hello", "hours", "bye", "menu", "short", "help", "wrong", "number", "pin")
SLOTS: dict[str, dict[str, str]] = {
    **{prompt: {} for prompt in PLAIN},
    "balance-is": {"balance": "money"},
    "number-is": {"number": "digits"},
    "list-is": {"rows": "each row"},
    "since": {"day": "date"},
    "opens-at": {"opens": "moment"},
    "outages": {"announcements": "each row"},
}
OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("balance", {"ok": {"balance": "money"}, "unavailable": {}}),
        Operation("pay", {"ok": {"day": "day", "rows": "each"}}, inputs={"to": "digits"}),
        Operation("prove", {"ok": {}, "no": {}}, proves="ok"),
        Operation("prove-other", {"ok": {}, "no": {}}, proves="ok", other=True),
        Operation("text-other", {"ok": {}, "no": {}}, proves="ok", level="caller", other=True),
    )
}
BALANCE = {"balance": Money(Decimal("12.50"), "BYN")}
"""What the operation of that name brings."""

HEAD = 'flow: test\nnumbers: ["100"]\nlanguages: [ru, en]\nstart: start\n'


SCHEDULE = 'schedule: desk\ntimezone: Europe/Minsk\nweek: { mon-fri: "09:00-18:00" }\n'


def flow(nodes: str, head: str = "") -> str:
    """The text of a flow with these nodes."""
    lines = "\n".join(f"  {line}" for line in nodes.strip("\n").split("\n"))
    return f"{HEAD}{head}\nnodes:\n{lines}\n"


def called(name: str, nodes: str, head: str = "") -> str:
    """The text of a flow that others call: it has no numbers."""
    return flow(nodes, head).replace('flow: test\nnumbers: ["100"]', f"flow: {name}")


def book(*texts: str) -> Book:
    """The book of flows that must check, and a schedule."""
    files = {f"{n}.yaml": text for n, text in enumerate((*texts, SCHEDULE))}
    loaded = load(files, SLOTS, OPERATIONS)
    assert loaded.book is not None, "\n".join(map(str, loaded.problems))
    return loaded.book


def keyed(keys: str) -> list[Event]:
    """Answers, one after the other, each after the prompt was heard out."""
    return [Keyed(key, whole=True) for key in keys.split()]


def through_json(session: Session) -> Session:
    """The session as it is read back; or itself, if it holds secrets, which are not written."""
    text = to_json(session)
    read = from_json(text)
    if b'"sealed"' in text:
        return session
    assert read == session
    return read


class Call:
    """A call; its session goes through JSON between the turns."""

    def __init__(self, book: Book, subscriber: int | None = 7, dialled: str = "100") -> None:
        begun = book.answering(dialled)
        assert begun is not None
        self.book = book
        self.steps: list[Step] = []
        self.session = Session(
            id="call",
            dialled=dialled,
            caller=Caller("+375290000007", subscriber),
            language=begun.languages[0],
            flow=begun.flow,
            node=begun.start,
        )
        self.want: Want = self.take(Began())

    def take(self, *events: Event) -> Want:
        """What is wanted after the events."""
        for event in events:
            turn = step(self.book, through_json(self.session), event)
            self.session, self.want = turn.session, turn.want
            self.steps += turn.steps
        return self.want

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        assert isinstance(self.want, Ask | Say | Record | Send), self.want
        return self.want.screen.phrases

    @property
    def summary(self) -> str:
        """The want and its prompts in short: ``ask menu``."""
        match self.want:
            case Ask() | Say() | Record() | Send():
                prompts = (phrase.prompt for phrase in self.phrases)
                return " ".join([type(self.want).__name__.lower(), *prompts])
            case Invoke():
                return f"do {self.want.operation}"
            case Enqueue():
                return f"dial {self.want.queue}"
            case Dial():
                return f"call {self.want.number}"
            case CheckHours():
                return f"consult {self.want.schedule}"
            case Done():
                return self.want.ending
        return type(self.want).__name__.lower()

    @property
    def ways(self) -> list[str]:
        """The steps so far: ``node way``, with the flow where it is not the first one."""
        first = self.steps[0].flow
        spots = ("" if e.flow == first else f"{e.flow}." for e in self.steps)
        return [
            f"{spot}{e.node} {e.way}".strip() for spot, e in zip(spots, self.steps, strict=True)
        ]

    def record(self) -> list[str]:
        """The steps so far: ``node key -> outcome``."""
        return [" ".join(f"{e.node} {e.key} -> {e.outcome}".split()) for e in self.steps]
