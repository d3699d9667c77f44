"""What the demo operator's billing needs to carry out orders, and each order with its answer.

An account of an old month gets the new month's allowance when it is read. Existing tariffs and
services get codes; those of the demo operator get fixed ones.
"""

from ari_app.store.sqlite import Database


def ordering(db: Database) -> None:
    db.executescript("""
        alter table tariffs add column code text not null default '';
        update tariffs set code = case id
            when 'start' then '1' when 'home' then '2' when 'road' then '3'
            when 'senior' then '4' when 'all' then '5' else 10 + rowid end;
        create unique index tariffs_by_code on tariffs (code);
        alter table services add column code text not null default '';
        update services set code = case id
            when 'missed' then '1' when 'roaming' then '2' when 'tv' then '3'
            when 'antivirus' then '4' else 10 + rowid end;
        create unique index services_by_code on services (code);
        alter table accounts add column minutes integer not null default 0;
        alter table accounts add column gigabytes integer not null default 0;
        alter table accounts add column month text not null default '0001-01-01';
        alter table accounts add column points integer not null default 0;
        alter table accounts add column next_tariff text references tariffs;
        alter table accounts add column next_since text;
        alter table accounts add column paused_since text;
        alter table accounts add column paused_until text;
        alter table accounts add column promised text;
        update accounts set points = subscriber * 37 % 400;
        create table charges (
            id integer primary key,
            subscriber integer not null references accounts,
            at integer not null,
            names text not null,
            number text not null,
            seconds integer not null,
            amount integer not null
        ) strict;
        create index charges_of_subscriber on charges (subscriber, at);
        create table sales (
            number integer primary key,
            seller integer not null references accounts,
            recipient integer not null references accounts,
            unit text not null,
            amount integer not null,
            price integer not null,
            until text not null
        ) strict;
        create table till (
            money integer not null,
            minutes integer not null,
            gigabytes integer not null,
            points integer not null
        ) strict;
        insert into till values (0, 0, 0, 0);
        create table placed_orders (
            key text primary key,
            number integer unique,
            subscriber integer not null,
            at integer not null,
            request text not null,
            answer text not null
        ) strict;
        create index placed_orders_of_subscriber on placed_orders (subscriber, at);
    """)
