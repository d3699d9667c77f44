"""The agents to whom subscribers come first because a person chose so, until a moment."""

from ari_app.store.sqlite import Database


def preferred_agents(db: Database) -> None:
    db.executescript("""
        create table preferred_agents (
            subscriber integer primary key,
            agent text not null,
            until integer not null,
            author text not null
        ) strict;
    """)
