"""GotoIfTime of a plain dialplan as schedules."""

from tests.freepbx.test_plain import imported, nodes


def test_months_may_be_numbers_and_times_that_cannot_be_read_stop_nothing() -> None:
    text = "[a]\nexten => s,1,GotoIfTime(*,*,1,{}?b,1)\nsame => n,Hangup()\nexten => b,1,Queue(4)\n"
    [one] = imported(text.format("1"), "a", "100").schedules.values()
    assert one.calendar.exceptions == {"01-01": "open"}
    drafted = imported(text.format("13"), "a", "100")
    assert [each.outcome for each in drafted.findings] == ["not imported"]


def test_holidays_in_a_row_are_one_schedule() -> None:
    days = "".join(f" same => n,GotoIfTime(*,*,{day},jan?off,1)\n" for day in (1, 2, 7))
    week = " same => n,GotoIfTime(09:00-17:59,mon-fri,*,*?on,1)\n same => n,Hangup()\n"
    ends = "exten => on,1,Queue(4)\nexten => off,1,Queue(5)\n"
    drafted = imported(f"[a]\nexten => s,1,Answer()\n{days}{week}{ends}", "a", "1")
    holidays, hours = drafted.schedules.values()
    assert holidays.calendar.exceptions == {"01-01 to 01-02": "open", "01-07": "open"}
    assert hours.calendar.week == {"mon-fri": "09:00-18:00"}
    asked = nodes(drafted)
    assert asked["a-s-1"] == {"hours": "hours-1", "open": "a-off", "closed": "a-s-4"}


def test_until_when_days_that_move_are_listed_is_reported() -> None:
    text = "[a]\nexten => s,1,GotoIfTime(*,mon,1-7,may?b,1)\nexten => b,1,Queue(4)\n"
    found = [one.why for one in imported(text, "a", "1").findings if "until 20" in one.why]
    assert len(found) == 1
