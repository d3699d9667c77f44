"""The settings of the figures of queues and agents."""

from msgspec import Struct


class StatisticsSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[statistics]"""

    queue_log: str = ""
    """Asterisk's ``queue_log``; "" is that of our own Asterisk."""
    cdr: str = ""
    """Asterisk's ``Master.csv``; "" is none."""
