"""The catalogue: what it reads, and how it names everything that an author must correct."""

from pathlib import Path

import pytest

from ivr.values import Digits, Phrase
from prompts.catalogue import Catalogue, CatalogueError, load, merge, merge_directory, read
from prompts.plan import phrase_text


def problems(**texts: str) -> list[str]:
    """What is wrong with the files ``ru``, ``be`` …, one line each."""
    with pytest.raises(CatalogueError) as raised:
        read({f"{language}.yaml": text for language, text in texts.items()})
    return str(raised.value).splitlines()


def russian(text: str) -> Catalogue:
    return read({"ru.yaml": text})


def test_placeholders_and_their_kinds() -> None:
    catalogue = russian(
        'balance: "{balance:money}, {minutes:count minute} до {until:date}"\n'
        "list: Платежи {payments:each line}\n"
        "line: '{day:day} {at:moment} { number : digits } {who:name}'\n"
    )
    assert catalogue.slots("balance") == {
        "balance": "money",
        "minutes": "count minute",
        "until": "date",
    }
    assert catalogue.signatures()["list"] == {"payments": "each line"}
    assert list(catalogue.slots("line")) == ["day", "at", "number", "who"]


def test_scalars_are_the_text_that_stands_there() -> None:
    catalogue = russian("yes: on\nno: 011\nclock: 12:30\nnull: NULL\n")
    assert {name: text.source for name, text in catalogue.texts["ru"].items()} == {
        "yes": "on",
        "no": "011",
        "clock": "12:30",
        "null": "NULL",
    }


def test_folded_texts_and_letters_in_two_pieces() -> None:
    catalogue = russian("a: >-\n  первая\n  вторая\nb: мои\u0306\n")
    assert catalogue.texts["ru"]["a"].source == "первая вторая"
    assert catalogue.texts["ru"]["b"].source == "мой"


def test_all_problems_at_once_with_their_places() -> None:
    found = problems(
        ru="welcome: Добрый день\n"
        "fee: Плата {fee:monny} в месяц\n"
        "Time: час\n"
        "welcome: Ещё раз\n"
        "hours: Часы: с девяти\n"
        "left: {minutes:count minute}\n"
        "calls: Осталось {calls:count parsec} и {x}\n"
        "empty:\n"
    )
    assert [line.partition(": ")[0] for line in found] == [
        "ru.yaml:2:12",
        "ru.yaml:3:1",
        "ru.yaml:4:1",
        "ru.yaml:5:12",
        "ru.yaml:6:7",
        "ru.yaml:7:17",
        "ru.yaml:7:40",
        "ru.yaml:8:7",
    ]
    for line, remedy in zip(
        found,
        (
            "did you mean money?",
            "small letters",
            "stands twice (first in line 1): keep one",
            "put the whole text in quotes",
            "put it in quotes",
            "unit",
            "{balance:money}",
            "write what the caller hears",
        ),
        strict=True,
    ):
        assert remedy in line


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("a: раз\n\tb: два\n", "2:1", "spaces, not with tabs"),
        ("a: *b\n", "1:4", "quotes"),
        ("a: раз # два\n", "1:7", "what follows # is not played"),
        ("a: раз \x07 два\n", "1:8", "U+0007"),
        ("- раз\n", "1:1", "`name: text`"),
        ("a: [раз]\n", "1:4", "quotes"),
        ("? [a]\n: раз\n", "1:3", "a prompt's name"),
        ("a: Раз {b\n", "1:8", "not a placeholder"),
        ("a: Раз {b:money BYN}\n", "1:8", "'BYN' is no grammatical case"),
        ("a: Раз {b:money accusativ}\n", "1:8", "did you mean accusative?"),
        ("a: Раз {b:count minute dative}\n", "1:8", "'dative' is no grammatical case"),
        ("a: Раз {b:day accusative}\n", "1:8", "day has no cases"),
        ("a: Раз {b:digits BYN}\n", "1:8", "takes nothing after it"),
        ("a: Раз {b:each}\n", "1:8", "prompt of a row"),
        ("a: Раз {b:money} {b:day}\n", "1:18", "keep one"),
        ("a: Раз {b:each c}\n", "1:1", "no prompt c"),
        ("a: Раз {b:each a}\n", "1:1", "row of itself"),
        ("language-be: Мова\n", "1:1", "keep it in be.yaml only"),
        ("a: |\n  Раз\n  {b:cash}\n", "3:3", "kind of placeholder 'cash'"),
    ],
)
def test_one_problem(text: str, place: str, remedy: str) -> None:
    (found,) = problems(ru=text)
    assert found.startswith(f"ru.yaml:{place}: ")
    assert remedy in found


def test_rows_that_contain_each_other() -> None:
    found = problems(ru="a: Раз {x:each b}\nb: Два {x:each a}\n")
    assert len(found) == 2
    assert all("row of itself" in line for line in found)


def test_languages_agree_on_placeholders() -> None:
    found = problems(ru="a: Раз {x:money}\n", en="# texts\na: One {y:money}\n")
    assert found == [
        "en.yaml:2:1: a has the placeholders {y:money}, but {x:money} in ru.yaml: "
        "a prompt has the same in all languages"
    ]


def test_a_file_of_no_language() -> None:
    assert problems(rus="a: раз\n") == [
        "rus.yaml:1:1: rus is not a language with a voice: did you mean ru?"
    ]


def test_a_missing_translation_is_listed_and_read_in_another_language() -> None:
    catalogue = read({"en.yaml": "a: One\n", "ru.yaml": "a: Раз\nb: Два\nlanguage-ru: Язык\n"})
    assert catalogue.languages == ("ru", "en")
    assert catalogue.missing() == (("b", "en"),)
    assert catalogue.template("b", "en")[0] == "ru"
    assert catalogue.template("a", "en")[0] == "en"
    assert [listed.prompt for listed in catalogue.listing()] == ["a", "b", "language-ru"]
    assert catalogue.listing()[0].texts == {"ru": "Раз", "en": "One"}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no texts here: add ru\.yaml"):
        load(tmp_path)
    with pytest.raises(CatalogueError, match="cannot be read"):
        load(tmp_path / "nowhere")
    (tmp_path / "ru.yaml").write_bytes("a: Раз\n".encode("cp1251"))
    (tmp_path / "be.yaml").mkdir()
    with pytest.raises(CatalogueError) as raised:
        load(tmp_path)
    assert [problem.text.partition(":")[0] for problem in raised.value.problems] == [
        "the file cannot be read",
        "not UTF-8 at byte 3",
    ]


def test_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    (tmp_path / "ru.yaml").write_text("\ufeffa: Раз\n", encoding="utf-8")
    assert load(tmp_path).prompts == ("a",)


# Texts of an operator, over ours.

OURS = read(
    {
        "ru.yaml": "hello: Добрый день\nfee: Плата {fee:money}\nfees: '{fees:each fee}'\n",
        "be.yaml": "hello: Добры дзень\nfee: Плата {fee:money}\nfees: '{fees:each fee}'\n",
    }
)


def texts_of(catalogue: Catalogue, prompt: str) -> list[str]:
    """Its text in each language that has one."""
    texts = catalogue.texts.values()
    return [each[prompt].source for each in texts if prompt in each]


def test_own_words_win_in_their_language(tmp_path: Path) -> None:
    (tmp_path / "ru.yaml").write_text("hello: Привет\nnews: Новости {fees:each fee}\n")
    (tmp_path / "en.yaml").write_text("hello: Hello\nours: Ours\n")
    (tmp_path / ".#ru.yaml").symlink_to("an-editor@host")
    laid = merge_directory(OURS, tmp_path)
    assert laid.problems == ()
    assert laid.valid() is laid.catalogue
    assert laid.catalogue.languages == ("ru", "be", "en")
    assert texts_of(laid.catalogue, "hello") == ["Привет", "Добры дзень", "Hello"]
    assert texts_of(laid.catalogue, "fee") == texts_of(OURS, "fee")
    assert texts_of(laid.catalogue, "news") == ["Новости {fees:each fee}"]
    assert ("news", "be") in laid.catalogue.missing()
    assert laid.own.keys() == {"ours", "news"}, "what is there already may be played without a flow"


def own_problems(**texts: str) -> list[str]:
    """What is wrong with texts over ours; what can be read of them is there all the same."""
    laid = merge(OURS, {f"{language}.yaml": text for language, text in texts.items()})
    with pytest.raises(CatalogueError) as raised:
        laid.valid()
    assert laid.catalogue.languages[:2] == ("ru", "be")
    return str(raised.value).splitlines()


def test_what_is_wrong_with_own_words_stands_where_they_are() -> None:
    assert own_problems(ru="hello: Раз {x:monny}\n# two\nfee: Плата {sum:money}\n") == [
        "ru.yaml:1:12: there is no kind of placeholder 'monny': did you mean money?",
        "ru.yaml:3:1: fee has the placeholders {sum:money}, but {fee:money} in be: "
        "keep those, or write it in be.yaml, too",
    ]
    row = "fee: Плата {fees:each fees}\n"
    assert own_problems(be=row, ru=row) == [
        f"{language}.yaml:1:1: fee is a row of itself: name another prompt"
        for language in ("be", "ru")
    ]


def test_a_prompt_may_change_its_values_in_all_languages_at_once() -> None:
    texts = {f"{language}.yaml": "fee: Раз {sum:money}\n" for language in ("ru", "be")}
    assert merge(OURS, texts).valid().slots("fee") == {"sum": "money"}


def test_a_written_form_is_read_in_place_of_the_prompt() -> None:
    texts = read({"en.yaml": "ask: Press {n:digits}.\nask-written: Reply {n:digits}.\n"})
    phrase = Phrase("ask", {"n": Digits("5")})
    assert phrase_text(texts, phrase, "en") == "Press five."
    assert phrase_text(texts, phrase, "en", "written") == "Reply 5."
    assert texts.prompts == ("ask",)
    own = merge(texts, {"en.yaml": "ask: Key {n:digits}.\n"}).valid()
    assert phrase_text(own, phrase, "en", "written") == "Key 5."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ask-written: Reply.", "there is no prompt ask to read"),
        ("ask: Press.\nask-written: Reply {n:digits}.", "ask-written has the placeholders"),
    ],
)
def test_a_written_form_belongs_to_a_prompt(text: str, problem: str) -> None:
    with pytest.raises(CatalogueError, match=problem):
        read({"en.yaml": text})
