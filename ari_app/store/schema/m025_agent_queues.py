"""The queues that an agent was put into, or taken out of, at the desk: as JSON, queue -> penalty,
null where the agent is out; for all others the settings say it."""

from ari_app.store.sqlite import Database


def agent_queues(db: Database) -> None:
    db.executescript("alter table agents add column queues text not null default '{}'")
