"""Whether an agent's one phone is a SIP phone, or the desk in the browser."""

from ari_app.store.sqlite import Database


def agent_phones(db: Database) -> None:
    db.executescript("alter table agents add column phone text not null default 'sip';")
