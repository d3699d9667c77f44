"""Builds the cabinet, the pages for subscribers."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from msgspec.structs import replace

from ari_app.background import Begin
from ari_app.cabinet.errors import CabinetUnavailable
from ari_app.cabinet.ports import CabinetPorts, CabinetSite
from ari_app.cabinet.server import serving
from ari_app.cabinet.visits import WAY, Visit
from ari_app.config.settings import Config
from ari_app.fulfilment.code_words import StoredCodeWords, hashing
from ari_app.fulfilment.guess_limit import GuessLimit
from ari_app.fulfilment.one_time_codes import CodeServices, StoredOneTimeCodes
from ari_app.main.build_calls import CallHandling
from ari_app.main.build_selfcare import SelfService
from ari_app.main.cabinet_ports import (
    CabinetOperations,
    LibraryLessons,
    RecordedVisits,
    StoredLetters,
    StoredVisits,
)
from ari_app.main.foundation import clock
from ari_app.main.session_services import CABINET
from ari_app.main.shared import Shared, left_calls
from ari_app.pages.server import ServerSettings
from ari_app.rate_limit import Rate, RateLimit
from ari_app.selfcare.hashing import Hasher
from ari_app.selfcare.operations import Selfcare
from ari_app.ussd.sessions import TextServices
from ivr.session import Session

log = logging.getLogger(__name__)


@asynccontextmanager
async def opened_cabinet(
    shared: Shared, selfcare: SelfService, callers: CallHandling, begin: Begin
) -> AsyncIterator[None]:
    """The cabinet accepts browsers while the context lasts, if the settings enable it."""
    config = shared.config
    settings = config.cabinet
    if not settings.enabled:
        yield
        return
    # The visits of the last run are over: who is signed in goes on with another one.
    await left_calls(shared.store, (CABINET,), shared.worker)
    # A hasher of its own: attempts to guess codes there delay no caller's code word.
    with hashing(shared.foundation.state) as hasher:
        site, hourly = _site(config, shared), settings.codes_per_hour
        code_texts = RateLimit(Rate(burst=hourly, each=3600.0 / hourly))
        operations = CabinetOperations(
            _selfcare(shared, selfcare, hasher, code_texts),
            lambda: shared.menus.now.menus.book.operations,
        )
        ports = CabinetPorts(
            operations,
            RecordedVisits(shared.recorder.put, clock),
            StoredLetters(shared.store, config.tickets, clock),
            LibraryLessons(selfcare.knowledge),
            _menus(callers, site.menu),
            begin,
            clock,
            code_texts,
            StoredVisits(shared.store, clock),
        )
        where = ServerSettings(
            settings.host,
            config.ports.cabinet,
            settings.names,
            settings.by_https,
            settings.proxies,
            settings.certificate,
            settings.key,
        )
        async with serving(where, ports, site):
            scheme = "https" if settings.by_https else "http"
            log.info("the cabinet is at %s://%s:%d/my", scheme, where.host, where.port)
            yield


def _selfcare(
    shared: Shared, selfcare: SelfService, hasher: Hasher, code_texts: RateLimit
) -> Selfcare:
    """The same self-service, with code words and one-time codes that are checked apart."""
    store, guesses = shared.store, GuessLimit(shared.config.site.wrong_words_per_hour)
    say, wake = shared.menus.say, shared.messaging.outbox.wake
    words = StoredCodeWords(store, hasher, clock, shared.config.operator.brands, guesses)
    codes = StoredOneTimeCodes(CodeServices(store, hasher, say, wake, clock, guesses, code_texts))
    return Selfcare(replace(selfcare.backends, code_words=words, one_time_codes=codes))


def _menus(
    callers: CallHandling, code: str
) -> Callable[[Visit], Awaitable[tuple[TextServices, Session]]]:
    """Return what begins the session of a visit in the menus, identified as the visit is."""

    async def begun(visit: Visit) -> tuple[TextServices, Session]:
        written = callers.on_pages()
        session = await callers.inbound.enter(written.book, visit.number, code, way=WAY)
        if session is None:
            raise CabinetUnavailable(f"[cabinet] menu: no flow has {code}")
        spoken = written.book.flows[session.flow].languages
        language = visit.language if visit.language in spoken else session.language
        return written, replace(session, proven=visit.proven, language=language)

    return begun


def _site(config: Config, shared: Shared) -> CabinetSite:
    book, code = shared.menus.now.menus.book, config.cabinet.menu or config.ussd.menu
    if config.cabinet.menu and book.answering(code) is None:
        log.error("[cabinet] menu: no flow has %s, so that the cabinet has no menus", code)
    return CabinetSite(
        name=config.operator.said.words["operator"],
        languages=config.site.languages,
        zone=config.site.timezone,
        numbers=config.numbers,
        tickets=config.tickets,
        currency=config.operator.currency,
        menu=code if book.answering(code) is not None else "",
    )
