"""Values that a FreePBX may hold and a menu may not: each is named, and none stops an import."""

import gzip
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ari_app.freepbx import backup as archives
from ari_app.freepbx import dialplan, dump, generated, recordings, report
from ari_app.freepbx.circles import CIRCLE
from ari_app.freepbx.company import Company, Limit
from ari_app.freepbx.draft import DraftMenus, DraftPrompt, Finding
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.menus import menus
from ari_app.freepbx.selection import chosen
from ari_app.freepbx.tables import WANTED, Row, company
from tests.freepbx.companies import DUMP, backup, tables, wav
from tests.freepbx.test_backup import made, refused
from tests.freepbx.test_command import firstline

Changes = Mapping[str, Mapping[str, str | None]]


def changed(
    changes: Changes, rows: Mapping[str, list[Row]] = {}
) -> dict[str, list[dict[str, str | None]]]:
    """The tables of the company; the first row of some has other values, some have more rows."""
    found = {table: [dict(row) for row in each] for table, each in tables().items()}
    for table, values in changes.items():
        found[table][0].update(values)
    for table, more in rows.items():
        found.setdefault(table, []).extend(dict(row) for row in more)
    return found


def one_of(found: Mapping[str, Any]) -> Company:
    """The company of tables."""
    return company(found)


def planned(found: Mapping[str, Any], **choice: Any) -> DraftMenus:
    """The menus of tables."""
    one = company(found)
    return menus(one, chosen(one, year=2026, languages=("en", "ru"), **choice))


def finding(drafted: DraftMenus, what: str) -> Finding:
    """What is said of an object."""
    [found] = [each for each in drafted.findings if each.what == what]
    return found


def written(found: Mapping[str, Any], path: Path) -> Path:
    """Tables as a dump."""
    lines = ["SET NAMES utf8mb4;"]
    for table, rows in found.items():
        for row in rows:
            values = [
                "NULL" if each is None else "'" + each.replace("'", "''") + "'"
                for each in (v and v.replace("\\", "\\\\") for v in row.values())
            ]
            names = ",".join(f"`{name}`" for name in row)
            lines.append(f"INSERT INTO `{table}` ({names}) VALUES ({','.join(values)});")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("number", ["9w1234", "00375 29 123-45-67", "", "1" * 40])
def test_a_number_that_no_phone_can_dial_is_not_imported(number: str) -> None:
    drafted = planned(changed({"miscdests": {"destdial": number}}))
    one = finding(drafted, "Misc Destination 1")
    assert (one.outcome, drafted.nodes[one.nodes[0]].body["end"]) == (
        "not imported",
        ["operator-left", "thanks-bye"],
    )
    assert "is no number that a phone can dial" in one.why


@pytest.mark.parametrize("priority", ["high", "-1", "1000000", "", "²"])
def test_a_priority_that_is_none_is_passed_over(priority: str) -> None:
    drafted = planned(changed({"queueprio": {"queue_priority": priority}}))
    one = finding(drafted, "Queue Priority 1")
    assert one.outcome == "not imported"
    assert drafted.nodes["queue-430"].body["queue"] == "430"


def test_a_zone_that_is_not_there_is_that_of_the_site() -> None:
    found = changed({})
    for row in found["timeconditions"]:
        row["timezone"] = "Europe/Nowhere"
    drafted = planned(found)
    assert {each.zone for each in drafted.schedules.values()} == {""}
    assert "there is no time zone Europe/Nowhere" in finding(drafted, "Time Condition 1").why


@pytest.mark.parametrize("choice", [{"did": "_27000XX"}, {"ivr": "2", "number": "27 00"}])
def test_a_beginning_that_is_no_number_is_refused(choice: dict[str, str]) -> None:
    found = changed({"incoming": {"extension": "_27000XX"}})
    with pytest.raises(SourceError, match="is no number that can be called"):
        planned(found, **choice)


@pytest.mark.parametrize("loops", ["²", "9" * 5000, ""])
def test_retries_that_are_no_number_are_disabled(loops: str) -> None:
    drafted = planned(changed({"ivr_details": {"invalid_loops": loops}}))
    assert drafted.nodes["ivr-1-menu"].body["gave-up"] == "goodbye"


def test_a_recording_whose_name_begins_with_a_digit_is_a_prompt() -> None:
    drafted = planned(changed({"recordings": {"filename": "custom/1"}}))
    assert drafted.prompts["recording-1"].sound == ("custom/1",)


def test_what_leads_to_itself_is_named() -> None:
    circle = {"cid_id": "1", "description": "a", "cid_name": "x", "dest": "app-setcid,1,1"}
    drafted = planned(changed({"ivr_entries": {"dest": "app-setcid,1,1"}}, {"setcid": [circle]}))
    one = finding(drafted, "Set CallerID 1")
    assert (one.outcome, one.why) == ("not imported", "it leads to itself")


def test_a_circle_over_a_condition_without_times_ends() -> None:
    found = changed(
        {"ivr_entries": {"dest": "app-daynight,5,1"}},
        {
            "daynight": [
                {"ext": "5", "dmode": "day", "dest": "timeconditions,9,1"},
                {"ext": "5", "dmode": "night", "dest": ""},
            ],
            "timeconditions": [
                {"timeconditions_id": "9", "time": "0", "falsegoto": "app-daynight,5,1"}
            ],
        },
    )
    drafted = planned(found)
    assert drafted.nodes["call-flow-5"].body["open"] == CIRCLE
    one = finding(drafted, "Circle call-flow-5 -> call-flow-5")
    assert (one.outcome, one.nodes) == ("not imported", ("call-flow-5",))


def test_who_was_in_a_queue_goes_round_into_it_again() -> None:
    found = changed(
        {"ivr_entries": {"dest": "app-announcement-8,s,1"}},
        {
            "announcement": [{"announcement_id": "8", "post_dest": "ext-queues,480,1"}],
            "queues_config": [{"extension": "480", "dest": "app-announcement-8,s,1"}],
        },
    )
    assert planned(found).nodes["queue-480"].body == {
        "queue": "480",
        "on": {"ended": "goodbye", "timeout": "announcement-8"},
        "else": CIRCLE,
    }


def test_an_ivr_without_an_announcement_is_silent() -> None:
    drafted = planned(changed({"ivr_details": {"announcement": None}}))
    assert drafted.prompts[str(drafted.nodes["ivr-1-menu"].body["menu"])].sound == ("silence/1",)
    assert "it has no announcement" in finding(drafted, "IVR 1").why


def test_recordings_that_are_not_in_the_source_are_named() -> None:
    values = {"announcement": "99", "invalid_retry_recording": "98"}
    drafted = planned(changed({"ivr_details": values}))
    one = finding(drafted, "IVR 1")
    assert "recording 99 is not in the source" in one.why
    assert "recording 98 is not in the source" in one.why
    body = drafted.nodes["ivr-1-menu"].body
    assert (body["menu"], body["wrong"]) == ("recording-99", "recording-98")


def test_a_dump_without_recordings_names_each() -> None:
    found = {table: rows for table, rows in tables().items() if table != "recordings"}
    drafted = planned(found)
    said = [each for each in drafted.findings if "is not in the source: write" in each.why]
    assert {"IVR 1", "IVR 2", "IVR 3", "Announcement 1"} <= {each.what for each in said}


def test_odd_values_are_imported_checked_and_tested(tmp_path: Path) -> None:
    found = changed(
        {
            "miscdests": {"destdial": "9w1234"},
            "queueprio": {"queue_priority": "-1"},
            "timeconditions": {"timezone": "Europe/Nowhere"},
            "ivr_details": {"announcement": None, "invalid_retry_recording": "98"},
        }
    )
    menus_of = tmp_path / "menus"
    sql = written(found, tmp_path / "freepbx.sql")
    done = firstline(tmp_path, "import", "freepbx", sql, "--into", menus_of)
    assert done.exit_code == 0, done.output
    checked = firstline(tmp_path, "flows", "check", menus_of)
    assert "no errors" in checked.output, checked.output


@pytest.mark.parametrize(("text", "found"), [("0xABC", "\n\xbc"), ("x'4142'", "AB")])
def test_hexadecimal_values_of_any_length_are_read(text: str, found: str) -> None:
    sql = f"INSERT INTO `miscdests` (`id`) VALUES ({text});\n"
    [row] = dump.tables(io.BytesIO(sql.encode()), WANTED)["miscdests"]
    assert row["id"] == found.replace("\xbc", "¼")


def test_a_hexadecimal_value_that_is_none_is_refused() -> None:
    sql = b"INSERT INTO `miscdests` (`id`) VALUES (x'zz');\n"
    with pytest.raises(SourceError, match="is no pairs of hexadecimal digits"):
        dump.tables(io.BytesIO(sql), WANTED)


@pytest.mark.parametrize("kind", ["archive", "dump"])
def test_a_flipped_bit_is_damage_and_no_crash(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    archive = gzip.decompress(backup(path).read_bytes())
    data = archive if kind == "archive" else DUMP.read_bytes()
    no_block = bytearray(gzip.compress(data[10240:]))
    no_block[10] = 0xFF  # a block of a type that deflate does not have (RFC 1951, 3.2.3)
    path.write_bytes(gzip.compress(data[:10240]) + no_block)
    assert "invalid block type" in refused(path, tmp_path)


def test_recordings_are_counted_and_not_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = f"files/{archives.SOUNDS}en/custom"
    path = made(tmp_path / "a.tar.gz", *((f"{folder}/{n}.wav", wav(8000)) for n in range(3)))
    monkeypatch.setattr(archives, "MOST_SOUND", 2 * len(wav(8000)))
    monkeypatch.setattr(Path, "iterdir", lambda _: pytest.fail("the directory was read"))
    assert "the recordings have more than" in refused(path, tmp_path)


@pytest.mark.parametrize("caller", ["_80291XXXXXX", "anonymous", "Unknown"])
def test_a_caller_who_is_no_number_is_not_imported(caller: str) -> None:
    found = changed({})
    found["incoming"][2]["cidnum"] = caller
    drafted = planned(found)
    assert drafted.lists == {}
    [one] = [each for each in report.findings(one_of(found), drafted) if caller in each.what]
    assert (one.outcome, one.nodes) == ("not imported", ())


def test_routes_are_not_imported_where_an_ivr_is() -> None:
    drafted = planned(tables(), ivr="2", number="2700000")
    listed = report.findings(company(tables()), drafted, routes=False)
    routes = [each for each in listed if each.what.startswith("Inbound Route")]
    assert {each.outcome for each in routes} == {"left out"}


def custom(value: str) -> DraftMenus:
    """The menus of an IVR whose first key leads to this custom destination."""
    row = {"key": "1", "val": value, "type": "json-arr", "id": "dests"}
    found = changed({"ivr_entries": {"dest": "customdests,dest-1,1"}})
    return planned({**found, "kvstore_FreePBX_modules_Customappsreg": [row]})


def test_a_custom_destination_may_have_no_description_and_may_return() -> None:
    drafted = custom('{"target": "ext-queues,430,1", "description": null, "destret": "0"}')
    assert finding(drafted, "Custom Destination 1").outcome == "imported"
    drafted = custom('{"target": "ext-queues,430,1", "destret": 1, "dest": "ext-queues,420,1"}')
    assert "*Return* is left out" in finding(drafted, "Custom Destination 1").why


def test_a_custom_destination_that_cannot_be_read_is_named() -> None:
    one = finding(custom("0f9d-a-uuid"), "Custom Destination 1")
    assert (one.outcome, "cannot be read" in one.why) == ("not imported", True)


def test_entries_of_disabled_retries_count_in_the_dialplan_too() -> None:
    text = (
        "[ivr-1]\nexten => s,1,Set(IVR_MSG=a)\nexten => i,1,Playback(b)\n"
        " same => n(ivrsel-i),Goto(ext-group,610,1)\nexten => t,1,Hangup()\n"
    )
    found = generated.company(dialplan.contexts(text.splitlines())).ivrs["1"]
    assert (found.wrong, found.silent) == (Limit(0, dest="ext-group,610,1"), Limit())


def menu(**values: str) -> tuple[Mapping[str, Any], str]:
    """The menu of the first IVR with other values, and what is said of it."""
    drafted = planned(changed({"ivr_details": values}))
    return drafted.nodes["ivr-1-menu"].body, finding(drafted, "IVR 1").why


def test_what_callers_hear_otherwise_is_done_or_named() -> None:
    body, _ = menu(timeout_retry_recording="default", timeout_append_announce="0")
    assert body["silent"] == "not-understood"
    assert "wrong" not in menu(invalid_retry_recording="")[0]
    body, why = menu(timeout_time="200", strict_dial_timeout="0")
    assert (body["wait"], body["between"]) == ("120s", "120s")
    assert "120 s are waited for a key, not 200 s" in why
    assert "it ends with a goodbye of ours" in menu(invalid_loops="disabled")[1]


def test_recordings_of_another_language_are_found_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(8000))
    prompts = {"a": DraftPrompt(("custom/a",), "A.")}
    drafted = DraftMenus("1", ("1",), ("ru",), "s", 12, {}, {}, {}, prompts, ())
    sounds = {"en/custom/a.wav": tmp_path / "a.wav"}
    [problem] = recordings.convert(drafted, sounds, tmp_path / "1")
    assert "below en: see --lang" in problem
    assert list(recordings.convert(drafted, sounds, tmp_path / "2", "en")) == []
    assert (tmp_path / "2" / "ru" / "a.wav").exists()
