"""What the control socket is asked, as JSON."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr.bounds import Seconds, Short


class ReloadRequest(Struct, frozen=True):
    """Reload the menus; with ``dry_run`` only say what would change. ``by``: who wants it."""

    by: Short = ""
    how: Literal["reload", "rollback"] = "reload"
    dry_run: bool = False
    share: Annotated[int, Meta(ge=0, le=99)] = 0
    """Per cent of the new calls that go by the menus on the disk, for ``seconds``; 0: all of them,
    from now on."""
    seconds: Seconds = 0.0
    everything: bool = False
    """Settings, agents and queues, too."""


class StopRequest(Struct, frozen=True):
    """Take no more calls and stop when those in progress have ended, after ``seconds`` anyway."""

    seconds: Seconds = 0.0
