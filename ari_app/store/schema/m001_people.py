"""Subscribers, agents, and the contacts between them."""

from ari_app.store.sqlite import Database


def people(db: Database) -> None:
    db.executescript("""
        create table subscribers (
            id integer primary key,
            msisdn text not null unique,
            name text not null,
            language text not null,
            area text not null,
            sip_user text unique,
            sip_password text,
            created integer not null
        ) strict;
        create table agents (
            name text primary key,
            full_name text not null,
            extension text not null unique,
            languages text not null,
            sip_user text not null unique,
            sip_password text not null
        ) strict;
        create table contacts (
            id integer primary key,
            subscriber integer not null references subscribers,
            at integer not null,
            channel text not null,
            topic text not null,
            question text not null,
            solution text not null,
            agent text not null,
            first_contact_solved integer not null
        ) strict;
        create index contacts_of_subscriber on contacts (subscriber, at);
    """)
