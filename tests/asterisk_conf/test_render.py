"""What the rendered files say, and what can never get into them."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk_conf.check import refused
from asterisk_conf.render import render
from asterisk_conf.site import Agent, Paths, Queue, Secret, SipAccount, Site, SiteError, Trunk
from tests.pbx_fixture import DEMO

FILES = render(DEMO)


def section(file: str, name: str, files: Mapping[str, str] = FILES) -> list[str]:
    """The settings of the first section of that name."""
    body = re.search(rf"^\[{re.escape(name)}\][^\n]*\n(.*?)(?=^\[|\Z)", files[file], re.M | re.S)
    assert body, f"no [{name}] in {file}"
    return [line for line in body[1].splitlines() if line and line[0] not in ";#"]


def settings(file: str) -> str:
    """The file without its comments."""
    return "\n".join(line for line in FILES[file].splitlines() if not line.startswith(";"))


def test_the_same_site_gives_the_same_text() -> None:
    assert render(DEMO) == FILES


def test_the_keys_of_callers_are_written_nowhere() -> None:
    for file in ("logger.conf", "cel.conf", "manager.conf"):
        assert "dtmf" not in settings(file).lower(), file
    assert "read = agent,call,security" in section("manager.conf", "firstline")
    assert "write = agent,call,reporting" in section("manager.conf", "firstline")


def test_everything_is_bound_to_the_sites_host() -> None:
    bound = [
        line.split("=")[1].strip()
        for file in FILES
        for line in settings(file).splitlines()
        if re.match(r"(bind|bindaddr|media_address) = ", line)
    ]
    assert len(bound) == 6
    assert {address.split(":")[0] for address in bound} == {"127.0.0.1"}


def test_an_instance_on_all_addresses_leaves_its_media_free() -> None:
    everywhere = render(msgspec.structs.replace(DEMO, host="0.0.0.0"))
    assert "bind = 0.0.0.0:" in everywhere["pjsip.conf"]
    for file in ("http.conf", "manager.conf"):  # without encryption: never for others
        assert "bindaddr = 127.0.0.1" in everywhere[file]
    assert "media_address" not in everywhere["pjsip.conf"]


def test_a_number_of_the_ivr_has_its_fallback_right_after_the_application() -> None:
    lines = section("extensions.conf", "firstline")
    for number in DEMO.numbers:
        at = next(i for i, it in enumerate(lines) if it.startswith(f"exten => {number},1,"))
        assert "GROUP_COUNT(@firstline-caller)} > 5]?firstline-busy" in lines[at + 2]
        assert lines[at + 3 : at + 9] == [
            " same => n,Set(FIRSTLINE_CALLER=yes)",
            " same => n,GosubIf($[0${FIRSTLINE_BUSY_UNTIL} > ${EPOCH}]?firstline-overload,s,1)",
            " same => n,Answer()",
            " same => n,Set(TIMEOUT(absolute)=5)",
            f" same => n,Stasis(firstline,{number})",
            " same => n,Goto(firstline-fallback,s,1)",
        ]
    assert "exten => T,1,Goto(firstline-fallback,s,1)" in lines


def test_workers_can_be_drained_and_one_application_alone_looks_for_nothing() -> None:
    workers = ("firstline-1", "firstline-2")
    shared = render(msgspec.structs.replace(DEMO, workers=workers))["extensions.conf"]
    gates = shared.count('"${FIRSTLINE_DRAINED}" = "yes"]?firstline-drained,s,1)')
    assert gates == len(DEMO.numbers) + 1, "each number, and dialled codes"
    assert "[firstline-drained]\nexten => s,1,Hangup(42)" in shared
    assert "DRAINED" not in FILES["extensions.conf"]


def test_every_goto_has_a_place_to_go() -> None:
    contexts = set(re.findall(r"^\[([\w-]+)\]", FILES["extensions.conf"], re.M))
    gone_to = set(re.findall(r"Goto\(([\w-]+),", FILES["extensions.conf"]))
    included = set(re.findall(r"include => (\S+)", FILES["extensions.conf"]))
    used = set(re.findall(r"^context = (\S+)", FILES["pjsip.conf"] + FILES["queues.conf"], re.M))
    assert gone_to | included | used <= contexts


def test_the_caller_id_is_the_accounts_number() -> None:
    assert 'callerid = "Анна Первая" <375291000001>' in section("pjsip.conf", "1001")
    assert "trust_id_inbound = no" in section("pjsip.conf", "_phone")


def test_no_phone_leads_a_call_elsewhere() -> None:
    """Neither by forwarding, nor by a transfer of a caller; and no key picks up another's call."""
    dials = re.findall(r"\b(?:Dial|Queue)\((.*)\)$", settings("extensions.conf"), re.M)
    ignoring = [call for call in dials if re.search(r",[gc]?i([bFU]\(|,|$)", call)]
    assert ignoring == dials != []
    assert "set_var = FORWARD_CONTEXT=firstline-nowhere" in section("pjsip.conf", "_phone")
    assert section("extensions.conf", "firstline-nowhere") == []
    assert "allow_transfer = no" in section("pjsip.conf", "_subscriber")
    assert "pickupexten =" in section("features.conf", "general")[0]


def test_no_way_of_the_dialplan_leads_from_a_caller_to_a_phone_or_a_trunk() -> None:
    """Only the application dials for a caller, what a flow says; queues ring agents alone."""
    trunk = Trunk(name="carrier", address="192.0.2.1", dials=("8X.",))
    text = render(msgspec.structs.replace(DEMO, trunks=(trunk,)))["extensions.conf"]
    contexts = dict(re.findall(r"^\[([\w-]+)\]\n(.*?)(?=^\[|\Z)", text, re.M | re.S))
    reached, ahead = set(), ["firstline-subscribers", "firstline-trunks", "firstline-nowhere"]
    while ahead:
        if (name := ahead.pop()) not in reached:
            reached.add(name)
            lines = re.sub(r"^;.*$", "", contexts[name], flags=re.M)
            ahead += re.findall(r"(?:include => |[(?:,])(firstline[\w-]*)[,)\n]", lines)
            ahead = [each for each in ahead if each in contexts]
            ended = "Dial(Local/clear@firstline-lost/n,1,gi)"  # which is busy
            assert "Dial(" not in lines.replace(ended, ""), name
    assert {"firstline", "firstline-fallback", "firstline-busy", "firstline-unserved"} <= reached
    assert "Dial(" in contexts["firstline-people"]
    assert "firstline-people" not in reached


def test_nothing_is_recorded_of_those_whom_an_agent_brings_in() -> None:
    queue = Queue("support", record=True, languages=("en",))
    files = render(msgspec.structs.replace(DEMO, queues=(queue,)))
    for name in ("firstline-again", "firstline-joins", "firstline-three", "firstline-dial"):
        assert " same => n,StopMixMonitor()" in section("extensions.conf", name, files), name
    joins = section("extensions.conf", "firstline-joins", files)
    agent_alone = ' same => n,GotoIf($["${EXTEN}" = "${FIRSTLINE_AGENT}"]?agent)'
    assert joins[joins.index(" same => n,StopMixMonitor()") - 1] == agent_alone
    fallback = section("extensions.conf", "firstline-fallback", files)
    at = fallback.index(" same => n,Queue(support,ci)")
    assert fallback[at - 1] == " same => n,Gosub(firstline-record,support,1)"
    assert fallback[at + 1] == " same => n,StopMixMonitor()"


def test_queues_have_a_limit_and_an_end_of_the_wait_and_no_one_is_sent_away() -> None:
    """By default; in the fallback a caller for whom the queue is full hears music meanwhile."""
    assert "maxlen = 200" in section("queues.conf", "support")
    waits = [line for line in section("extensions.conf", "firstline-queue-set") if "900" in line]
    assert len(waits) == len(DEMO.queues)
    fallback = section("extensions.conf", "firstline-fallback")
    assert ' same => n,GotoIf($["${QUEUESTATUS}" = "FULL"]?full)' in fallback
    assert fallback[-2:] == [" same => n(full),MusicOnHold(,5)", " same => n,Goto(wait)"]


def test_one_agent_may_be_rung_first_and_then_all_whom_the_circles_have() -> None:
    queue = Queue("support", circles={0: 0, 5: 3, 60: 9})
    site = msgspec.structs.replace(DEMO, queues=(queue, Queue("claims")), preferred_agent=15)
    files = render(site)
    rule = section("queuerules.conf", "support-preferred", files)
    assert rule == ["penaltychange => 15,3,0", "penaltychange => 60,9,0"]
    rule = section("queuerules.conf", "claims-preferred", files)
    assert rule == ["penaltychange => 15,2147483647,0"]
    assert "preferred" not in FILES["queuerules.conf"] + FILES["extensions.conf"]


def test_a_caller_comes_back_to_a_queue_by_its_own_name() -> None:
    """Not to that of a language, which has neither a longest wait nor a recording of its own; and
    not to a queue of an earlier part of the call."""
    text = FILES["extensions.conf"]
    assert (
        text.count('Set(FIRSTLINE_HOME=${IF($["${FIRSTLINE_HOME}" = ""]?${FIRSTLINE_NAMED}:') == 3
    )
    lines = text.splitlines()
    emptied = [at for at, line in enumerate(lines) if line.endswith("Set(FIRSTLINE_HOME=)")]
    assert [lines[at - 1] for at in emptied] == [" same => n,Set(FIRSTLINE_BACK=)"] * 2


def test_without_a_limit_calls_of_a_caller_are_not_counted() -> None:
    files = render(msgspec.structs.replace(DEMO, calls_per_caller=0))
    assert "GROUP" not in "".join(section("extensions.conf", "firstline", files))


def test_no_extension_takes_what_phones_text() -> None:
    for kind in ("_subscriber", "_agent"):
        assert "message_context = firstline-texts" in section("pjsip.conf", kind)
    assert section("extensions.conf", "firstline-texts") == []


def test_an_agent_is_a_member_of_the_named_queues() -> None:
    assert "member => PJSIP/agent1,0,Ольга,PJSIP/agent1" in section("queues.conf", "support")


def test_the_phone_of_a_suspended_agent_is_refused_and_not_rung() -> None:
    """The agent stays a member: without members of its own a queue would have all agents."""
    out = msgspec.structs.replace(DEMO.agents[0], suspended=True)
    files = render(msgspec.structs.replace(DEMO, agents=(out,)))
    lines = section("pjsip.conf", "agent1", files)
    assert "deny = 0.0.0.0/0.0.0.0" in lines
    assert not any(line.startswith("aors") for line in lines)
    assert not any(line.startswith("deny") for line in section("pjsip.conf", "agent1"))
    assert "member => PJSIP/agent1,0,Ольга,PJSIP/agent1" in section("queues.conf", "support", files)


ANN = Agent("a1", Secret("p"), "Ann", "701", login="ann", languages=("en",))
BEN = Agent("a2", Secret("p"), "Ben", "702", login="ben", languages=("ru",))
SKILLED = Queue("support", agents={"ann": 3, "ben": 1}, circles={0: 1, 30: 9}, languages=("en",))


def test_agents_are_rung_by_their_skills_and_languages() -> None:
    """The row of a language has the others behind, and lets them in only after a while."""
    files = render(msgspec.structs.replace(DEMO, agents=(ANN, BEN), queues=(SKILLED,)))
    dialplan = section("extensions.conf", "firstline-queue-set", files)
    for row, ben, rule in (("support", 1, ["30,9"]), ("support-en", 11, ["30,9", "60,19"])):
        first = f'Set(QUEUE_MAX_PENALTY=${{IF($["${{FIRSTLINE_QUEUE}}" = "{row}"]?1:'
        assert any(first in line for line in dialplan)
        lines = section("queues.conf", row, files)
        assert f"defaultrule = {row}" in lines
        assert "context = firstline-leave-support" in lines
        assert "member => PJSIP/a1,3,Ann,PJSIP/a1" in lines
        assert f"member => PJSIP/a2,{ben},Ben,PJSIP/a2" in lines
        assert section("queuerules.conf", row, files) == [f"penaltychange => {it}" for it in rule]


def test_a_caller_waits_for_a_language_no_longer_than_the_patience() -> None:
    queue = Queue("support", circles={40: 5}, languages=("en",), patience=20)
    files = render(msgspec.structs.replace(DEMO, queues=(queue,)))
    assert section("queuerules.conf", "support-en", files) == ["penaltychange => 20,19"]


def test_without_circles_the_dialplan_limits_nothing() -> None:
    lines = section("extensions.conf", "firstline-queue")
    assert not any("QUEUE_MAX_PENALTY" in line for line in lines)


def test_agents_who_are_not_named_are_no_members() -> None:
    queues = (Queue("support", agents={"ben": 0}), Queue("claims"))
    agents = [msgspec.structs.replace(it, queues=("support", "claims")) for it in (ANN, BEN)]
    files = render(msgspec.structs.replace(DEMO, agents=tuple(agents), queues=queues))
    found = {name: section("queues.conf", name, files) for name in ("support", "claims")}
    members = {name: sum("member" in line for line in it) for name, it in found.items()}
    assert members == {"support": 1, "claims": 2}
    assert not any("defaultrule" in line for line in found["support"])
    assert "[support]" not in files["queuerules.conf"]


def test_no_announcements_unless_configured() -> None:
    plain = section("queues.conf", "support")
    assert {"announce-position = no", "announce-frequency = 0"} <= set(plain)
    assert not any("periodic" in line for line in plain)
    queue = Queue("support", announcement="queue-thankyou", position_every=30)
    lines = section(
        "queues.conf", "support", render(msgspec.structs.replace(DEMO, queues=(queue,)))
    )
    assert {
        "announce-position = yes",
        "announce-frequency = 30",
        "periodic-announce = queue-thankyou",
        "periodic-announce-frequency = 60",
    } <= set(lines)


def test_a_queue_without_a_key_to_leave_has_no_context() -> None:
    site = msgspec.structs.replace(DEMO, queues=(Queue("support", leave=""),))
    assert "firstline-leave" not in "".join(render(site).values())


PLACES = (
    lambda text: {"apology": text},
    lambda text: {"app": text},
    lambda text: {"numbers": (text,)},
    lambda text: {"language": text},
    lambda text: {"paths": Paths(music_on_hold=Path(text))},
    lambda text: {"subscribers": (SipAccount("u1", Secret(text), "10"),)},
    lambda text: {"subscribers": (SipAccount("u1", Secret("p"), "10", text),)},
    lambda text: {"subscribers": (SipAccount(text, Secret("p"), "10"),)},
    lambda text: {"queues": (Queue(text),)},
    lambda text: {"trunks": (Trunk(name="t1", address=text),)},
    lambda text: {"trunks": (Trunk(name="t1", address="a", user=text),)},
    lambda text: {"trunks": (Trunk(name="t1", address="a", dials=(text,)),)},
)


@given(
    before=st.text(max_size=5),
    char=st.sampled_from('\r\n\0\x0b\x1b\x7f\x85\u2028;[]{}$"\\<>`'),
    after=st.text(max_size=5),
    place=st.sampled_from(PLACES),
)
def test_a_character_that_breaks_out_is_refused_at_the_door(
    before: str, char: str, after: str, place: object
) -> None:
    assert callable(place)
    with pytest.raises(SiteError, match=r"refused|does not fit|is none|is no pattern"):
        msgspec.structs.replace(DEMO, agents=(), **place(f"a{before}{char}{after}"))


@given(st.text(min_size=1).filter(refused))
def test_a_value_that_came_past_the_door_is_refused_in_the_file(text: str) -> None:
    site = msgspec.structs.replace(DEMO)
    msgspec.structs.force_setattr(site, "apology", text)
    with pytest.raises(SiteError, match=r"U\+[0-9A-F]{4}"):
        render(site)


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=1, max_size=40))
def test_a_name_of_letters_in_any_script_stays_in_its_line(name: str) -> None:
    account = SipAccount("1001", Secret("p"), "375291000001", name)
    lines = render(msgspec.structs.replace(DEMO, subscribers=(account,)))["pjsip.conf"]
    assert f'callerid = "{name}" <375291000001>\n' in lines


def test_a_site_is_a_value() -> None:
    assert msgspec.structs.replace(DEMO) == DEMO
    with pytest.raises(AttributeError):
        DEMO.host = "0.0.0.0"  # type: ignore[misc]  # that it is refused is the test
    assert isinstance(DEMO, Site)
