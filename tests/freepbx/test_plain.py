"""A plain dialplan as menus: what its text shows, and what it does not."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ari_app.freepbx import dialplan, plain, source, writer
from ari_app.freepbx.circles import break_circles
from ari_app.freepbx.draft import DraftMenus, DraftNode
from ari_app.freepbx.errors import SourceError
from tests.deadlines import allowed
from tests.freepbx.companies import DIRECTORY
from tests.freepbx.test_command import firstline

CONF = DIRECTORY / "extensions.conf"


def imported(text: str = "", context: str = "shop", number: str = "2000") -> DraftMenus:
    """The menus of a context."""
    found = dialplan.contexts(text.splitlines()) if text else source.plain(CONF)
    return plain.menus(found, context, number, languages=("en", "ru"), year=2026)


def nodes(drafted: DraftMenus) -> Any:
    """The nodes, as they are written."""
    text = writer.files(drafted, "a test")[f"{drafted.flow}.yaml"]
    return yaml.load(text, yaml.BaseLoader)["nodes"]


def test_background_waitexten_and_extensions_are_a_menu() -> None:
    assert nodes(imported())["shop-menu-s"] == {
        "menu": "shop-welcome-menu",
        "keys": {"1": "shop-menu-1", "2": "shop-menu-2", "3": "shop-read-s"},
        "unread": ["1", "2", "3"],
        "wait": "7s",
        "between": "5s",
        "attempts": "1",
        "wrong": "not-understood",
        "gave-up": "shop-menu-i",
        "unanswered": "goodbye",
    }


def test_read_and_gotoif_are_a_menu() -> None:
    found = nodes(imported())["shop-read-s"]
    assert (found["keys"], found["gave-up"], found["wait"], found["between"]) == (
        {"1": "shop-menu-1", "2": "shop-read-s-4"},
        "shop-menu-s",
        "5s",
        "5s",
    )


def test_queues_phones_voicemail_hours_and_languages() -> None:
    found = nodes(imported())
    assert found["shop-menu-1"] == {
        "queue": "sales",
        "on": {"ended": "goodbye"},
        "else": "shop-menu-1-1",
    }
    assert found["shop-menu-1-1"]["dial"] == "*701"
    assert found["shop-menu-2"]["ring"] == "20s"
    assert found["shop-2000-1"] == {"language": "en", "then": "shop-2000-2"}
    assert found["shop-2000-2"] == {
        "hours": "hours-1",
        "open": "shop-menu-s",
        "closed": "shop-2000-3",
    }
    [schedule] = imported().schedules.values()
    assert schedule.calendar.week == {"mon-fri": "09:00-18:00"}


ENDS = {
    "sales": "exten => s,1,Queue(sales)",
    "menu-1": "exten => s,1,Queue(1)",
    "menu-2": "exten => s,1,Queue(2)\nexten => late,1,Queue(late)",
    "7": "exten => s,1,Queue(seven)",
}
TWO = ("20", "25", "30", "35", "40", "45")
READ = "exten => s,1,Read(K,menu,1)\n same => n"


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ("exten => _[1-3],1,Dial(PJSIP/20${EXTEN})", {"1": "201", "2": "202", "3": "203"}),
        ("exten => _9[2-4][05],1,Queue(${EXTEN:1})", {f"9{n}": n for n in TWO}),
        ("exten => 1,1,Queue(a)\nexten => _Z,1,Queue(b)", {n: "ab"[n > "1"] for n in "123456789"}),
        (f'{READ},GotoIf($["${{K}}"="1"]?menu-1,s,1:menu-2,s,1)', {"1": "1"}),
        (f'{READ},ExecIf($["${{K}}" = "1"]?Goto(sales,s,1))', {"1": "sales"}),
        (f"{READ},Goto(menu-${{K}},s,1)", {"1": "1", "2": "2"}),
        (f"{READ},Goto(menu-${{K}},late,1)", {"2": "late"}),
        (f"{READ},Goto(${{K}},s,1)\nexten => 5,1,Queue(not)", {"7": "seven"}),
        (f"{READ},Goto(opt-${{K}},1)\nexten => opt-4,1,Queue(d)\nexten => 1,1,Queue(x)",
         {"4": "d"}),
        (f'{READ},GotoIf($["${{K}}"="1"]?sales,s,1)\n same => n,Goto(menu-${{K}},s,1)',
         {"1": "sales", "2": "2"}),
        (f'{READ},GotoIf($["x${{K}}" = "x3" | "${{K}}" = "4"]?sales,s,1)',
         {"3": "sales", "4": "sales"}),
        (f"{READ},GotoIf($[${{LEN(${{K}})}} = 0]?s,1)\n same => n,GotoIf($[${{K}} = 1]?sales,s,1)",
         {"1": "sales"}),
        (f'{READ},GotoIf($["${{K}}" != "1"]?:sales,s,1)', {"1": "sales"}),
        (f'{READ},ExecIf($["${{K}}"="1"]?Queue(a))\n same => n,ExecIf($[${{K}}=2]?Queue(b))',
         {"1": "a", "2": "b"}),
    ],
)  # fmt: skip
def test_keys_are_read_as_people_write_them(lines: str, keys: dict[str, str]) -> None:
    menu = "" if "Read" in lines else "exten => s,1,Background(menu)\n same => n,WaitExten(5)\n"
    others = "".join(f"[{name}]\n{text}\n" for name, text in ENDS.items())
    found = nodes(imported(f"[a]\n{menu}{lines}\n{others}", "a", "100"))
    [main] = [one for one in found.values() if "menu" in one]
    ways = {key: found[to] for key, to in main["keys"].items()}
    assert {key: to.get("dial") or to.get("queue") for key, to in ways.items()} == keys


@pytest.mark.parametrize(
    ("step", "one", "other"),
    [
        ('ExecIf($["${K}"="1"]?Goto(menu-1,s,1):Goto(menu-2,s,1))', "1", "2"),
        ('GotoIf($["${K}"="1"]?:menu-2,s,1)', "on", "2"),
        ('GotoIf($["${K}"="1"]?menu-${K},s,1:)', "1", "on"),
    ],
)
def test_a_comparison_has_two_ways(step: str, one: str, other: str) -> None:
    others = "".join(f"[{name}]\n{text}\n" for name, text in ENDS.items())
    found = nodes(imported(f"[a]\n{READ},{step}\n same => n,Queue(on)\n{others}", "a", "100"))
    menu = found["a-s"]
    assert list(menu["keys"]) == ["1"]
    ways = menu["keys"]["1"], menu["gave-up"]
    assert [found[to]["queue"] for to in ways] == [one, other]


def test_files_with_much_of_the_same_are_read_in_little_time() -> None:
    """Ten thousand blanks took an hour, and a chain of 150 contexts four seconds."""
    chain = [
        f"[c{n}]\ninclude => c{n + 1}\nexten => {n},1,NoOp()\nexten => _{n}[1-9],1,Dial(PJSIP/1)"
        for n in range(150)
    ]
    blanks = f"[c0]{' ' * 20_000}x\nsame => n{' ' * 20_000}x\nsame => n,a{' ' * 20_000}x\n"
    began = time.process_time()
    drafted = imported("\n".join([blanks, *chain, f"exten => _{'X' * 50_000},1,NoOp()"]), "c0", "0")
    assert time.process_time() - began < allowed(1)
    assert drafted.nodes


def test_waits_circles_and_hours_of_includes() -> None:
    text = (
        "[a]\ninclude => b,09:00-17:00,mon-fri,*,*\nexten => s,1,Set(TIMEOUT(response)=8)\n"
        " same => n,Set(TIMEOUT(digit)=5)\n"
        " same => n,Background(menu)\n same => n,WaitExten()\n"
        "exten => 1,1,Playback(busy)\n same => n,Goto(1,1)\n[b]\nexten => 5,1,Dial(PJSIP/105)\n"
    )
    drafted = imported(text, "a", "100")
    found = nodes(drafted)
    menu = found["a-s-2"]
    assert (menu["wait"], menu["between"], menu["keys"]) == ("8s", "5s", {"1": "a-1"})
    assert found["a-1"]["then"] == "circle"
    left = [each.why for each in drafted.findings if each.outcome == "not imported"]
    assert left[0].startswith("include => b,09:00-17:00,mon-fri,*,* is not understood")
    assert left[1].startswith("calls would go round")


def test_what_is_not_understood_is_named_where_it_stands() -> None:
    drafted = imported()
    [one] = [each for each in drafted.findings if each.outcome == "not imported"]
    assert (one.what, one.nodes) == ("[shop-read] s, agi", ("shop-read-s-4",))
    assert one.why == "agi(weather.agi,minsk) is not understood"
    note = "# NOT IMPORTED: agi(weather.agi,minsk) is not understood."
    assert note in writer.files(drafted, "a test")["2000.yaml"]


@pytest.mark.parametrize(
    "line",
    [
        "Queue(${QUEUE})",
        "Dial(${TARGET},20)",
        "Read(X,menu)",
        "Playback(${SOUND})",
        "GotoIf($[${RAND(1,2)} = 1]?a,1)",
        "System(reboot)",
        "Goto(${X},1)",
        "VoiceMail()",
        "WaitExten(5)",
    ],
)
def test_nothing_is_guessed_at(line: str) -> None:
    drafted = imported(f"[a]\nexten => s,1,{line}\nsame => n,Hangup()\n", "a", "100")
    [finding] = drafted.findings
    assert finding.outcome == "not imported"
    assert finding.why.endswith("is not understood")


def test_a_language_that_the_site_does_not_speak_and_a_place_that_is_not_there_are_named() -> None:
    text = "[a]\nexten => s,1,Set(CHANNEL(language)=fr)\n same => n,Goto(default,7,1)\n"
    found = [(each.what, each.why) for each in imported(text, "a", "100").findings]
    why = "set(CHANNEL(language)=fr) is not known: to speak 'fr', add it to `languages` of [site]"
    assert found == [
        ("[a] s, set", why),
        ("[default] 7", "[default] 7 is not in the file"),
    ]


def test_circles_of_goto_end() -> None:
    drafted = imported("[a]\nexten => s,1,Goto(b,s,1)\n[b]\nexten => s,1,Goto(a,s,1)\n", "a", "1")
    assert [each.outcome for each in drafted.findings] == ["not imported"]


def test_of_a_long_circle_its_ends_are_named() -> None:
    nodes = {
        f"n{at}": DraftNode({"set": {}, "then": f"n{(at + 1) % 300}"}, []) for at in range(300)
    }
    [one] = break_circles(nodes, "n0")
    start, end = "n0 -> n1 -> n2 -> n3", "n297 -> n298 -> n299 -> n0"
    assert one.what == f"Circle {start} -> (293 more) -> {end}"


def test_a_file_of_one_endless_line_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "e.conf").write_text("[a]\nexten => s,1,Playback(" + "a&" * 40_000)
    with pytest.raises(SourceError, match="line 2 has more than 65536 characters"):
        source.plain(tmp_path / "e.conf")


def test_a_context_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceError, match="there is no context no: there are shop, shop-menu"):
        imported(context="no")
    with pytest.raises(SourceError, match="neither 99 nor s"):
        imported(number="99")


def test_what_is_imported_passes_the_check_and_its_tests(tmp_path: Path) -> None:
    menus = tmp_path / "menus"
    done = firstline(
        tmp_path, "import", "dialplan", CONF, "--context", "shop", "--number", "2000",
        "--into", menus,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "no errors" in firstline(tmp_path, "flows", "check", menus).output
    assert firstline(tmp_path, "flows", "test", menus).exit_code == 0


def test_subroutines_that_go_straight_on_are_played_where_they_are_called() -> None:
    text = (
        "[a]\nexten => s,1,Gosub(hello,s,1(welcome,9))\n same => n(on),Macro(ring,701)\n"
        ' same => n,GotoIf($["${CALLERID(num)}" = "375291234567"]?vip,1)\n'
        " same => n,ExecIfTime(22:00-06:00,*,*,*?Playback(night))\n same => n,Goto(s,on)\n"
        "exten => vip,1,Queue(vip)\n"
        "[hello]\nexten => s,1,Answer()\n same => n,Playback(${ARG1})\n"
        " same => n,Gosub(deeper,s,1)\n same => n,Return(0)\n same => n,Playback(never)\n"
        "[deeper]\nexten => s,1,Playback(deep)\n same => n,Return()\n"
        "[macro-ring]\nexten => s,1,Dial(PJSIP/${ARG1},20)\n"
    )
    drafted = imported(text, "a", "100")
    found = nodes(drafted)
    assert found["a-s-part1-1"]["then"] == "a-s-part1-2"
    assert [drafted.prompts[found[at]["say"]].sound for at in ("a-s-part1-1", "a-s-part1-2")] == [
        ("welcome",), ("deep",),
    ]  # fmt: skip
    assert found["a-s-part1-2"]["then"] == "a-s-part2"
    assert found["a-s-part2"]["dial"] == "701"
    asked = found[found["a-s-part2"]["else"]]
    assert (asked["branch"], asked["when"]) == ("number", {"in callers-1": "a-vip"})
    assert drafted.lists == {"callers-1": ("375291234567",)}
    hours = found[asked["else"]]
    assert (hours["hours"], hours["open"]) == ("hours-1", "a-s-part3")
    assert found["a-s-part3"]["then"] == hours["closed"] != "a-s-part3"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Gosub(b,s,1)", "calls what is not in the file, or does not go straight on"),
        ("Gosub(no,s,1)", "calls what is not in the file"),
        ("Macro(round)", "calls what is not in the file"),
        ("While($[1])", "has no EndWhile"),
        ('GotoIf($["${CALLERID(name)}" = "Anna"]?b,s,1)', "is not understood"),
        ("ExecIfTime(*,*,*,*?AGI(x))", "agi(x) is not understood"),
    ],
)
def test_what_a_subroutine_does_is_not_guessed_at(line: str, why: str) -> None:
    b = '[b]\nexten => s,1,GotoIf($["${X}"="1"]?3)\n same => n,Return()\n'
    circle = "[macro-round]\nexten => s,1,Macro(round)\n"
    text = f"[a]\nexten => s,1,{line}\n same => n,Hangup()\n{b}{circle}"
    left = [one.why for one in imported(text, "a", "1").findings if one.outcome == "not imported"]
    assert len(left) == 1
    assert why in left[0]


MENU = "[a]\nexten => s,1,Background(menu)\n same => n,WaitExten(5)\nexten => 1,1,Queue(400)\n"


def test_included_contexts_have_keys_and_what_is_no_key_is_named() -> None:
    more = "include => b\nexten => _2XX,1,Dial(PJSIP/${EXTEN})\nexten => 4,1,Dial(PJSIP/104\n"
    drafted = imported(f"{MENU}{more}[b]\nexten => 5,1,Dial(PJSIP/105)\n", "a", "100")
    assert nodes(drafted)["a-s"]["keys"] == {"1": "a-1", "5": "a-5"}
    left = [(each.what, each.why) for each in drafted.findings if each.outcome == "not imported"]
    assert left == [
        ("[a] _2XX", "the pattern has many numbers: write those that callers key"),
        (
            "[a]",
            "exten => 4,1,Dial(PJSIP/104 is not understood, "
            "has a priority that is taken, or is in another file",
        ),
    ]


def test_comments_over_several_lines_are_no_dialplan() -> None:
    block = ";-- old\nexten => 2,1,Queue(401)\n--; exten => 3,1,Queue(402)\n;--- a line\n"
    found = nodes(imported(f"{MENU}{block}exten => 4,1,Queue(403) ;a --; b\n", "a", "100"))
    assert list(found["a-s"]["keys"]) == ["1", "3", "4"]
