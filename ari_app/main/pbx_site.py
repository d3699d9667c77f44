"""The site that asterisk_conf renders: the settings, subscribers and agents of an installation."""

import asyncio
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from ari_app.config.settings import Config
from ari_app.config.state import Keys, State
from ari_app.store.agents import Agent
from ari_app.store.subscribers import Subscriber
from asterisk_conf import site as conf
from asterisk_conf.discovery import Asterisk, find
from asterisk_conf.parts import SYSTEM_CA
from asterisk_conf.private import make_private
from asterisk_conf.queue_nodes import queue_nodes
from ivr.model import OUTBOUND, Book
from ivr.problems import near
from ivr.secret import Secret
from ivr.values import Phrase

if TYPE_CHECKING:  # it loads numpy
    from prompts.media import PromptMedia

APOLOGY = "sorry-problem"
"""The prompt that the dialplan plays when the application is unavailable."""

QUEUE_OFFER = "queue-offer"
"""The prompt for those who wait: the key that leaves the queue leads to a call back."""

RECORDED = "conversation-recorded"
"""The prompt for those whose conversation with an agent is recorded."""

OFFER, NO = "offer", "no"
"""What the announcement of a queue may be besides a sound: that prompt, and none."""


def site(
    config: Config,
    keys: Keys,
    subscribers: Iterable[Subscriber],
    agents: Iterable[Agent],
    apology: str,
    offer: str = "",
    notice: str = "",
) -> conf.Site:
    """The site of the settings, with three sounds: the apology, what those who wait are offered,
    and that a conversation is recorded.

    Raises :class:`asterisk_conf.site.SiteError`.
    """
    agents = () if config.handover.nodes else tuple(agents)  # their phones are at queue nodes
    queues = tuple(
        _with_offer(config, _with_put(queue, agents), offer) for queue in queues_of(config)
    )
    names = tuple(queue.name for queue in queues)
    return conf.Site(
        secrets=conf.Secrets(_secret(keys.ari), _secret(keys.ami)),
        host=config.site.host,
        ports=config.ports,
        numbers=config.site.numbers,
        queues=queues,
        name=f"firstline-{config.worker.pod}" if config.worker.pod else "firstline",
        app=config.application,
        nodes=tuple(queue_nodes(config.handover.nodes)),
        pods=config.handover.pods,
        workers=config.worker.applications(config.ari.application),
        language=config.site.languages[0],
        subscribers=tuple(
            conf.SipAccount(
                one.sip_user, _secret(one.sip_password), one.msisdn, one.name, one.language
            )
            for one in subscribers
            if one.sip_user and one.sip_password
        ),
        agents=tuple(
            conf.Agent(
                one.sip_user,
                _secret(one.sip_password),
                one.full_name,
                one.extension,
                tuple(name for name in names if one.queues.get(name, 0) is not None),
                one.name,
                one.languages,
                one.suspended,
                one.phone,
            )
            for one in agents
        ),
        trunks=tuple(
            conf.Trunk(
                name=name,
                password=_secret(keys.trunks.get(name, Secret(""))),
                **structs.asdict(settings),
            )
            for name, settings in config.trunk.items()
        ),
        trunk_ca=config.asterisk.ca or SYSTEM_CA,
        apology=apology,
        recording_notice=notice,
        deadman_seconds=config.worker.dead_man(config.site.dead_man),
        rtp_timeout=config.site.rtp_timeout,
        browser_timeout=config.site.browser_timeout,
        agi=config.agi.enabled and not config.handover.nodes,
        listens=config.speech.at if config.speech.enabled else "",
        dialplan=config.ari.dialplan,
        preferred_agent=config.waiting.preferred_agent,
        transfer_ring=config.site.transfer_ring,
        return_ring=config.site.return_ring,
        calls_per_caller=config.site.calls_per_caller,
    )


def queues_of(config: Config) -> Iterator[conf.Queue]:
    """The queues of our Asterisk: those of ``[site]``, then those only under ``[queues]``."""
    for name in dict.fromkeys((*config.site.queues, *config.queues)):
        settings = config.queues.get(name, conf.QueueSettings())
        yield conf.Queue(name, **structs.asdict(settings))


def members(config: Config) -> Mapping[str, Collection[str]]:
    """Queue -> the logins of the agents who serve it by the settings, none for all agents; of the
    queues that we render."""
    ours = queues_of(config) if config.manages_asterisk else ()
    return {queue.name: tuple(queue.agents) for queue in ours}


def _with_put(queue: conf.Queue, agents: Iterable[Agent]) -> conf.Queue:
    """A queue with the agents who were put into it beside those that the settings name."""
    put = ((one.name, one.queues.get(queue.name)) for one in agents if queue.agents)
    more = {name: penalty for name, penalty in put if penalty is not None}
    return structs.replace(queue, agents={**queue.agents, **more})


def wrapups(config: Config) -> Mapping[str, int]:
    """Queue -> wrap-up time in seconds, of the queues that we render."""
    ours = tuple(queues_of(config)) if config.manages_asterisk else ()
    return {name: queue.wrapup for queue in ours for name in queue.names.values()}


def service_levels(config: Config) -> Mapping[str, int]:
    """Queue -> the wait that is promised, in seconds."""
    return {
        name: queue.service_level for queue in queues_of(config) for name in queue.names.values()
    }


def asterisk_queue(config: Config, queue: str, language: str) -> str:
    """The queue in Asterisk in which callers of a language wait for a queue of the settings."""
    if not config.manages_asterisk or queue not in config.queues:
        return queue
    names = conf.Queue(queue, **structs.asdict(config.queues[queue])).names
    return names.get(language, queue)


def offers(config: Config, queue: conf.Queue) -> bool:
    """Whether those who wait are offered a call back by the key that leaves: by default where the
    menus are ours, for they know what that key does."""
    ours = not config.menus.directory and queue.leave == "*"
    return (queue.announcement or (OFFER if ours else NO)) == OFFER


def _with_offer(config: Config, queue: conf.Queue, offer: str) -> conf.Queue:
    """A queue with its announcement as a sound; the offer is in the news, if there are any."""
    if offers(config, queue):
        return structs.replace(queue, announcement="" if queue.news else offer)
    return structs.replace(queue, announcement="") if queue.announcement == NO else queue


async def queue_offer(state: State, reading: "PromptMedia", languages: Iterable[str]) -> str:
    """Render what those who wait are offered, and return the sound's name for ``queues.conf``.

    Asterisk looks for it in a directory of the caller's language beside that name; a language
    without the text has none.
    """
    name = state.directory.resolve() / "queue-offer" / "offer"
    for language in languages:
        if QUEUE_OFFER not in reading.catalogue.texts.get(language, ()):
            continue
        file = name.parent / language / f"{name.name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        await reading.write(Phrase(QUEUE_OFFER), language, file)
    return str(name)


async def recording_notice(config: Config, state: State, reading: "PromptMedia") -> str:
    """Render the notice that conversations are recorded, if any is, and return the sound's name.

    Asterisk looks for it in a directory of the caller's language, then beside that.
    """
    name = state.directory.resolve() / "recording-notice" / "recorded"
    languages = config.site.languages if any(one.record for one in queues_of(config)) else ()
    places = {name.parent / each: each for each in languages}
    if languages:
        places[name.parent] = languages[0]
    for directory, language in places.items():
        file = directory / f"{name.name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        await reading.write(Phrase(RECORDED), language, file)
    return str(name)


def absent(config: Config, agents: Iterable[Agent]) -> Iterator[str]:
    """Warnings about agents whom the settings put into a queue and who are not there (any more)."""
    there = sorted(one.name for one in agents)
    for queue in queues_of(config):
        for name in sorted(queue.agents.keys() - set(there)):
            yield (
                f"[queues.{queue.name}] agents names {name}, who is no agent: "
                f"{near(name, there)}, or take it out; the others are in the queue"
            )


async def apology(state: State, reading: "PromptMedia", language: str) -> Path:
    """Render the apology, in a language, to where the dialplan plays it; returns the file.

    The file is replaced by a rename, so that a playback of the old one goes on.
    """
    file = state.directory / "apology.wav"
    [spoken] = await reading.media([Phrase(APOLOGY)], language, hurried=False)

    def replace() -> None:
        part = file.with_suffix(".part")
        shutil.copyfile(f"{spoken}.wav", part)
        part.rename(file)

    await asyncio.to_thread(replace)
    return file


def asterisk(config: Config, state: State, progress: Callable[[str], None]) -> Asterisk:
    """The Asterisk to run: the one of the settings, the system's, or else a private one."""
    return found(config) or make_private(state.private_asterisk, progress)


def found(config: Config) -> Asterisk | None:
    """The Asterisk of the settings, or the system's; None if a private one is to be made."""
    named = config.asterisk.path
    return find(Path(named).expanduser() if named else None)


def unmatched(config: Config, book: Book) -> Iterator[str]:
    """Warnings about numbers that flows and settings do not share.

    A caller of such a number still reaches an agent by the dialplan's fallback. The shipped flows
    claim numbers of the demo, too, which no other site needs.
    """
    dialled = set(config.site.numbers)
    claimed = {
        each for each in book.dialled if not each.startswith(("*", OUTBOUND))
    }  # codes all come, and no one dials a campaign
    for number in sorted(dialled - claimed):
        yield f"no flow claims {number}: add it to a flow, or take it out of [site]"
    for number in sorted(claimed - dialled) if config.menus.directory else ():
        yield f"no number of the site is {number} of a flow: add it to numbers of [site]"
    menu = config.ussd.menu
    if any(each.startswith("*") for each in book.dialled) and book.answering(menu) is None:
        yield f"no flow has {menu}, which callers are asked to dial: name a code as menu of [ussd]"


def _secret(secret: Secret) -> conf.Secret:
    return conf.Secret(secret.reveal())
