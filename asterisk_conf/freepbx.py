"""Firstline beside FreePBX: the files that go into its own, and what a site cannot be there."""

from collections.abc import Iterator

from msgspec.structs import replace

from asterisk_conf.parts import Queue
from asterisk_conf.render import render_freepbx
from asterisk_conf.site import Site, SiteError

README = "README.txt"
"""The file with the commands and clicks; all others are for Asterisk."""


def freepbx_files(site: Site) -> dict[str, str]:
    """The files: name in Asterisk's directory -> text, such as ``extensions_custom.conf`` and
    ``queues_post_custom.conf``, and :data:`README`.

    Of ``site`` count numbers, queues, secrets, sounds and limits: accounts, members and trunks are
    FreePBX's. Raises :class:`SiteError` if a value would break out of its place in a file, or if
    it can have no effect there.
    """
    found = tuple(_problems(site))
    if found:
        raise SiteError(found)
    dialplan = "freepbx" if site.dialplan == "own" else site.dialplan
    return render_freepbx(replace(site, dialplan=dialplan, recording_notice=""))


def _problems(site: Site) -> Iterator[str]:
    for queue in site.queues:
        yield from _queue(queue)
    if site.preferred_agent:
        yield "waiting.preferred_agent: FreePBX keeps the penalties of agents itself; take it out"


def _queue(queue: Queue) -> Iterator[str]:
    where = f"queues.{queue.name}"
    if not (queue.name.isascii() and queue.name.isdigit()):
        yield (
            f"site.queues: {queue.name!r} is no queue of FreePBX; name its number there, "
            'as queues = ["400"]'
        )
    for field, instead in (
        ("record", "set Call Recording of the queue in FreePBX"),
        ("languages", "give each language a queue in FreePBX, and choose it in the menus"),
        ("circles", "set penalties of the queue's agents in FreePBX"),
        ("agents", "set the queue's agents in FreePBX"),
    ):
        if getattr(queue, field):
            yield f"{where}.{field}: has no effect beside FreePBX; {instead}"
