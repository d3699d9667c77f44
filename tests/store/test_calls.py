"""Calls and steps: what is put in comes out, once."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ari_app.store import calls, left_calls
from ari_app.store.call_report import report
from ari_app.store.calls import Call, Path
from ari_app.store.db import Store
from ari_app.store.times import micros, moment
from ivr.values import Count, Name, Values
from tests.store.samples import NOON, began, ended, step, whole_call


async def test_call_comes_back_as_it_was(store: Store) -> None:
    await store.write(calls.add, [began(), step(seq=2, key="secret"), step(seq=1), ended()])
    assert await store.read(calls.path, "c1") == Path(
        Call(began(), ended()), (step(seq=1), step(seq=2, key="secret"))
    )


async def test_unknown_call_has_no_path(store: Store) -> None:
    assert await store.read(calls.path, "nobody") is None


async def test_record_twice_is_one_row(store: Store) -> None:
    await store.write(calls.add, whole_call("c1") * 2)
    await store.write(calls.add, whole_call("c1"))
    path = await store.read(calls.path, "c1")
    assert path == Path(Call(began(), ended()), tuple(step(seq=seq) for seq in (1, 2, 3)))


async def test_first_ending_stands(store: Store) -> None:
    await store.write(calls.add, [began(), ended()])
    await store.write(calls.add, [ended(after=60, ending="ended")])
    (call,) = await store.read(calls.recent, 5)
    assert call.ended == ended()


async def test_recent_are_the_newest_first(store: Store) -> None:
    times = [("a", 0), ("b", 2), ("c", 1)]
    await store.write(calls.add, [began(id, NOON + timedelta(hours=h)) for id, h in times])
    found = await store.read(calls.recent, 2)
    assert [call.began.call for call in found] == ["b", "c"]


async def test_counts_are_of_the_calls_since(store: Store) -> None:
    await store.write(
        calls.add,
        [
            began("old", NOON - timedelta(days=1)),
            began("now"),
            *whole_call("c1"),
            *whole_call("c2"),
            began("c3"),
            ended("c3", ending="ended"),
        ],
    )
    counts = await store.read(calls.counts, NOON)
    assert counts == calls.Counts(began=4, open=2, endings={"gone": 2, "ended": 1})


async def test_lost_calls_end_with_their_last_step(store: Store) -> None:
    await store.write(calls.add, [began("lost"), step("lost", 4), began("mute"), began("alive")])
    await store.write(calls.add, whole_call("whole"))
    assert await store.write(left_calls.close_lost, {"alive"}) == ["lost", "mute"]
    assert [call.began.call for call in await store.read(calls.unfinished)] == ["alive"]
    ends = {call.began.call: call.ended for call in await store.read(calls.recent, 9)}
    assert ends["lost"] == calls.CallEnded("lost", step("lost", 4).at, calls.LOST, 0)
    assert ends["mute"] == calls.CallEnded("mute", NOON, calls.LOST, 0)
    assert ends["whole"] == ended("whole")


async def test_lost_call_that_ends_after_all_is_not_lost(store: Store) -> None:
    await store.write(calls.add, [began()])
    await store.write(left_calls.close_lost)
    await store.write(calls.add, [ended()])
    (call,) = await store.read(calls.recent, 1)
    assert call.ended == ended()


async def test_call_is_reported(store: Store) -> None:
    said: Values = {"said": Name({"": "баланс"}), "sure": Count(82)}
    spoken = replace(step(seq=3, key="1"), filled=said)
    await store.write(calls.add, [*whole_call("c1", 1), step(seq=2, key="secret"), spoken])
    path = await store.read(calls.path, "c1")
    assert path is not None
    assert report(path, "12:00 UTC") == [
        "12:00 UTC  …0001 (subscriber 1) dialled 611 over ari, flow 611@f00dfeed, ru",
        "    1.00  main (menu)  played main-menu  key 1  -> balance",
        "    2.00  main (menu)  played main-menu  key secret  -> balance",
        '    3.00  main (menu)  played main-menu  said "баланс" (82 %)  -> balance',
        "    9.50  gone (cause 16)",
    ]


async def test_what_was_not_heard_is_reported_so(store: Store) -> None:
    unheard = replace(step(seq=1, key=""), kind=calls.PLAYBACK, outcome=calls.UNHEARD)
    await store.write(calls.add, [began(), unheard])
    path = await store.read(calls.path, "c1")
    assert path is not None
    assert report(path, "")[1] == "    1.00  main  not heard: main-menu"


async def test_a_flow_is_named_where_the_call_enters_it(store: Store) -> None:
    flows = ["611", "611", "paying", "paying", "611", "", "611"]
    steps = [replace(step(seq=seq), flow=flow) for seq, flow in enumerate(flows, 1)]
    await store.write(calls.add, [began(), *steps])
    path = await store.read(calls.path, "c1")
    assert path is not None
    assert [": " in line for line in report(path, "")[1:-1]] == [
        *(False, False, True, False, True, False, False)
    ]
    assert (
        report(path, "")[3] == "    3.00  paying: main (menu)  played main-menu  key 1  -> balance"
    )
    assert report(path, "")[5].startswith("    5.00  611: main (menu)")


async def test_call_that_lasts_is_reported_so(store: Store) -> None:
    await store.write(calls.add, [began()])
    path = await store.read(calls.path, "c1")
    assert path is not None
    assert report(path, "")[-1].endswith("the call is under way")


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=3)))))
def test_moments_come_back_exactly(at: datetime) -> None:
    assert moment(micros(at)) == at


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        micros(NOON.replace(tzinfo=None))
