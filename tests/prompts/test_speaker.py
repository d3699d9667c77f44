"""What is spoken instead of what is written, and what the key of a spoken file depends on."""

import pytest
from msgspec import structs

from prompts.speaker import Speaker, key, pronounced

SPEAKER = Speaker(
    "rhvoice", "Irina", lexicon=(("ООО", "о о о"), ("замок", "замо́к"), ("г.", "город"))
)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("ООО «Свет».", "о о о «Свет»."),
        ("Замок и замок.", "замо́к и замо́к."),
        ("замоктан, подзамок, ЗАМОК", "замоктан, подзамок, ЗАМОК"),
        ("в г. Минске", "в город Минске"),
        ("ничего", "ничего"),
    ],
)
def test_whole_words_are_replaced(written: str, spoken: str) -> None:
    assert pronounced(SPEAKER, written) == spoken


def test_the_longest_of_several_wins() -> None:
    speaker = Speaker("espeak", "gmw/en", lexicon=(("St", "saint"), ("St James", "court")))
    assert pronounced(speaker, "St James and St Paul") == "court and saint Paul"


def test_the_key_depends_on_everything_that_is_heard() -> None:
    changes = {
        "engine": "espeak",
        "voice": "Anna",
        "rate": 90,
        "volume": 90,
        "url": "http://127.0.0.1/",
        "model": "m",
        "version": "1.8.1",
    }
    assert set(changes) == set(Speaker.__struct_fields__) - {"lexicon"}
    keys = [key(structs.replace(SPEAKER, **{name: new}), "раз") for name, new in changes.items()]
    keys.append(key(SPEAKER, "раз"))
    assert len(set(keys)) == len(keys)
    without = structs.replace(SPEAKER, lexicon=())
    assert key(without, "раз") == key(SPEAKER, "раз")
    assert key(without, "замок") != key(SPEAKER, "замок")
    assert key(without, "замо́к") == key(SPEAKER, "замок")
