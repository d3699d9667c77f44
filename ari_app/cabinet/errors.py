"""What may be raised in the cabinet."""


class CabinetUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """What was asked for cannot be had now; the operator must act."""
