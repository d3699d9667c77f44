"""The events that may happen next in a call, as far as the flows can tell them apart."""

from collections.abc import Iterator

from ivr import nodes
from ivr.analysis.examples import (
    Request,
    distinguished,
    example,
    replies,
    request_of,
    said,
    wrong_keys,
)
from ivr.conditions import plain
from ivr.events import Event, Gone, Keyed, Played, Recorded, Said, Silent
from ivr.key_grammar import answers
from ivr.model import Book
from ivr.nodes import Input
from ivr.session import Session
from ivr.values import Count, Digits, Recording
from ivr.wants import Action, Ask, Done, FindAnnouncements, Record, Say, Want

GONE = Gone(16)


class PossibleEvents:
    """What callers may do and what may be answered; each answer is made one time."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._replies: dict[Request, tuple[Event, ...]] = {}

    def after(self, at: Session, want: Want, announced: str) -> Iterator[Event]:
        """The events that may happen next and can make a difference; ``announced`` is the outcome
        of announcements in this call, "" as long as there was none."""
        match want:
            case Ask():
                yield from self._pressed(want, at)
            case Say():
                yield Played(whole=True)
            case Record():
                yield from map(Recorded, self._recordings(want, at))
                yield Silent()
            case Done():
                return
        of = request_of(want)
        if of is not None:
            for event in self._answers(of):
                outcome = getattr(event, "outcome", "broken")
                if not (isinstance(want, FindAnnouncements) and announced not in ("", outcome)):
                    yield event
        if not isinstance(want, Action) and self._minds_hang_up(at):
            yield GONE

    def _minds_hang_up(self, at: Session) -> bool:
        """Whether more than an end can follow when the caller hangs up."""
        flows = (at.flow, *(frame.flow for frame in at.frames))
        handled = not at.gone and any(self._book.flows[flow].on_hangup for flow in flows)
        return handled or (at.playing and at.played)  # a slow operation goes on

    def _answers(self, of: Request) -> tuple[Event, ...]:
        """The possible answers to a request, built once."""
        if of not in self._replies:
            self._replies[of] = tuple(replies(self._book, of))
        return self._replies[of]

    def _pressed(self, ask: Ask, at: Session) -> Iterator[Keyed | Said | Silent]:
        """The keys a caller may press; after a silence or a wrong key only the same again."""
        flow = self._book.flows[at.flow]
        fresh = not (at.silences or at.wrongs)
        if fresh or at.misses >= flow.patience:
            for choice in sorted(ask.grammar.choices | ask.grammar.codes):
                yield Keyed(choice, whole=True)
            node = flow.nodes[at.node]
            if isinstance(node, Input):
                yield from map(Keyed, self._digits(node))
            yield from said(node, at.language)
        if fresh or at.silences:
            yield Silent(whole=True)
        if (fresh or at.wrongs) and (wrong := wrong_keys(ask.grammar)):
            yield Keyed(wrong, whole=True)

    def _recordings(self, record: Record, at: Session) -> Iterator[Recording]:
        """Recordings a caller may leave: one, and one per case of a branch on its length."""
        node = self._book.flows[at.flow].nodes[at.node]
        into = node.into if isinstance(node, nodes.Record) else ""
        for value in (
            example(self._book, into, "recording"),
            *distinguished(self._book, into, "recording"),
        ):
            if isinstance(value, Recording) and 0 < value.seconds <= record.longest:
                yield value

    def _digits(self, node: Input) -> Iterator[str]:
        """Digits that an input accepts: an example, and one for each case of a branch."""
        length = max(node.least, min(node.most, 4))
        yield ("1234567890" * 10)[:length]
        for value in distinguished(self._book, node.into, node.takes):
            if isinstance(value, Digits | Count):
                keys = plain(value).zfill(node.least)
                if answers(node, keys):
                    yield keys
