"""What was changed by hand, in the languages of the pages."""

from collections.abc import Callable

from ari_app.desk.admin.administration import ChangeRow
from ari_app.desk.words import word, words


def changed(one: ChangeRow, language: str, queue: Callable[[str], str] = str) -> str:
    """A change as a line: "opening hours, forced open: claims: drill"; ``queue`` is what a queue
    is called."""
    name = f"change-{one.what.replace(' ', '-')}"
    subject = _of(name, one.subject, language) if one.what == "announce add" else one.subject
    parts = (_of(name, part, language) for part in one.detail.split(", "))
    detail = ", ".join(map(queue, parts) if one.what == "agents queues" else parts)
    what = word(name, language) if name in words() else one.what
    line = " ".join(filter(None, (what, subject)))
    return f"{line}: {detail}" if detail else line


def _of(change: str, value: str, language: str) -> str:
    """The text of a value of a change, where there is one; else the value, as somebody wrote it."""
    name = f"{change}-{value}"
    return word(name, language) if name in words() else value
