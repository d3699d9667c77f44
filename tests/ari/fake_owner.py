"""Who has the application, as Asterisk says it to a process that asks before it connects."""

from collections.abc import Callable

from msgspec import json

from tests.ari.faults import Asked

Answer = tuple[int, str]


class Owner:
    """The names of applications and the global variables of an Asterisk.

    What is asked for a claim stands in no list of requests, and no fault is planned for it.
    """

    def __init__(self) -> None:
        self.foreign = False
        """Whether a program that is no Firstline has the application."""
        self.hangs = False
        """Whether the socket of before is there, but no one behind it."""
        self.variables: dict[str, str] = {}

    def answer(self, asked: Asked, connected: bool, send: Callable[[str], None]) -> Answer | None:
        """The answer to a request of a claim; None if it is none."""
        match asked.line.split("/"):
            case ["GET applications", "firstline-live"]:
                return (200, "{}") if connected or self.hangs else (404, "{}")
            case ["GET applications", "firstline"] if not connected:
                kinds = [] if self.foreign else [{"type": "RESTResponse"}]
                return 200, json.encode({"name": "firstline", "events_allowed": kinds}).decode()
            case ["POST events", "user", name]:
                if not self.hangs:
                    variables = json.decode(asked.body)["variables"]
                    event = {"type": "ChannelUserevent", "eventname": name}
                    send(json.encode({**event, "userevent": variables}).decode())
                return 204, ""
            case ["GET asterisk", "variable"]:
                value = self.variables.get(asked.query["variable"], "")
                return 200, json.encode({"value": value}).decode()
            case ["POST asterisk", "variable"]:
                self.variables[asked.query["variable"]] = asked.query["value"]
                return 204, ""
        return None
