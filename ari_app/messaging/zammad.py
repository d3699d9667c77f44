"""Calls as Zammad's generic telephone interface reads them, so that it shows and logs them.

Source: https://docs.zammad.org/en/latest/api/generic-cti/index.html (newCall, answer, hangup).
"""

from msgspec import Struct, json

from ari_app.store.lines import ON_SCREENS
from ari_app.store.webhooks import Event, EventName

EVENTS: tuple[EventName, ...] = ("call.began", "call.answered", "call.ended")
"""The events that it knows."""

WITHHELD = "anonymous"
"""Its word for a number that is not shown."""


class _Call(Struct):
    call: str = ""
    channel: str = ""
    line: str = ""
    number: str = ""
    dialled: str | None = ""
    queue: str = ""
    agent: str = ""
    agent_name: str | None = ""


def body(event: Event) -> bytes:
    """The body of an event; empty if Zammad has no use for it: text sessions are no calls."""
    one = json.decode(event.data, type=_Call)
    if event.event not in EVENTS or one.line in ON_SCREENS:
        return b""
    what: dict[str, object] = {
        "event": {"call.began": "newCall", "call.answered": "answer"}.get(event.event, "hangup"),
        "from": one.number or WITHHELD,
        "to": one.dialled or one.queue,
        "direction": "in",
        "callId": one.call or one.channel,
    }
    if event.event == "call.answered":
        what |= {"answeringNumber": one.agent, "user": [one.agent_name or one.agent]}
        if one.queue:
            what["queue"] = one.queue
    if event.event == "call.ended":
        what["cause"] = "normalClearing"
    return json.encode(what)
