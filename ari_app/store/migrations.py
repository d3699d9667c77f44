"""The schema, as the steps that led to it. A step that was ever released is never changed.

Moments are microseconds (:mod:`ari_app.store.times`), money is kopecks, names per language are
a JSON object.
"""

from ari_app.store.sqlite import Database, Migrations

MIGRATIONS = Migrations("firstline")


@MIGRATIONS()
def people(db: Database) -> None:
    """Who calls, who answers, and what they spoke about."""
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


@MIGRATIONS()
def accounts(db: Database) -> None:
    """What the demo operator's billing knows."""
    db.executescript("""
        create table tariffs (
            id text primary key,
            names text not null,
            fee integer not null,
            minutes integer not null,
            gigabytes integer not null
        ) strict;
        create table services (
            id text primary key,
            names text not null,
            fee integer not null
        ) strict;
        create table accounts (
            subscriber integer primary key references subscribers,
            balance integer not null,
            tariff text not null references tariffs
        ) strict;
        create table account_services (
            subscriber integer not null references accounts,
            service text not null references services,
            primary key (subscriber, service)
        ) strict, without rowid;
        create table payments (
            id integer primary key,
            subscriber integer not null references accounts,
            day text not null,
            amount integer not null
        ) strict;
        create index payments_of_subscriber on payments (subscriber, day);
    """)


@MIGRATIONS()
def calls(db: Database) -> None:
    """Calls and their steps.

    They refer to nothing by a foreign key: a record that comes late, or without its beginning
    because the recorder was full, must still be kept, and a call outlives its subscriber.
    """
    db.executescript("""
        create table calls (
            id text primary key,
            line text not null,
            dialled text not null,
            caller text not null,
            subscriber integer,
            language text not null,
            flow text not null,
            version text not null,
            began integer not null,
            ended integer,
            ending text,
            cause integer
        ) strict;
        create index calls_began on calls (began);
        create index calls_open on calls (id) where ended is null;
        create index calls_of_subscriber on calls (subscriber, began) where subscriber is not null;
        create table steps (
            call text not null,
            seq integer not null,
            at integer not null,
            node text not null,
            kind text not null,
            prompt text not null,
            key text not null,
            outcome text not null,
            primary key (call, seq)
        ) strict, without rowid;
    """)


KNOWN = frozenset(step.__name__ for step in (people, accounts, calls))
"""The steps that this version knows; a database with others was written by a newer one."""
