"""What differs between two flows, in words."""

from ari_app.menus.differences import differences
from ari_app.menus.loading import Menus
from ivr.loader import load
from prompts.catalogue import read
from tests.session.scripted import PROMPTS

WORDS = read({"ru.yaml": "".join(f"{prompt}: Слово.\n" for prompt in PROMPTS)})
FLOW = """\
flow: "611"
languages: [ru]
start: main
always: { "9": bye }
nodes:
  main:
    menu: thanks
    keys: { "1": news, "2": bye }
    gave-up: bye
    wait: 5s
  news: { say: sorry, then: bye }
  old: { say: sorry, then: bye }
  bye: { end: bye }
"""


def menus(**texts: str) -> Menus:
    loaded = load({f"{name}.yaml": text for name, text in texts.items()}, WORDS.signatures(), {})
    assert loaded.book is not None, loaded.problems
    return Menus(loaded.book, WORDS, texts)


def test_nodes_keys_and_settings() -> None:
    new = (
        FLOW.replace('"2": bye }', '"2": news, "3": bye }')
        .replace("wait: 5s", "wait: 7s")
        .replace('"9": bye', '"8": bye')
        .replace("menu: thanks", "menu: [thanks, sorry]")
        .replace("news: { say: sorry, then: bye }", "news: { end: sorry }")
        .replace("  old:", "  new:")
    )
    assert differences(menus(a=FLOW), menus(a=new)) == (
        "flow 611: key 8 of every menu: nothing -> bye",
        "flow 611: key 9 of every menu: bye -> nothing",
        "flow 611: node main: key 2: bye -> news",
        "flow 611: node main: key 3: nothing -> bye",
        "flow 611: node main: wait: 5.0 -> 7.0",
        "flow 611: node main: menu: thanks -> thanks, sorry",
        "flow 611: node new: new",
        "flow 611: node news: say -> end",
        "flow 611: node old: removed",
    )


def test_flows_and_comments() -> None:
    other = FLOW.replace("611", "112")
    assert differences(menus(a=FLOW), menus(a=FLOW, b=other)) == ("flow 112: new",)
    assert differences(menus(a=FLOW, b=other), menus(a=FLOW)) == ("flow 112: removed",)
    assert differences(menus(a=FLOW), menus(a=f"# why\n{FLOW}")) == ("flow 611: only its writing",)
    assert differences(menus(a=FLOW), menus(a=FLOW)) == ()
