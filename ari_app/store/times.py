"""How times are stored: whole microseconds since 1970 in UTC, an INTEGER.

In that form moments sort, subtract and index as numbers. To read one in the ``sqlite3`` shell:
``datetime(began / 1000000, 'unixepoch')``.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """``at`` as it is stored; without a time zone it is a ``ValueError``."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return (at - _EPOCH) // _MICROSECOND


def moment(kept: int) -> datetime:
    """The time that ``micros`` made ``kept`` of, in UTC."""
    return _EPOCH + kept * _MICROSECOND
