"""The schema, as the steps that led to it. A step that was ever released is never changed.

Moments are microseconds (:mod:`ari_app.store.times`), money is kopecks, names per language are
a JSON object.
"""

from ari_app.store.desk import act_states, desk
from ari_app.store.forgettable import forgettable
from ari_app.store.ordered import orders
from ari_app.store.ordering import ordering
from ari_app.store.sqlite import Database, Migrations
from ari_app.store.steps import code_words

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


@MIGRATIONS()
def ways(db: Database) -> None:
    """The flow of each step, and the edge by which its node was left."""
    db.executescript("""
        alter table steps add column flow text not null default '';
        alter table steps add column way text not null default '';
    """)


@MIGRATIONS()
def outbox(db: Database) -> None:
    """Texts to subscribers, sent or still to be sent."""
    db.executescript("""
        create table outbox (
            key text primary key,
            number text not null,
            text text not null,
            call text not null,
            created integer not null,
            state text not null,
            attempts integer not null,
            next_at integer,
            sent_at integer,
            error text not null
        ) strict;
        create index outbox_waiting on outbox (next_at) where state = 'waiting';
    """)


@MIGRATIONS()
def left_to_people(db: Database) -> None:
    """What callers leave to people: complaints, and wishes to be called back."""
    db.executescript("""
        create table complaints (
            id integer primary key,
            key text not null unique,
            call text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            file text not null,
            seconds real not null,
            state text not null,
            answer text not null
        ) strict;
        create table callbacks (
            id integer primary key,
            key text not null unique,
            call text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            topic text not null,
            state text not null
        ) strict;
        create unique index callbacks_open on callbacks (number) where state = 'open';
    """)


@MIGRATIONS()
def bills(db: Database) -> None:
    """What the demo operator's billing charged, month by month; tax apart from the lines."""
    db.executescript("""
        create table bills (
            id integer primary key,
            subscriber integer not null references accounts,
            month text not null,
            vat integer not null,
            unique (subscriber, month)
        ) strict;
        create table bill_lines (
            bill integer not null references bills,
            seq integer not null,
            names text not null,
            amount integer not null,
            primary key (bill, seq)
        ) strict, without rowid;
    """)


@MIGRATIONS()
def declarations(db: Database) -> None:
    """What is declared for callers: announcements, who heard them and who wishes to be told more,
    and orders that open or close against a schedule.

    Areas, tariffs and texts are JSON: they are read and written with their announcement only.
    Hearings and wishes refer to no call, as those come later.
    """
    db.executescript("""
        create table announcements (
            id integer primary key,
            areas text not null,
            tariffs text not null,
            texts text not null,
            recording text not null,
            since integer not null,
            until integer not null,
            author text not null,
            cancelled integer,
            mended integer not null default 0
        ) strict;
        create index announcements_by_end on announcements (until);
        create table announcement_hearings (
            announcement integer not null references announcements,
            call text not null,
            number text not null,
            at integer not null,
            primary key (announcement, call)
        ) strict, without rowid;
        create table announcement_wishes (
            announcement integer not null references announcements,
            number text not null,
            subscriber integer,
            language text not null,
            call text not null,
            at integer not null,
            told integer,
            primary key (announcement, number)
        ) strict, without rowid;
        create index announcement_wishes_open on announcement_wishes (announcement)
            where told is null;
        create table forced_hours (
            id integer primary key,
            schedule text not null,
            state text not null,
            until integer not null,
            at integer not null,
            author text not null,
            why text not null
        ) strict;
        create index forced_hours_of_schedule on forced_hours (schedule, id);
    """)


@MIGRATIONS()
def versions(db: Database) -> None:
    """The texts of flows that were on the air, and an index to count the calls of each."""
    db.executescript("""
        create table versions (
            flow text not null,
            version text not null,
            first integer not null,
            how text not null,
            text text not null,
            primary key (flow, version)
        ) strict;
        create index calls_of_version on calls (flow, version, began);
    """)


MIGRATIONS()(code_words)
MIGRATIONS()(forgettable)
MIGRATIONS()(ordering)
MIGRATIONS()(orders)
MIGRATIONS()(desk)
MIGRATIONS()(act_states)

KNOWN = frozenset(
    step.__name__
    for step in (
        people, accounts, calls, ways, outbox, left_to_people, bills, declarations, versions,
        code_words, forgettable, ordering, orders, desk, act_states,
    )
)  # fmt: skip
"""The steps that this version knows; a database with others was written by a newer one."""
