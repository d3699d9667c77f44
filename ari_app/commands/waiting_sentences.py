"""The sentences that wait for their usual voice, as `status` and `voices test` list them."""

from collections.abc import Iterator, Sequence

from ari_app.admin.status import WaitingSentence

SHOWN = 5


def waiting_sentences(waiting: Sequence[WaitingSentence]) -> Iterator[str]:
    """A line that says how many there are, and one for each of the first; nothing if none wait."""
    if not waiting:
        return
    yield f"sentences that wait for their usual voice: {len(waiting)}"
    for each in waiting[:SHOWN]:
        now = f"{each.meanwhile} speaks meanwhile" if each.meanwhile else "not spoken yet"
        yield f"  {each.language}, {each.voice} ({now}): {each.text}"
    if len(waiting) > SHOWN:
        yield f"  and {len(waiting) - SHOWN} more: `firstline status --json` has all of them"
