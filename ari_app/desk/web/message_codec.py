"""Messages between a browser and the desk as JSON."""

from msgspec import Struct, json

from ari_app.desk.board.board_messages import FromBoard, ToBoard
from ari_app.desk.messages import FromBrowser, Key, ToBrowser
from ivr import bounds
from ivr.bounds import Malformed

LONGEST = 64 * 1024
"""Bytes of a message from a browser; a longer one is answered with a refusal."""
LONGEST_READ = 2**20
"""Bytes of a message that is read at all; a longer one closes the connection."""


class _Keyed(Struct, frozen=True):
    key: Key


_decoder: json.Decoder[FromBrowser] = json.Decoder(FromBrowser)
_of_board: json.Decoder[FromBoard] = json.Decoder(FromBoard)
_keyed = json.Decoder(_Keyed)


def decode(text: str) -> FromBrowser:
    """Parse a message from the desk in a browser; :class:`~ivr.bounds.Malformed` if it is not
    valid."""
    _check_size(text)
    return bounds.read(text, _decoder)


def decode_board(text: str) -> FromBoard:
    """The same of the board in a browser."""
    _check_size(text)
    return bounds.read(text, _of_board)


def _check_size(text: str) -> None:
    size = len(text.encode(errors="replace"))
    if size > LONGEST:
        raise Malformed(f"it has {size} bytes, and {LONGEST} may be")


def key_of(text: str) -> str:
    """The key of a message that is not valid otherwise, to answer it; "" without one."""
    try:
        return bounds.read(text, _keyed).key
    except Malformed:
        return ""


def encode(message: ToBrowser | ToBoard) -> str:
    """The JSON of a message to a browser."""
    return json.encode(message).decode()
