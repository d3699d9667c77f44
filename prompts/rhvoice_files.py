"""Finds RHVoice: unpacked into a directory of ours, or installed on the system."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ivr.speech import languages

LICENCE = "LGPL-2.1+"

_SYSTEM = Path("/")


def free() -> Mapping[str, tuple[str, ...]]:
    """Language -> the voices that an operator may use: under the LGPL 2.1 or later, by the
    copyright file of Debian's packages. Most others are under CC-BY-NC-ND: not for business."""
    every = {code: languages.language(code).voice.free for code in languages.known()}
    return {code: voices for code, voices in every.items() if voices}


class RHVoiceFiles(Struct, frozen=True):
    """What is needed to speak: libraries in the order in which they are loaded, and data."""

    libraries: tuple[Path, ...]
    data: Path
    config: Path

    def voices(self) -> Iterator[tuple[str, str]]:
        """(language, voice) of each voice that is there."""
        for file in sorted(self.data.glob("voices/*/voice.info")):
            lines = re.findall(r"^(\w+)=(.*)$", file.read_text("utf-8"), re.MULTILINE)
            about: dict[str, str] = dict(lines)
            spoken = about.get("language", "")
            named = {languages.language(code).voice.rhvoice_name: code for code in free()}
            yield named.get(spoken, spoken), _as_known(about.get("name", file.parent.name))


def find(directory: Path | None = None) -> RHVoiceFiles | None:
    """RHVoice in ``directory``, else the system's; None where neither is whole."""
    for root in filter(None, (directory, _SYSTEM)):
        core = next(root.glob("usr/lib/*/libRHVoice_core.so.*"), None)
        library = next(root.glob("usr/lib/*/libRHVoice.so.*"), None)
        data = root / "usr/share/RHVoice"
        if core and library and any(data.glob("voices/*/voice.info")):
            return RHVoiceFiles((core, library), data, root / "etc/RHVoice")
    return None


def _as_known(name: str) -> str:
    """RHVoice writes "Slt": the voice is known as SLT."""
    every = (voice for voices in free().values() for voice in voices)
    return next((voice for voice in every if voice.lower() == name.lower()), name)
