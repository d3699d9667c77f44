"""Campaigns that call with a flow; their counts, which stay when the numbers are removed."""

from ari_app.store.sqlite import Database


def campaign_calls(db: Database) -> None:
    db.executescript("""
        alter table campaigns add column flow text not null default '';
        alter table campaigns add column machine text not null default '';
        alter table campaigns add column tries integer not null default 1;
        alter table campaigns add column pause integer not null default 0;
        alter table campaigns add column listed integer not null default 0;
        alter table campaigns add column counts text not null default '';
        alter table campaign_targets add column attempts integer not null default 0;
        alter table campaign_targets add column due integer not null default 0;
        alter table campaign_targets add column call text not null default '';
        drop index campaign_targets_waiting;
        create index campaign_targets_waiting on campaign_targets (campaign, due)
            where state = 'waiting';
        create index campaign_targets_calling on campaign_targets (at) where state = 'calling';
        create index campaign_targets_of_call on campaign_targets (call) where call <> '';
    """)
