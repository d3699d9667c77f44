"""A password of Asterisk's."""


class Secret(str):
    """A password: a string whose repr does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(***)"
