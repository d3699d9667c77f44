"""Let contacts outlive their subscriber; let attempts at code words be anonymised, then deleted.

The outcome of an attempt, its time and its agent still cannot be changed.
"""

from ari_app.store.sqlite import Database


def forgettable(db: Database) -> None:
    db.executescript("""
        create table contacts_anew (
            id integer primary key,
            subscriber integer references subscribers,
            at integer not null,
            channel text not null,
            topic text not null,
            question text not null,
            solution text not null,
            agent text not null,
            first_contact_solved integer not null
        ) strict;
        insert into contacts_anew select id, subscriber, at, channel, topic, question, solution,
            agent, first_contact_solved from contacts;
        drop table contacts;
        alter table contacts_anew rename to contacts;
        create index contacts_of_subscriber on contacts (subscriber, at);
        drop trigger code_word_tries_are_kept;
        drop trigger code_word_tries_end_once;
        create trigger code_word_tries_are_kept before delete on code_word_tries
            when old.subscriber is not null or old.number <> ''
            begin select raise(abort, 'a try of somebody is kept'); end;
        create trigger code_word_tries_end_once
            before update of id, key, at, subscriber, call, agent, outcome, why on code_word_tries
            when old.outcome <> 'open' and (
                (new.id, new.key, new.at, new.call, new.agent, new.outcome)
                    is not (old.id, old.key, old.at, old.call, old.agent, old.outcome)
                or coalesce(new.subscriber, old.subscriber) is not old.subscriber
                or new.why not in ('', old.why))
            begin select raise(abort, 'a try that has ended is kept as it is'); end;
        create index code_word_tries_at on code_word_tries (at);
        create index outbox_created on outbox (created);
        create index announcement_hearings_at on announcement_hearings (at);
    """)
