"""The filter of fail2ban reads the lines that are logged."""

import logging
import re

import pytest

from ari_app.admin import fail2ban
from ari_app.log import FORMAT, _JsonFormatter
from tests.main.test_sip_guard import Bench

_PATTERNS = [
    re.compile(line.removeprefix("failregex = ").strip().replace("<HOST>", r"(?P<host>[\d.]+)"))
    for line in fail2ban.FILTER.splitlines()[1:]
]


def hosts(text: str) -> list[str]:
    return [found["host"] for one in _PATTERNS for found in one.finditer(text)]


@pytest.mark.parametrize("formatter", [_JsonFormatter(), logging.Formatter(FORMAT)])
def test_the_lines_of_the_log_are_those_of_the_filter(
    caplog: pytest.LogCaptureFixture, formatter: logging.Formatter
) -> None:
    Bench().fail(4)
    logging.getLogger("x").warning(
        "sign-in refused: too many attempts from %s; wait %d s", "192.0.2.9", 30
    )
    said = [formatter.format(one) for one in caplog.records]
    assert [hosts(line) for line in said] == [["198.51.100.7"], ["192.0.2.9"]]
