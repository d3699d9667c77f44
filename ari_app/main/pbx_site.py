"""The exchange that an installation wants: its settings and people, told to asterisk_conf."""

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import structs

from ari_app.config.settings import Config
from ari_app.config.state import Keys, State
from ari_app.store.agents import Agent
from ari_app.store.subscribers import Subscriber
from asterisk_conf import site as conf
from asterisk_conf.discovery import Asterisk, find
from asterisk_conf.private import make_private
from ivr import nodes
from ivr.model import Book
from ivr.secret import Secret
from ivr.values import Phrase
from prompts.media import PromptMedia

APOLOGY = "sorry-problem"
"""The prompt that the dialplan plays when the application is away."""


def site(
    config: Config,
    keys: Keys,
    subscribers: Iterable[Subscriber],
    agents: Iterable[Agent],
    apology: str,
) -> conf.Site:
    """The site of the settings; :class:`asterisk_conf.site.SiteError` says what is wrong."""
    queues = tuple(queues_of(config))
    names = tuple(queue.name for queue in queues)
    return conf.Site(
        secrets=conf.Secrets(_told(keys.ari), _told(keys.ami)),
        host=config.site.host,
        ports=config.ports,
        numbers=config.site.numbers,
        queues=queues,
        app=config.ari.application,
        subscribers=tuple(
            conf.SipAccount(
                one.sip_user, _told(one.sip_password), one.msisdn, one.name, one.language
            )
            for one in subscribers
            if one.sip_user and one.sip_password
        ),
        agents=tuple(
            conf.Agent(
                one.sip_user,
                _told(one.sip_password),
                one.full_name,
                one.extension,
                names,
                one.name,
                one.languages,
            )
            for one in agents
        ),
        apology=apology,
        deadman_seconds=config.site.dead_man,
    )


def queues_of(config: Config) -> Iterator[conf.Queue]:
    """The queues of our own Asterisk; those that are only described come after those of [site]."""
    for name in dict.fromkeys((*config.site.queues, *config.queues)):
        settings = config.queues.get(name, conf.QueueSettings())
        yield conf.Queue(name, **structs.asdict(settings))


def wrapups(config: Config) -> Mapping[str, int]:
    """The pause after a call of each queue that we render, in seconds."""
    ours = tuple(queues_of(config)) if config.manages_asterisk else ()
    return {name: queue.wrapup for queue in ours for name in queue.names.values()}


async def apology(state: State, reading: PromptMedia) -> Path:
    """Have the apology where the dialplan finds it; whoever hears the old one hears it out."""
    file = state.directory / "apology.wav"
    [spoken] = await reading.media([Phrase(APOLOGY)], "ru")

    def replace() -> None:
        part = file.with_suffix(".part")
        shutil.copyfile(f"{spoken}.wav", part)
        part.rename(file)

    await asyncio.to_thread(replace)
    return file


def asterisk(config: Config, state: State, progress: Callable[[str], None]) -> Asterisk:
    """The Asterisk to run: the one named in the settings, the system's, or a private one."""
    named = config.asterisk.path
    found = find(Path(named).expanduser() if named else None)
    return found or make_private(state.private_asterisk, progress)


def unmatched(config: Config, book: Book) -> Iterator[str]:
    """Which numbers lead nowhere; such a caller still reaches an agent by the fallback."""
    dialled = set(config.site.numbers)
    claimed = {each for each in book.dialled if not each.startswith("*")}  # of which all come
    for number in sorted(dialled - claimed):
        yield f"no flow claims {number}: add it to a flow, or take it out of [site]"
    for number in sorted(claimed - dialled):
        yield f"nobody can dial {number} of a flow: add it to numbers of [site]"
    if config.manages_asterisk:
        ours = {queue.name for queue in queues_of(config)}
        for queue in sorted(_queues(book) - ours):
            yield f"Asterisk has no queue {queue} of a flow: add it to queues of [site]"


def _queues(book: Book) -> set[str]:
    """The queues that flows give callers to."""
    every = (node for flow in book.flows.values() for node in flow.nodes.values())
    return {node.queue for node in every if isinstance(node, nodes.Queue)}


def _told(secret: Secret) -> conf.Secret:
    return conf.Secret(secret.reveal())
