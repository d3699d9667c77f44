"""Campaigns: texts to all subscribers of an area or a tariff, and who wants none."""

from ari_app.store.sqlite import Database


def campaigns(db: Database) -> None:
    db.executescript("""
        create table campaigns (
            id integer primary key,
            name text not null unique,
            texts text not null,
            areas text not null,
            tariffs text not null,
            first integer not null,
            last integer not null,
            rate integer not null,
            created integer not null,
            author text not null,
            state text not null
        ) strict;
        create table campaign_targets (
            campaign integer not null references campaigns,
            number text not null,
            subscriber integer,
            state text not null,
            at integer,
            primary key (campaign, number)
        ) strict, without rowid;
        create index campaign_targets_waiting on campaign_targets (campaign)
            where state = 'waiting';
        create index campaign_targets_at on campaign_targets (campaign, at)
            where at is not null;
        create index campaign_targets_of_number on campaign_targets (number);
        create table no_campaigns (
            number text primary key,
            at integer not null,
            way text not null
        ) strict, without rowid;
    """)
