"""What is not well for longer than a moment, said once, and once more when it is well again."""

from asyncio import sleep
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import NoReturn

from ari_app.monitoring.checks import Check, Readiness

EVERY = 60.0
"""Seconds between two looks."""


class Alerts:
    """Remembers what was said. What one look alone found is not said: it was over at the next."""

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._said: set[str] = set()

    def look(self, checks: Iterable[Check]) -> Iterator[str]:
        """What is to be said now."""
        wrong = {one.name: one.why for one in checks if not one.ok}
        for name, why in wrong.items():
            if name in self._before and name not in self._said:
                self._said.add(name)
                yield f"{name}: {why}"
        for name in sorted(self._said - wrong.keys()):
            self._said.discard(name)
            yield f"{name}: well again"
        self._before = set(wrong)


async def watch(
    readiness: Callable[[], Awaitable[Readiness]],
    say: Callable[[str], None],
    every: float = EVERY,
) -> NoReturn:
    """Look for ever, and say what is not well."""
    alerts = Alerts()
    while True:
        await sleep(every)
        for text in alerts.look((await readiness()).checks):
            say(text)
