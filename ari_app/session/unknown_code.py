"""Numbers and codes that no flow has: what is said of a code, and the error of a number."""

from ivr.model import Book

UNKNOWN, NONE = "ussd-unknown", "ussd-none"
PROMPTS = (UNKNOWN, NONE)


class UnknownNumberError(Exception):
    """No flow has the dialled number; the author of the flows must add it."""


def unknown_code(book: Book) -> str:
    """The prompt; one that names another code only where flows have any."""
    return UNKNOWN if any(each.startswith("*") for each in book.dialled) else NONE
