"""Prompts for sound files: names that are the same from every source, and texts where known."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, count
from pathlib import PurePosixPath

from ari_app.freepbx.company import DEFAULT_LAST, DEFAULT_RETRY, LOST, Sound, Text
from ari_app.freepbx.draft import DraftPrompt

SHIPPED = {
    DEFAULT_RETRY: "not-understood",
    DEFAULT_LAST: "to-operator",
    "pbx-invalid": "not-understood",
    "invalid": "not-understood",
    "vm-goodbye": "thanks-bye",
    "demo-thanks": "thanks-bye",
    "goodbye": "thanks-bye",
}
"""Sounds of Asterisk that prompts of ours stand for, which have a text in every language."""

SILENCE = "silence/1"
"""A sound of Asterisk: one second without a sound."""

_SPECIAL = re.compile(r"-([a-z]{2}|languages|written)\Z")


class Prompts:
    """The prompts that menus play; ``taken`` are names of other prompts."""

    def __init__(self, texts: Mapping[Sound, Text], taken: Collection[str]) -> None:
        self._texts = texts
        self._taken = taken
        self._names: dict[Sound, str] = {}
        self.made: dict[str, DraftPrompt] = {}

    def name(self, sound: Sound) -> str:
        """The prompt of sound files, which are joined."""
        if len(sound) == 1 and sound[0] in SHIPPED:
            return SHIPPED[sound[0]]
        if sound not in self._names:
            base = _named(sound)
            free = (f"{base}-{number}" if number else base for number in chain((0,), count(2)))
            name = next(each for each in free if each not in self.made and each not in self._taken)
            self._names[sound] = name
            self.made[name] = DraftPrompt(sound, self._text(sound))
        return self._names[sound]

    def _text(self, sound: Sound) -> str:
        """The description of a recording, or its name; that of its parts, if it has none."""
        found = " ".join(self._parts(sound))
        return re.sub(r"[{}]", "", found) or " ".join(sound)

    def _parts(self, sound: Sound) -> Iterator[str]:
        while sound:
            length = next((n for n in range(len(sound), 0, -1) if sound[:n] in self._texts), 1)
            one = self._texts.get(sound[:length])
            text = one and (one.description or one.name)
            text = text or PurePosixPath(sound[0]).name.replace("-", " ").replace("_", " ")
            yield text if text[-1:] in ".!?…" else f"{text}."
            sound = sound[length:]


def lost(*sounds: Sound) -> list[str]:
    """What is to be said of recordings that the source does not have."""
    found = dict.fromkeys(
        one.removeprefix(LOST) for each in sounds for one in each if one.startswith(LOST)
    )
    return [
        f"recording {each} is not in the source: write the text of the prompt recording-{each}"
        for each in found
    ]


def _named(sound: Sound) -> str:
    """``("custom/a-menu", "custom/a-help")`` is ``a-menu-help``."""
    first, *others = [
        "silence" if one == SILENCE else _slug(PurePosixPath(one).name) for one in sound
    ]
    words = [each.split("-") for each in (first, *others)]
    shared = 0
    while (
        others
        and all(len(each) > shared + 1 for each in words)
        and len({each[shared] for each in words}) == 1
    ):
        shared += 1
    name = "-".join([first, *("-".join(each[shared:]) for each in words[1:])])[:60].strip("-")
    name = name if name[0].isalpha() else f"recording-{name}"
    return f"{name}-sound" if _SPECIAL.search(name) else name


def _slug(name: str) -> str:
    """Small letters, digits and hyphens; a name in other letters is written by its bytes."""
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return found or f"recording-{name.encode('utf-8', 'replace').hex()[:12]}"


def sound_names(text: str) -> Sound:
    """The sounds of ``a&b``; none where a variable names one."""
    found = tuple(one.strip() for one in text.split("&") if one.strip())
    return () if any("${" in one for one in found) else found
