"""The score cards of a directory. Blocks: not for the event loop."""

import logging
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from threading import Lock

from ivr.quality.card import ScoreCard
from ivr.quality.reading import read

log = logging.getLogger(__name__)


class CardFiles:
    """The cards of a directory, read again when a file changed; a faulty one is left out.

    ``queues``: the site's, None where they are not known; ``languages``: those of the desk.
    """

    def __init__(
        self,
        directory: Path,
        queues: Callable[[], Collection[str] | None],
        languages: Collection[str],
    ) -> None:
        self.directory = directory
        self._queues = queues
        self._languages = languages
        self._lock = Lock()
        self._stamps: tuple[tuple[Path, int, int], ...] = ()
        self._found: tuple[list[ScoreCard], list[str]] = ([], [])

    def cards(self) -> tuple[list[ScoreCard], list[str]]:
        """The cards, by their names, and what is wrong with others, with file, line and remedy."""
        with self._lock:
            stamps = tuple(_stamps(self.directory))
            if stamps != self._stamps:
                self._stamps, self._found = stamps, self._read([one for one, *_ in stamps])
                for fault in self._found[1]:
                    log.error("a score card is left out: %s", fault)
            return self._found

    def _read(self, files: Iterable[Path]) -> tuple[list[ScoreCard], list[str]]:
        cards, faults = [], []
        for file in files:
            try:
                text = file.read_text("utf-8", errors="surrogateescape")
            except OSError as error:
                faults.append(f"{file}: {error.strerror}: let Firstline read it")
                continue
            card, problems = read(file.stem, str(file), text, self._queues(), self._languages)
            cards += [card] if card else []
            faults += map(str, problems)
        return cards, faults


def _stamps(directory: Path) -> list[tuple[Path, int, int]]:
    """The files that are cards, each with what changes with it."""
    found = []
    for file in sorted((*directory.glob("*.yaml"), *directory.glob("*.yml"))):
        try:
            stat = file.stat()
        except OSError:  # removed meanwhile
            continue
        found.append((file, stat.st_mtime_ns, stat.st_size))
    return found
