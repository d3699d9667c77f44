"""The recordings of the server of these tests."""

from collections.abc import Callable

from tests.ari.faults import StatusError


class FakeRecordings:
    """What is being recorded, and the files of what was."""

    def __init__(self, spoken: Callable[[str], None]) -> None:
        """``spoken`` ends what a channel says."""
        self._spoken = spoken
        self.live: dict[str, str] = {}
        """Channel -> the name of its recording."""
        self.files: dict[str, bytes] = {}

    def begin(self, channel: str, name: str) -> object:
        """Record a channel under a new name."""
        if name in self.files or name in self.live.values():
            raise StatusError(409)
        self.live[channel] = name
        return {"name": name}

    def over(self, channel: str, words: bytes | None) -> dict[str, str]:
        """A recording ends; None leaves no file."""
        name = self.live.pop(channel)
        if words is not None:
            self.files[name] = words
        return {"name": name, "target_uri": f"channel:{channel}", "state": "done"}

    def do(self, method: str, kind: str, name: str = "", *content: str) -> object:
        """A request for a recording by its name, or for all that have ended."""
        if not name:
            return [{"name": each} for each in self.files]
        if name not in (self.live.values() if kind == "live" else self.files):
            raise StatusError(404)
        if method == "POST":
            self._spoken(next(one for one, live in self.live.items() if live == name))
            return None
        if method == "DELETE":
            del self.files[name]
            return None
        return self.files[name] if content else {"name": name}
