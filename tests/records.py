"""Records of calls as text, in which digits of callers are searched for."""

import re


def without_times(records: object) -> str:
    """The text of records, but for moments, whose microseconds may have any digits."""
    return re.sub(r"datetime\.datetime\([^()]*\)", "", repr(records))
