"""Errors of requests to Asterisk, by who must act."""


class AriError(Exception):
    """Asterisk rejected a request: ``status`` is that of HTTP, the text is Asterisk's own."""

    def __init__(self, status: int, request: str, reason: str) -> None:
        super().__init__(f"Asterisk answered {status} to {request}: {reason}")
        self.status = status


class GoneError(AriError):
    """The channel or playback no longer exists, or left the application. Not a fault."""


class UnreachableError(Exception):
    """Asterisk did not answer in time, or the link is down: the request may have been carried out.

    The link reconnects by itself.
    """


class RefusedError(Exception):
    """The login was rejected, or another process took the application's name. The operator acts."""

    exit_code = 3
    """Of a command that it ends: the watcher and systemd then start nothing again."""


GONE = frozenset({404, 409, 422})
"""A channel that hung up gives 404, one that left the application 409 or 422 (measured)."""


def raised(status: int, request: str, reason: str) -> AriError:
    """The error for a request that was answered with this status."""
    in_bridge = status == 400 and "bridges/" in request
    kind = GoneError if status in GONE or in_bridge else AriError
    return kind(status, request, reason)
