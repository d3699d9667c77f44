"""The log: every line, in order; the lines of a moment in one piece, and what is wrong at once."""

import asyncio
import io
import logging
from datetime import datetime

import pytest
from msgspec import json

from ari_app.log import FORMAT, BufferedHandler, _Formatter, _JsonFormatter
from tests.ari.facts import until


class Paper(io.StringIO):
    """A stream that counts how often it was written to."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def log(paper: Paper) -> logging.Logger:
    one = logging.Logger("of a test")
    one.addHandler(BufferedHandler(paper))
    return one


async def test_the_lines_of_a_moment_are_written_at_once(log: logging.Logger, paper: Paper) -> None:
    for number in range(100):
        log.info("call %d", number)
    assert not paper.getvalue()
    await until(lambda: bool(paper.getvalue()))
    assert paper.getvalue().splitlines() == [f"call {number}" for number in range(100)]
    assert paper.writes == 1
    log.info("later")
    await until(lambda: paper.writes == 2)


async def test_what_is_wrong_is_written_at_once_and_after_what_came_before(
    log: logging.Logger, paper: Paper
) -> None:
    log.info("first")
    log.warning("second")
    assert paper.getvalue() == "first\nsecond\n"
    log.info("third")
    await until(lambda: paper.getvalue().endswith("third\n"))


def test_lines_of_json(paper: Paper, log: logging.Logger) -> None:
    log.handlers[0].setFormatter(_JsonFormatter())
    log.info("call %d", 3)
    try:
        raise OSError("the disk is full")
    except OSError:
        log.exception("call %d failed", 4)
    first, second = map(json.decode, paper.getvalue().splitlines())
    assert (first["level"], first["message"], first["logger"]) == ("INFO", "call 3", "of a test")
    assert datetime.fromisoformat(first["time"]).tzinfo is not None
    assert "OSError: the disk is full" in second["exception"]


def test_without_a_loop_every_line_is_written_at_once(log: logging.Logger, paper: Paper) -> None:
    log.info("first")
    assert paper.getvalue() == "first\n"


def test_what_was_gathered_when_the_loop_ended_is_not_lost(
    log: logging.Logger, paper: Paper
) -> None:
    async def main() -> None:
        log.info("last words")

    asyncio.run(main())
    log.handlers[0].flush()  # as logging does at the exit
    assert paper.getvalue() == "last words\n"


def test_a_line_whose_arguments_do_not_fit_takes_no_other_with_it(
    log: logging.Logger, paper: Paper, capsys: pytest.CaptureFixture[str]
) -> None:
    async def main() -> None:
        log.info("one")
        log.info("two %d", "words")
        log.info("three")

    asyncio.run(main())
    log.handlers[0].flush()
    assert paper.getvalue() == "one\nthree\n"
    assert "two %d" in capsys.readouterr().err


def test_what_a_stranger_writes_begins_no_line(paper: Paper, log: logging.Logger) -> None:
    log.handlers[0].setFormatter(_Formatter(FORMAT, "%H:%M:%S"))
    log.warning("Host %s", "x\r\n12:00:00 WARNING SIP: 192.0.2.1 is shut out\0\x1b[2J\u2028\u202eя")
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("a call failed")
    first, second, *traceback = paper.getvalue().splitlines()
    assert first.endswith(
        r"Host x\r\n12:00:00 WARNING SIP: 192.0.2.1 is shut out\x00\x1b[2J\u2028\u202eя"
    )
    assert second.endswith("a call failed")
    assert traceback[-1] == "ValueError: broken"
