"""What is said of a caller to a machine that holds the queue, by the one that has the session."""

from msgspec import Struct

from ivr.session import Session
from ivr.terms import NEEDS, Need


class Handed(Struct, frozen=True):
    """``call`` is the id of the session, ``subscriber`` whose it is, ``about`` that one's number if
    the caller calls from another phone."""

    call: str
    subscriber: int | None
    identity: Need
    about: str
    topic: str
    language: str


def facts(session: Session, topic: str) -> str:
    """What is said besides the language: of letters, digits, ``+``, ``-`` and ``/``, as a dialplan
    takes it. The topic, which may be any text, is in hexadecimal."""
    about = session.about.number if session.about else ""
    who = f"{session.id}/{session.subscriber or ''}/{session.identity}/{about}"
    return f"{who}/{topic.encode().hex()}"


def handed(text: str) -> Handed | None:
    """What :func:`facts` said, with ``/LANGUAGE`` after it; None if that is not whole."""
    match text.split("/"):
        case [call, subscriber, identity, about, topic, language] if call:
            known = int(subscriber) if subscriber.isascii() and subscriber.isdigit() else None
            proven: Need = next((one for one in NEEDS if one == identity), "none")
            return Handed(call, known, proven, about, _decoded(topic), language)
    return None


def _decoded(topic: str) -> str:
    try:
        return bytes.fromhex(topic).decode()
    except ValueError:
        return ""
