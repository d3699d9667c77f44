"""An import into a store that has some of the subscribers already."""

from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.commands import import_subscribers
from ari_app.config.state import State
from ari_app.store import bulk_import, code_words, subscribers
from ari_app.store.bulk_import import ImportedSubscriber, NumberTakenError
from ari_app.store.code_words import CodeWord
from ari_app.store.db import Store, StoreError
from ari_app.store.open_database import open_reader
from ari_app.store.subscribers import Subscriber
from tests.commands.conftest import Run
from tests.commands.test_import_subscribers import EVA, HEAD, everyone, unchanged
from tests.operators import BELARUS
from tests.store.samples import NOON


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def word_of(state: State, subscriber: int) -> CodeWord | None:
    with closing(open_reader(state.database, 5.0, BELARUS)) as db:
        return code_words.of(db, subscriber)


def test_an_updated_subscriber_keeps_phone_and_code_word(demo: State, run: Run, csv: Path) -> None:
    before = everyone(demo)[0]
    csv.write_text(f"{HEAD};code-word\n{before.msisdn};Ева Новая;en;Гомель;\n")
    assert run("subscribers", "import", str(csv), "--update").exit_code == 0
    assert everyone(demo)[0] == replace(before, name="Ева Новая", language="en", area="Гомель")


def test_many_lines_and_what_is_there_already(demo: State, run: Run, csv: Path) -> None:
    lines = [f"37529{number:07};Ева {number};be;Минск" for number in range(3000)]
    csv.write_text("\n".join((HEAD, *lines)))
    assert run("subscribers", "import", str(csv)).stdout.startswith("done: 3000 added, 0 updated")
    for more in ((), ("--update",)):
        with unchanged(demo):
            done = run("subscribers", "import", str(csv), *more)
        assert done.stdout == "done: 0 added, 0 updated, 0 code words set, 3000 unchanged\n"
    csv.write_text("\n".join((HEAD, "375290000000;Ева Новая;be;Минск", *lines[1:])))
    with unchanged(demo):
        assert run("subscribers", "import", str(csv)).exit_code == 1
    done = run("subscribers", "import", str(csv), "--update")
    assert done.stdout == "done: 0 added, 1 updated, 0 code words set, 2999 unchanged\n"


def test_an_import_that_was_interrupted_is_repeated(
    demo: State, run: Run, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"37529{number:07};Ева {number};be;Минск;" for number in range(5)]
    csv.write_text("\n".join((f"{HEAD};code-word", f"{EVA};жнівень", *lines)))
    monkeypatch.setattr(import_subscribers, "WRITTEN", 2)
    commit, done = bulk_import.commit, []

    def interrupted(*given: object, **more: object) -> object:
        done.append(1)
        if len(done) == 3:
            raise StoreError("the disk is full")
        return commit(*given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(bulk_import, "commit", interrupted)
        assert run("subscribers", "import", str(csv)).exit_code == 1
    assert len(everyone(demo)) == 50 + 4
    word = word_of(demo, 51)
    assert word
    again = run("subscribers", "import", str(csv)).stdout
    assert again == "done: 2 added, 0 updated, 0 code words set, 4 unchanged\n"
    assert word_of(demo, 51) == word


async def test_who_was_added_meanwhile_stops_all(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    batch = [
        (ImportedSubscriber(line, number, "Ева", "be", "Минск"), None, None)
        for line, number in ((2, "375291234567"), (3, "375291234568"))
    ]
    one = Subscriber(1, "375291234568", "Лев", "ru", "Брест", None, None, NOON)
    await store.write(subscribers.add, [one])
    with pytest.raises(NumberTakenError, match="3"):
        await store.write(bulk_import.commit, batch, False, "anna", NOON)
    assert await store.read(subscribers.page, 0, 1000) == [one]
    await store.close()
