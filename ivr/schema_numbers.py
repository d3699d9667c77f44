"""Numbers and times as patterns of a JSON Schema."""

from typing import Any

from ivr.terms import UNITS


def whole(least: float, most: float) -> dict[str, Any]:
    """The schema of a whole number, with or without quotes."""
    message = {"errorMessage": f"a whole number from {least} to {most}, such as 3"}
    return {
        "if": {"type": "string"},
        "then": {"pattern": "^[0-9]{1,6}$", **message},
        "else": {"type": "integer", "minimum": least, "maximum": most, **message},
    }


def time(least: float, most: float) -> dict[str, Any]:
    """The schema of a time in seconds: in m or h from a minute on, else in ms, s or m."""
    if least >= 60:
        units: tuple[str, ...] = ("m", "h")
        said = f"a time from {least / 60:g}m to {most / 3600:g}h, such as 30m or 1h"
    else:
        units = ("ms", "s", "m") if least < 1 else ("s", "m")
        said = f"a time from {least:g}s to {most:g}s, such as 5s, 1.5s or 2m"
    few = "|".join(f"{_below(least / UNITS[unit])}{unit}" for unit in units) if least else "(?!)"
    ways = "|".join(f"{_fraction(int(min(most / UNITS[unit], 9999)))}{unit}" for unit in units)
    return {"type": "string", "pattern": f"^(?!(?:{few})$)0*(?:{ways})$", "errorMessage": said}


def _below(least: float) -> str:
    """Numbers that are less than ``least``; of one below 0.1, only zero."""
    if least >= 1:
        return f"0*{_upto(int(least) - 1)}(?:\\.[0-9]*)?"
    return f"0*(?:\\.[0-{int(least * 10) - 1}][0-9]*)?" if least >= 0.1 else "0+(?:\\.0*)?"


def _fraction(most: int) -> str:
    """The numbers from 0 to ``most`` with up to three decimals."""
    if most < 1:
        return "0(?:\\.[0-9]{1,3})?"
    return f"(?:{_upto(most - 1)}(?:\\.[0-9]{{1,3}})?|{most}(?:\\.0{{1,3}})?)"


def _upto(most: int) -> str:
    """The whole numbers from 0 to ``most``."""
    digits = str(most)
    found = [digits, *("[0-9]" * length for length in range(1, len(digits)))]
    for index, digit in enumerate(digits):
        if digit != "0":
            free = "[0-9]" * (len(digits) - index - 1)
            found.append(f"{digits[:index]}[0-{int(digit) - 1}]{free}")
    return f"(?:{'|'.join(found)})"
