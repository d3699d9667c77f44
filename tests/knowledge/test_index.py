"""Articles: read with faults that say where, searched, shown without anything that could run."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from ari_app.cli import main
from ari_app.knowledge.articles import ArticleError, faults, filled, html, parse, plain
from ari_app.knowledge.index import Library

HEAD = "---\ntitle: {title}\ntopics: [{topics}]\nlanguages: [{languages}]\n---\n"


def write(
    directory: Path, name: str, text: str, title: str, topics: str = "", in_: str = ""
) -> None:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD.format(title=title, topics=topics, languages=in_) + text, "utf-8")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write(tmp_path, "wifi.md", "Restart the **router**.", "Wi-Fi is slow", "internet", "en")
    write(tmp_path, "ru/wifi.md", "Ёлочка: перезагрузите роутер.", "Вай-фай", "internet", "ru")
    write(tmp_path, "bill.md", "VAT is a tax. The router is rented.", "Why the bill is higher")
    return Library(tmp_path)


def names(library: Library, text: str, topic: str = "", language: str = "en") -> list[str]:
    return [one.name for one in library.find(text, topic, language)]


def test_articles_are_found_by_words_or_the_topic(library: Library) -> None:
    assert names(library, "rout") == ["wifi.md", "bill.md"]  # shorter, so it says more of it
    assert names(library, "ROUTER rest") == ["wifi.md"]
    assert names(library, "елочка", language="ru") == ["ru/wifi.md"]
    assert names(library, "internet", language="ru") == ["ru/wifi.md", "wifi.md"]
    assert names(library, "", "internet") == ["wifi.md", "ru/wifi.md"]
    for nothing in ("", "  ", '"', "* OR", "no such words", "-", "\x00"):
        assert names(library, nothing) == []


def test_a_changed_article_is_read_again(library: Library, tmp_path: Path) -> None:
    assert names(library, "bill") == ["bill.md"]
    (tmp_path / "bill.md").unlink()
    write(tmp_path, "new.md", "Nothing", "A bill of today")
    (tmp_path / "broken.md").write_text("no head")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "bill.md").write_text("---\ntitle: bill\n---\ntext")
    assert names(library, "bill") == ["new.md"]
    assert library.article("bill.md") is None
    assert library.article("../secret") is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Text", "a.md:1: begin it with a line ---"),
        ("---\ntopics: [tv]\n---\nText", "a.md:2: the head has no title"),
        ("---\ntitle: A\ntopic: tv\n---\nText", "did you mean topics?"),
        ("---\ntitle: A\n---\n  \n", "a.md: it has no text"),
        ("---\ntitle: A\nx: [\n---\nText", "a.md:4: the head is no YAML"),
        ("---\ntitle: A\ntopics: {a: b}\n---\nText", "topics is a list"),
    ],
)
def test_what_is_wrong_says_where(text: str, fault: str) -> None:
    with pytest.raises(ArticleError) as caught:
        parse("a.md", text)
    assert fault in str(caught.value)


def test_what_the_site_has_not_is_a_fault() -> None:
    one = parse("a.md", HEAD.format(title="A", topics="internt", languages="no") + "Text")
    assert list(faults(one, ["internet"], ["en"])) == [
        "a.md:2: the site has no topic internt: did you mean internet?",
        "a.md:2: the site has no language no: known: en",
    ]


def test_answers_are_listed_apart(library: Library, tmp_path: Path) -> None:
    write(tmp_path, "answers/wifi.md", "Dear {name}, the router …", "Zed", "internet", "en")
    write(tmp_path, "answers/any.md", "Thank you, {Name} {x}", "Any")
    write(tmp_path, "answers/ru.md", "Спасибо", "Спасибо", "", "ru")
    found = library.answers("internet", "en")
    assert [one.title for one in found] == ["Zed", "Any"]
    assert names(library, "router") == ["wifi.md", "bill.md"]
    assert filled(found[0].text, {}) == "Dear …, the router …"
    assert filled("{name} {agent}", {"name": "{agent}", "agent": "A"}) == "{agent} A"
    assert list(faults(found[1], [], [])) == [
        "answers/any.md: nothing fills in {x}: known: agent, balance, name, number, tariff, today"
    ]


def test_the_article_for_subscribers_is_found_by_its_word(library: Library, tmp_path: Path) -> None:
    for language, words in (("ru", "Включить"), ("en", "Turn *it* **on**")):
        head = f"---\ntitle: TV\nlesson: tv\nlanguages: [{language}]\n---\n"
        text = f"# Picture\n\n{words},\nsee [us](https://e.net/tv).\n\n1. one\n2. `two`"
        (tmp_path / f"{language}.md").write_text(head + text)
    found = library.lesson("tv", "en")
    assert found is not None
    assert plain(found) == "Picture. Turn it on, see https://e.net/tv us. one. two."
    assert library.lesson("tv", "be") is None
    assert library.lesson("home", "en") is None
    long = replace(found, text="x" * 601)
    assert list(faults(long, (), ("en",))) == [
        "en.md: a text of 602 characters is sent: write 600 at most"
    ]


def test_nothing_of_an_article_runs() -> None:
    text = (
        "# Top\n\n<script>alert(1)</script> <b onclick=x>b</b> [a](javascript:alert(1))"
        " [b](data:text/html,x) ![c](https://e.example/c.png) [d](https://e.example/?a=1&b=2)\n\n"
        "|a|b|\n|-|-|\n|1|2|\n"
    )
    shown = html(parse("a.md", HEAD.format(title="A", topics="", languages="") + text))
    for never in ("<script", "<b ", 'href="javascript', 'href="data', "<img", "<h1"):
        assert never not in shown
    assert "<h5>Top</h5>" in shown
    link = '<a href="https://e.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">'
    assert link in shown
    assert "<td>1</td>" in shown


def test_the_command_lists_all_faults(tmp_path: Path) -> None:
    words = ["--state", str(tmp_path), "knowledge", "check"]
    missing = CliRunner().invoke(main, words)
    assert missing.exit_code == 1
    assert "there is no" in missing.stderr
    write(tmp_path / "knowledge", "a.md", "Text", "A", "money", "ru")
    assert "1 articles, no faults" in CliRunner().invoke(main, words).stdout
    write(tmp_path / "knowledge", "b.md", "Text", "B", "mony")
    found = CliRunner().invoke(main, words)
    assert found.exit_code == 1
    assert found.stdout == "b.md:2: the site has no topic mony: did you mean money?\n"
