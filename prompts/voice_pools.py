"""What the voices are set to, and the processes of each engine that speaks them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from prompts.engine_http import TOKEN
from prompts.messages import VoiceSetup
from prompts.speaker import Speaker
from prompts.speech_pool import Pool, cores
from prompts.speech_process import command


class Settings(Struct, frozen=True):
    """The voices and limits of speech."""

    speakers: Mapping[str, Speaker] = {}
    """Language -> who speaks it; espeak speaks the others."""
    rhvoice: Path | None = None
    """Where RHVoice is unpacked; None for the system's."""
    token: str = ""
    """The token that a speech server asks for."""
    deadline: float = 4.0
    """Timeout in seconds of a sentence; an engine that is followed by another has half of it."""
    longest: float = 20.0
    """Seconds that a caller waits for all sentences of a screen, however many wait."""
    patience: float = 0.5
    """Seconds that a sentence waits for a busy engine before the next engine speaks it."""
    waiting: int = 4096
    """The most sentences that wait to be spoken; a further one fails at once."""
    cache_megabytes: int = 512
    pause: float = 0.5
    """Seconds of silence before new words after others, and between a key and the answer."""


def engines(chains: Mapping[str, Sequence[Speaker]]) -> tuple[str, ...]:
    """The engines of the speakers in ``chains`` (language -> speakers), each once."""
    return tuple(dict.fromkeys(each.engine for chain in chains.values() for each in chain))


def new_pool(
    engine: str,
    chains: Mapping[str, Sequence[Speaker]],
    directory: Path,
    settings: Settings,
    size: int | None = None,
) -> Pool:
    """The processes of an engine, for its speakers in ``chains`` (language -> speakers).

    ``size``: how many; by default as many as there are cores. Of espeak, where it is no fallback,
    one starts at first: it takes 10 ms for a sentence.
    """
    setups = [
        VoiceSetup(
            language,
            engine,
            each.voice,
            each.rate,
            each.volume,
            each.url,
            each.model,
            directory=str(settings.rhvoice or ""),
        )
        for language, chain in chains.items()
        for each in chain
        if each.engine == engine
    ]
    environment = {TOKEN: settings.token} if engine == "http" and settings.token else {}
    words = command(setups, directory)
    alone = engine == "espeak" and all(chain[0].engine == engine for chain in chains.values())
    return Pool(words, size or cores(), environment, warm=1 if alone else None)
