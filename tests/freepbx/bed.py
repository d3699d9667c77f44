"""An Asterisk with FreePBX's dialplan around ours: its contexts in ``etc``, its phones 701 and 702.

What is in ``etc`` was written from what FreePBX 17 does, not copied: of its contexts those that
decide whether phones ring, voicemail answers, and where a caller goes after a queue.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from asterisk_conf.freepbx import README, freepbx_files
from asterisk_conf.pbx import Pbx
from asterisk_conf.site import Agent, Queue, Secret, Site
from tests.deadlines import prefer
from tests.pbx_fixture import asterisk, make_pbx

ETC = Path(__file__).with_name("etc")
AGENTS = tuple(Agent(name, Secret("agent"), name, name, ("400", "410")) for name in ("701", "702"))
"""FreePBX's extensions: SIP accounts named by their number."""
SALES = Queue("400")
SITE = {"numbers": ("611",), "agents": AGENTS, "queues": (SALES, Queue("410", leave=""))}


def ours(site: Site) -> Mapping[str, str]:
    """The files that Firstline renders for FreePBX."""
    return {name: text for name, text in freepbx_files(site).items() if name != README}


@contextmanager
def freepbx(directory: Path, custom: Mapping[str, str] | None = None) -> Iterator[Pbx]:
    """A started Asterisk in ``directory`` with FreePBX's dialplan; ``custom`` are the files of the
    administrator, by default those that Firstline renders."""
    made = make_pbx(directory, **SITE)
    made.write()
    etc = made.site.paths.etc
    for file in ETC.iterdir():
        shutil.copy(file, made.site.paths.custom if "modules" in file.name else etc)
    phones = (etc / "pjsip.conf").read_text()
    for context in ("firstline-subscribers", "firstline-agents"):
        phones = phones.replace(f"context = {context}", "context = from-internal")
    phones = phones.replace("set_var = TRANSFER_CONTEXT=firstline-transfer\n", "")
    (etc / "pjsip.conf").write_text(phones)
    for name, text in (ours(made.site) if custom is None else custom).items():
        (etc / name).write_text(text)
    bed = Pbx(asterisk(), made.site, directory, keep=True)
    prefer(bed.start().pid)
    try:
        yield bed
    finally:
        bed.stop()


def own_dialplan(site: Site) -> str:
    """The dialplan as it is without FreePBX, put beside it: what does not work there."""
    from asterisk_conf.render import render

    site = msgspec.structs.replace(site, agents=(), subscribers=())
    text = render(site)["extensions.conf"]
    return text[text.index("\n[firstline-people]") :]
