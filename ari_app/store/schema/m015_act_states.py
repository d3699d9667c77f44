"""The state of an account before and after an agent's action."""

from ari_app.store.sqlite import Database


def act_states(db: Database) -> None:
    db.executescript("""
        alter table acts add column before text not null default '{}';
        alter table acts add column after text not null default '{}';
    """)
