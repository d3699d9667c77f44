"""What agents see of queues, and which queues are to be named for them."""

import pytest

from ari_app.config.settings import Config, decoded
from ari_app.workplace.queue_labels import queue_labels, unlabelled


def config(languages: list[str], **queues: dict[str, object]) -> Config:
    return decoded({"site": {"languages": languages}, "queues": queues})


def test_the_usual_queues_have_labels_and_own_ones_go_before() -> None:
    labels = queue_labels(config(["ru"], support={"label": "Первая линия"}, claims={"ring": 10}))
    assert labels["support"] == {"": "Первая линия"}
    assert labels["claims"]["ru"] == "Претензии"
    assert [*unlabelled(config(["ru", "en"]))] == []


@pytest.mark.parametrize(
    ("languages", "label", "said"),
    [
        (["ru", "en"], "", 'has no label, so agents see its name: write label = "…" under'),
        (["ru", "en"], {"en": "Sales"}, "no label in ru, so agents read another language"),
        (["hu"], "", "has no label, so agents see its name"),
        (["hu"], {"hu": "Értékesítés"}, ""),
        (["hu", "en"], {"hu": "Értékesítés"}, "no label in en, so agents read another language"),
        (["ru", "en"], "Sales", ""),
    ],
)
def test_a_queue_without_a_label_in_a_language_of_the_desk(
    languages: list[str], label: object, said: str
) -> None:
    found = [*unlabelled(config(languages, sales={"label": label}))]
    assert found == [] if not said else said in found[0]
