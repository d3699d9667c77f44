"""What is called in a plain dialplan, written out where a call comes."""

import time

from tests.deadlines import allowed
from tests.freepbx.test_plain import imported, nodes


def test_a_gosub_without_return_ends_the_call_and_a_macro_comes_back() -> None:
    routines = "[b]\nexten => s,1,Playback(b)\n[macro-c]\nexten => s,1,Playback(c)\n"
    calls = "[a]\nexten => s,1,Macro(c)\n same => n,Gosub(b,s,1)\n same => n,Queue(never)\n"
    found = nodes(imported(calls + routines, "a", "1"))
    assert [next(iter(each)) for each in found.values()] == ["say", "say", "end", "end"]


def test_what_is_called_is_written_out_within_a_limit_where_a_call_comes() -> None:
    began = time.process_time()
    nested = "".join(
        f"[r{one}]\nexten => s,1,NoOp()\n"
        + f" same => n,Gosub(r{one + 1},s,1)\n" * 200
        + " same => n,Return()\n"
        for one in range(4)
    )
    last = "[r4]\nexten => s,1,Playback(x)\n same => n,Return()\n"
    elsewhere = "[z]\nexten => s,1,NoOp()\n" + " same => n,Gosub(r4,s,1)\n" * 3000
    long = " same => n,NoOp()\n" * 10_000 + " same => n,Gosub(r4,s,1)\n" * 500
    called = f"[a]\nexten => s,1,Gosub(r0,s,1)\n same => n,Gosub(r4,s,1)\n{long}"
    drafted = imported(elsewhere + called + nested + last, "a", "1")
    [left] = [one for one in drafted.findings if one.outcome == "not imported"]
    assert "is one too many: 2000 steps" in left.why
    assert nodes(drafted)["a-s-part1"]["say"]
    assert time.process_time() - began < allowed(3)
