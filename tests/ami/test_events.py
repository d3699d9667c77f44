"""The door: what AMI says, in the types of a board."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.ami import mix_monitors
from ari_app.ami.events import READ, ChannelListed, Listed, ListEnd, Unparsed, parse
from ari_app.main.sip_guard import FAILED
from asterisk_conf.render import render
from ivr.acd.channels import Channel
from ivr.acd.dials import DialEnded, Dialled, HungUp, Originated, Transferred
from ivr.acd.queues import (
    Caller,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    Completed,
    Connected,
    Member,
    MemberRemoved,
    MemberStatus,
    Offered,
    QueueListed,
    Unanswered,
)
from tests.ami.server import (
    OLGA,
    agent,
    channel,
    dials,
    hangs_up,
    joins,
    leaves,
    member,
    member_is,
    queue,
    transfers,
    waits,
)
from tests.pbx_fixture import DEMO

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BEFORE = datetime(2026, 11, 25, 11, tzinfo=UTC)
STAMP = {"Timestamp": f"{BEFORE.timestamp():.6f}"}


def caller(since: datetime) -> Caller:
    return Caller("a", "PJSIP/1-a", "375291234567", "Ў Янка", since)


@pytest.mark.parametrize(
    ("headers", "event"),
    [
        (queue(), Listed(QueueListed("support"))),
        (waits("a", 2), Listed(CallerJoined("support", 2, caller(NOW - timedelta(seconds=7))))),
        (joins("a", 1), CallerJoined("support", 1, caller(NOW))),
        (joins("a", 1, **STAMP), CallerJoined("support", 1, caller(BEFORE))),
        (leaves("a"), CallerLeft("support", "a", NOW)),
        ({**leaves("a"), "Event": "QueueCallerAbandon"}, CallerAbandoned("support", "a", NOW)),
        (
            agent("AgentCalled", "a", DestChannel=f"{OLGA}-1", **STAMP),
            Offered("support", OLGA, "a", BEFORE, f"{OLGA}-1"),
        ),
        (agent("AgentRingNoAnswer", "a"), Unanswered("support", OLGA, "a")),
        (
            agent("AgentConnect", "a", HoldTime="3600", DestChannel=f"{OLGA}-1"),
            Connected("support", OLGA, caller(BEFORE), NOW, f"{OLGA}-1"),
        ),
        (agent("AgentComplete", "a"), Completed("support", OLGA, "a", NOW)),
        (
            {"Event": "AgentComplete", "Queue": "support", "Interface": OLGA},
            Completed("support", OLGA, "", NOW),
        ),
        (
            {**member_is(), "Event": "QueueMemberRemoved"},
            MemberRemoved("support", OLGA),
        ),
        ({"Event": "QueueStatusComplete"}, ListEnd()),
        (channel("a"), ChannelListed(Channel(caller(NOW), "a", "support", "room"))),
        (
            {**channel("a", 7, f"{OLGA}-1"), "BridgeID": "", "ChannelStateDesc": "Ringing"},
            ChannelListed(
                Channel(
                    Caller(f"of {OLGA}-1", f"{OLGA}-1", "701", "Ольга", NOW - timedelta(seconds=7)),
                    first="a",
                    dialled=True,
                    rings=True,
                )
            ),
        ),
        ({"Event": "Status"}, Unparsed("Status", "it has no Uniqueid")),
        (dials("a", f"{OLGA}-1", **STAMP), Dialled(caller(BEFORE), OLGA, f"{OLGA}-1", BEFORE)),
        (
            {"Event": "DialBegin", "DestChannel": f"{OLGA}-1", "DestUniqueid": "b"},
            Originated(f"{OLGA}-1"),
        ),
        (dials("a", f"{OLGA}-1", "ANSWER"), DialEnded(f"{OLGA}-1", True, NOW, "ANSWER")),
        (dials("a", f"{OLGA}-1", "BUSY"), DialEnded(f"{OLGA}-1", False, NOW, "BUSY")),
        (hangs_up("a", "PJSIP/1-a"), HungUp("a", "PJSIP/1-a", NOW)),
        (transfers("a", "b"), Transferred(caller(NOW), "b", NOW)),
        ({**transfers("a", "b"), "Result": "Fail"}, None),
        ({"Event": "AttendedTransfer", "Result": "Success"}, None),
        ({"Event": "AgentDump"}, None),
        ({}, None),
        ({"Event": "QueueParams"}, Unparsed("QueueParams", "it has no Queue")),
        (
            {**joins("a", 1), "Position": "first"},
            Unparsed("QueueCallerJoin", "invalid literal for int() with base 10: 'first'"),
        ),
    ],
)
def test_events_are_parsed(headers: dict[str, str], event: object) -> None:
    assert parse(headers, NOW) == event


def test_what_is_read_is_let_through_and_nothing_else() -> None:
    through = re.findall(r"^eventfilter(.+) =$", render(DEMO)["manager.conf"], re.M)
    read = READ | mix_monitors.READ | FAILED
    assert sorted(through) == sorted(f"(action(include),name({name}))" for name in read)


@pytest.mark.parametrize("name", ["Added", "Status", "Pause", "Penalty", "Ringinuse"])
def test_a_member_is_parsed_in_full(name: str) -> None:
    said: dict[str, Any] = {
        "LastCall": f"{BEFORE.timestamp():.0f}", "Paused": "1", "PausedReason": "чай",
        "Penalty": "3", "InCall": "1", "Wrapuptime": "15",
    }  # fmt: skip
    olga = Member(
        interface=OLGA, name="Ольга", state="ringing", paused=True, reason="чай", penalty=3,
        in_call=True, last_call=BEFORE, wrapup=15,
    )  # fmt: skip
    event = {**member_is(6, **said), "Event": f"QueueMember{name}"}
    assert parse(event, NOW) == MemberStatus("support", olga)
    assert parse(member(6, **said), NOW) == Listed(MemberStatus("support", olga))


def test_a_withheld_number_is_empty() -> None:
    event = parse({**joins("a", 1), "CallerIDNum": "<unknown>", "CallerIDName": "unknown"}, NOW)
    assert isinstance(event, CallerJoined)
    assert (event.caller.number, event.caller.name) == ("", "")


EVENTS = st.sampled_from([joins("a", 1), leaves("a"), member(), member_is(), agent("AgentConnect", "a"), waits("a", 1), channel("a")])  # fmt: skip  # noqa: E501


@given(EVENTS, st.data())
def test_nothing_that_is_said_is_an_exception(event: dict[str, str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted({*event, "Timestamp"} - {"Event"})))
    value = data.draw(st.one_of(st.text(), st.floats().map(str), st.integers().map(str)))
    parse({**event, name: value}, NOW)
    parse({key: one for key, one in event.items() if key != name}, NOW)
