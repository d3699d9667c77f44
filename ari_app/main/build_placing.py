"""Builds what says where callers come into queues."""

from datetime import datetime, timedelta

from ari_app.main import pbx_site
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.store import history, preferred_agents, tickets
from ari_app.store.sqlite import Database
from ari_app.waiting.placing import History, Placing, Priorities
from ari_app.workplace.live_calls import LiveCalls
from ivr.acd.contact_reason import WITHIN
from ivr.session import Session


def build_placing(shared: Shared, live_calls: LiveCalls) -> Placing:
    """Build it; until it is given a board, no one gets a place back."""
    rules, settings = shared.config.waiting, shared.foundation.settings

    async def known(session: Session) -> History:
        if session.subscriber is None:
            return History()
        days = timedelta(days=rules.preferred_days if rules.preferred_agent else 0)
        return await shared.store.look_up(history_of, session.subscriber, clock(), days)

    def row(queue: str, language: str) -> str:
        return pbx_site.asterisk_queue(settings.config, queue, language)

    keep = timedelta(seconds=rules.keep_place)
    priorities = Priorities(rules.late_ticket, rules.repeated, rules.contacts, keep)
    return Placing(priorities, known, live_calls.channel, row, clock)


def history_of(db: Database, subscriber: int, now: datetime, preferred: timedelta) -> History:
    """What is known of a subscriber. The agent is the one who was chosen, else who helped last, if
    that was within ``preferred``; none if that is nothing."""
    late = any(one.late(now) for one in tickets.active_of(db, subscriber))
    contacts = history.of_subscriber(db, subscriber) if preferred else ()
    agents = (one.agent for one in contacts if one.agent and one.at >= now - preferred)
    chosen = preferred_agents.of_subscriber(db, subscriber, now) if preferred else None
    agent = chosen.agent if chosen else next(agents, "")
    return History(late, history.count_since(db, subscriber, now - WITHIN), agent)
