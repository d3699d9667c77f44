"""What can go wrong between Asterisk and us, by who must act."""


class AriError(Exception):
    """Asterisk refused a request: ``status`` is that of HTTP, the text is Asterisk's own."""

    def __init__(self, status: int, request: str, reason: str) -> None:
        super().__init__(f"Asterisk answered {status} to {request}: {reason}")
        self.status = status


class GoneError(AriError):
    """The channel or playback is no longer there, or no longer ours: no fault of anybody."""


class UnreachableError(Exception):
    """Asterisk did not answer in time, or the link is down; what became of the request is unknown.

    The link mends itself.
    """


class RefusedError(Exception):
    """Asterisk does not let us in, or another application took our name. The operator must act."""


GONE = frozenset({404, 409, 422})
"""A channel that hung up gives 404, one that left the application 409 or 422 (measured)."""


def raised(status: int, request: str, reason: str) -> AriError:
    """The error for a refused request."""
    in_bridge = status == 400 and "bridges/" in request
    kind = GoneError if status in GONE or in_bridge else AriError
    return kind(status, request, reason)
