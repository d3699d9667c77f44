"""Builds what callers hear while they wait in queues."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from ari_app.ami.queue_actions import QueueActions
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.ari.whispers import Whispers
from ari_app.background import Begin
from ari_app.config.settings import Config
from ari_app.main import pbx_site
from ari_app.main.build_calls import CallHandling
from ari_app.main.build_desk import AgentDesk
from ari_app.main.foundation import clock
from ari_app.main.live_settings import LiveSettings
from ari_app.main.shared import Shared
from ari_app.store import queue_calls
from ari_app.store.errors import StoreError
from ari_app.store.times import micros
from ari_app.waiting.news import NewsPlayer, NewsPorts, Promise
from ari_app.waiting.paces import Paces
from ari_app.waiting.preferred import Preferred
from ari_app.waiting.rules import QueueRules
from asterisk_conf.asterisk_queues import circles
from asterisk_conf.site import Queue
from ivr.acd.board import Board
from ivr.acd.estimate import Offering, Pace, with_stay
from ivr.acd.figures import SECOND
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Screen

log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=7)
"""How far back the pace of queues is read at a start."""

OUTAGES = "announcements-are"
"""The prompt that plays announcements."""


class Waiting(Struct, frozen=True):
    """What callers hear while they wait, what plays it, and the agents who are kept for callers."""

    news: NewsPlayer
    whispers: Whispers
    preferred: Preferred


async def build_waiting(
    shared: Shared, callers: CallHandling, desk: AgentDesk, begin: Begin
) -> Waiting:
    """Build it; it hears of the queues what the desk hears."""
    queues, whispers = desk.queues, Whispers(shared.link)
    rules = _Rules(shared.foundation.settings)

    def board() -> Board | None:
        return queues.view.board if queues.view.current and shared.link.connected else None

    @shared.worker.if_leading
    def promised(promise: Promise) -> None:
        desk.record.stays.promised(promise.channel, round(promise.seconds * SECOND))

    actions = QueueActions(queues.ask)
    patience = shared.config.waiting.preferred_agent
    preferred = Preferred(patience, actions.set_penalty, actions.reload_members, begin)

    async def keep(board: Board, queue: str, agent: str, channel: str) -> int:
        interface = desk.phones.of(agent) if queue in rules else None
        return await preferred.keep(board, queue, interface or "", channel)

    paces = Paces(rules, clock, await _known(shared, rules))
    news = NewsPlayer(
        NewsPorts(
            board,
            callers.live_calls.session,
            rules,
            paces.estimate,
            partial(_outages, shared, callers),
            partial(_spoken, shared),
            whispers.whisper,
            promised,
            clock,
        ),
        begin,
    )
    callers.placing.board, callers.placing.keep = board, keep
    queues.observe(callers.placing.take)
    queues.observe(preferred.take)
    begin(_cleared(queues, preferred))
    queues.observe(paces.take)
    queues.observe(news.take)  # each worker has the sessions of its own callers
    return Waiting(news, whispers, preferred)


class _Rules:
    """The rules of queues by their names in Asterisk, from the settings in force."""

    def __init__(self, settings: LiveSettings) -> None:
        self._settings = settings
        self._built: tuple[Config, Mapping[str, QueueRules]] | None = None

    def __call__(self, name: str) -> QueueRules:
        rule = self._described().get(name)
        return rule or _rule(self._settings.config, Queue(name), Offering())

    def __contains__(self, name: str) -> bool:
        """Whether the settings have it, so that what Firstline renders knows it."""
        return name in self._described()

    def _described(self) -> Mapping[str, QueueRules]:
        config = self._settings.config
        if self._built is None or self._built[0] is not config:
            self._built = config, dict(_rules(config))
        return self._built[1]


def _rules(config: Config) -> Iterator[tuple[str, QueueRules]]:
    """The rules of the queues that the settings describe."""
    for queue in pbx_site.queues_of(config):
        for language, name in queue.names.items():
            speed = Offering(queue.wrapup, circles(queue, language))
            yield name, _rule(config, queue, speed)


def _rule(config: Config, queue: Queue, offering: Offering) -> QueueRules:
    offer = config.manages_asterisk and pbx_site.offers(config, queue)
    return QueueRules(queue.name, offering, queue.news, queue.news_every, offer)


async def _outages(shared: Shared, callers: CallHandling, session: Session) -> tuple[Phrase, ...]:
    """What a caller has not heard of outages; it counts as heard from now on."""
    release = shared.menus.now
    if OUTAGES not in release.reading.catalogue.texts.get(session.language, ()):
        return ()
    found = await callers.actions.find_announcements(session)
    return (Phrase(OUTAGES, found.values),) if found.outcome == "some" else ()


async def _spoken(shared: Shared, screen: Screen) -> tuple[Sequence[str], float]:
    """The sound files of a screen, without what the menus in force have no text for."""
    release = shared.menus.now
    texts = release.reading.catalogue.texts.get(screen.language, ())
    known = tuple(one for one in screen.phrases if one.prompt in texts)
    files = await release.speak(replace(screen, phrases=known)) if known else ()
    return files, release.reading.lasts(files)


async def _known(shared: Shared, rules: Callable[[str], QueueRules]) -> Mapping[str, Pace]:
    """What the queues were like lately; nothing if the store is unavailable."""
    now = clock()
    try:
        stays = await shared.store.read(queue_calls.between, micros(now - REMEMBERED), micros(now))
    except StoreError as error:
        log.error("how fast queues move is learned from now on: %s", error)
        return {}
    paces: dict[str, Pace] = {}
    for stay in stays:
        rule = rules(stay.queue)
        paces[rule.name] = with_stay(paces.get(rule.name, Pace()), stay, rule.offering.wrapup)
    return paces


async def _cleared(queues: QueueMonitor, preferred: Preferred) -> None:
    """Clear what an application before this one left, as soon as the queues are known."""
    with queues.listen() as views:
        view = queues.view
        while not view.current:
            view = await views.get()
    await preferred.clear(view.board)
