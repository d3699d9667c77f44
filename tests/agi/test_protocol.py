"""What Asterisk sends over AGI, and what it is sent."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.agi.protocol import HungUp, ProtocolError, Reply, check_line, command, line, request

LINES = (
    "agi_network: yes",
    "agi_network_script: 611?x=1",
    "agi_request: agi://127.0.0.1:4573/611?x=1",
    "agi_channel: PJSIP/1001-00000001",
    "agi_uniqueid: 1764450000.1",
    "agi_callerid: 375291234567",
    "agi_arg_1: firstline",
    "agi_arg_2:",
)


def test_a_request_reports_a_call() -> None:
    fields = request(LINES)
    assert (fields.script, fields.id, fields.caller) == ("611", "1764450000.1", "375291234567")
    assert fields.endpoint == "PJSIP/1001"


def test_a_withheld_number_is_none() -> None:
    assert request([*LINES, "agi_callerid: unknown"]).caller == ""


@pytest.mark.parametrize("lines", [[], ["agi_channel: a-1"], ["agi_uniqueid: 1.1"]])
def test_a_request_without_a_channel_is_rejected(lines: list[str]) -> None:
    with pytest.raises(ProtocolError):
        request(lines)


@pytest.mark.parametrize(("text", "count"), [("GET / HTTP/1.1", 1), ("x", 3), (LINES[0], 1000)])
def test_a_line_of_no_request_is_rejected(text: str, count: int) -> None:
    with pytest.raises(ProtocolError):
        check_line(text, count)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("200 result=0", Reply(200)),
        ("200 result=-1", Reply(200, -1)),
        ("200 result=49 endpos=1234", Reply(200, 49, "", 1234)),
        ("200 result=0 (timeout) endpos=8000", Reply(200, 0, "timeout", 8000)),
        ("200 result=1 (a (b) c)", Reply(200, 1, "a (b) c")),
        ("200 result=1 ()", Reply(200, 1)),
        ("511 Command Not Permitted", Reply(511, note="Command Not Permitted")),
        ("100 result=0 Trying...", None),
        ("520-Invalid command syntax.  Proper usage follows:", None),
        ("Usage: STREAM FILE", None),
        (" Send the given file", None),
        ("HANGUP", HungUp()),
    ],
)
def test_a_line_of_an_answer(text: str, fields: object) -> None:
    assert line(text) == fields


@pytest.mark.parametrize("text", ["hello", "200", "HANGUP ", "2000 result=0"])
def test_what_is_no_answer_is_rejected(text: str) -> None:
    with pytest.raises(ProtocolError):
        line(text)


def test_the_key_that_ended_a_command() -> None:
    assert [Reply(200, result).key for result in (ord("#"), 0, -1)] == ["#", "", ""]


WORDS = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\x7f"))


@given(st.lists(WORDS, min_size=1))
def test_a_word_reaches_asterisk_as_it_is(words: list[str]) -> None:
    """``res_agi`` splits a line as a shell does: by quotes, and a backslash before a character."""
    try:
        sent = command(*words)
    except ValueError:
        assert sum(map(len, words)) > 400
        return
    assert sent.endswith(b"\n")
    assert sent.count(b"\n") == 1
    assert shlex.split(sent.decode()) == words


@pytest.mark.parametrize("word", ["a\nHANGUP", "a\r", "\x00", "x" * 3000])
def test_no_word_is_a_second_command(word: str) -> None:
    with pytest.raises(ValueError, match="command of AGI"):
        command("SET", "VARIABLE", "X", word)
