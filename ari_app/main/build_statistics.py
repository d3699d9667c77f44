"""Builds the record of queues and agents."""

from zoneinfo import ZoneInfo

from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.main.foundation import clock
from ari_app.main.pbx_site import asterisk_queue, service_levels
from ari_app.main.shared import Shared
from ari_app.main.site_names import asterisk_records
from ari_app.statistics.recording import QueueRecord, Sources
from ari_app.statistics.spans import Doing
from ari_app.workplace.agent_doing import agent_doing
from ari_app.workplace.agent_phones import AgentPhones
from ari_app.workplace.live_calls import LiveCalls
from asterisk_conf.site import QueueSettings
from ivr.acd.board import Board
from ivr.acd.figures import SECOND, Origin


def build_statistics(
    shared: Shared,
    queues: QueueMonitor,
    phones: AgentPhones,
    live_calls: LiveCalls,
) -> QueueRecord:
    """Build the record, and have it take the events of the queues and what becomes of calls."""
    settings = shared.foundation.settings
    log, cdr = asterisk_records(shared.config, shared.foundation.state)

    def board() -> Board | None:
        view = queues.view
        return view.board if view.current else None

    def agent(interface: str) -> str:
        return phones.agent(interface) or interface

    def doing(who: str) -> Doing:
        return Doing(*agent_doing(who, phones, queues.view.board, settings.wrapups, clock()))

    def names() -> tuple[tuple[str, str], ...]:
        members = (one.members.values() for one in queues.view.board.queues.values())
        listed = {one.name: agent(one.interface) for some in members for one in some}
        return tuple(({one.full_name: one.name for one in phones.everyone()} | listed).items())

    def in_time(queue: str) -> int:
        return service_levels(settings.config).get(queue, QueueSettings().service_level) * SECOND

    def returned(channel: str, queue: str, outcome: str, origin: Origin) -> None:
        name = asterisk_queue(settings.config, queue, origin.language)
        record.stays.back(channel, name, outcome, origin)

    record = QueueRecord(
        shared.store,
        shared.recorder,
        Sources(
            board=board,
            agents=lambda: [one.name for one in phones.everyone()],
            agent=agent,
            origin=live_calls.origin,
            doing=doing,
            names=names,
            in_time=in_time,
            log=log,
            cdr=cdr,
            now=clock,
            zone=ZoneInfo(shared.config.site.timezone),
        ),
    )
    queues.observe(shared.worker.if_leading(record.observe))
    live_calls.returned = returned
    return record
