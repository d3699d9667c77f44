"""Builds the API for other systems."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from ari_app.api import server
from ari_app.api.events import EventEndpoints
from ari_app.api.reads import Reads
from ari_app.api.writes import Writes
from ari_app.main.build_desk import AgentDesk
from ari_app.main.build_surveys import survey_texts
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.messaging.received import ReceivedTexts
from ari_app.rate_limit import Rate, RateLimit

REQUESTS = Rate(burst=100, each=0.05)
"""Requests of one token."""


def opened_api(
    shared: Shared, desk: AgentDesk, refreshed: Callable[[], Awaitable[None]]
) -> AbstractAsyncContextManager[None]:
    """The API while the context lasts, if the settings enable it."""
    reads = Reads(
        shared.store,
        lambda: (desk.queues.view.board, desk.queues.view.current),
        desk.phones.agent,
    )
    messaging = shared.messaging
    received = ReceivedTexts(
        shared.store, messaging.campaigns, survey_texts(shared), shared.menus.say
    )
    writes = Writes(shared.store, shared.config.tickets, messaging.outbox, refreshed, received.take)
    events = EventEndpoints(shared.store)
    every = (*reads.endpoints(), *writes.endpoints(), *events.endpoints())
    access = server.Access(shared.store, RateLimit(REQUESTS).wait, clock)
    return server.opened(shared.config.api, access, every)
