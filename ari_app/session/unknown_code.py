"""What is said of a code that no flow has."""

from ivr.model import Book

UNKNOWN, NONE = "ussd-unknown", "ussd-none"
PROMPTS = (UNKNOWN, NONE)


def unknown_code(book: Book) -> str:
    """The prompt; one that names another code only where flows have any."""
    return UNKNOWN if any(each.startswith("*") for each in book.dialled) else NONE
