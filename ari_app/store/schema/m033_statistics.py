"""What became of callers in queues, what agents did, and both by quarter hours."""

from ari_app.store.sqlite import Database


def statistics(db: Database) -> None:
    db.executescript("""
        create table queue_calls (
            id integer primary key,
            channel text not null,
            call text not null default '',
            queue text not null,
            topic text not null default '',
            language text not null default '',
            number text not null default '',
            subscriber integer,
            flow text not null default '',
            version text not null default '',
            priority integer not null default 0,
            joined integer not null,
            answered integer,
            left integer,
            how text not null,
            agent text not null default '',
            ended integer,
            wrap integer,
            transferred text not null default '',
            promised integer,
            pop integer,
            unique (channel, queue, joined)
        ) strict;
        create index queue_calls_joined on queue_calls (joined);
        create index queue_calls_open on queue_calls (joined)
            where left is null or (answered is not null and ended is null);
        create index queue_calls_of_call on queue_calls (call) where call <> '';
        create index queue_calls_of_number on queue_calls (number, joined) where number <> '';
        create index queue_calls_of_subscriber on queue_calls (subscriber, joined)
            where subscriber is not null;
        create index queue_calls_of_agent on queue_calls (agent, joined) where agent <> '';
        create table agent_states (
            id integer primary key,
            agent text not null,
            state text not null,
            reason text not null default '',
            since integer not null,
            until integer,
            unique (agent, since)
        ) strict;
        create index agent_states_since on agent_states (since);
        create index agent_states_open on agent_states (agent, since) where until is null;
        create table queue_quarters (
            at integer not null,
            queue text not null,
            topic text not null,
            language text not null,
            joined integer not null,
            waiting integer not null,
            answered integer not null,
            in_time integer not null,
            abandoned integer not null,
            abandoned_late integer not null,
            short integer not null,
            timeout integer not null,
            full integer not null,
            empty integer not null,
            key integer not null,
            withdrawn integer not null,
            callback integer not null,
            lost integer not null,
            waited_answered integer not null,
            waited_abandoned integer not null,
            longest integer not null,
            handled integer not null,
            talked integer not null,
            wrapped integer not null,
            transferred integer not null,
            promised integer not null,
            promise_error integer not null,
            promise_bias integer not null,
            popped integer not null,
            pop integer not null,
            primary key (at, queue, topic, language)
        ) strict, without rowid;
        create table agent_quarters (
            at integer not null,
            agent text not null,
            state text not null,
            reason text not null,
            spent integer not null,
            primary key (at, agent, state, reason)
        ) strict, without rowid;
        create table statistics_read (
            what text primary key,
            place text not null
        ) strict, without rowid;
    """)
