"""What is sent to other systems, and by which tokens they may ask.

Triggers write the events: whether the desk, a command, a flow or the API changes a ticket, the
event is in the same transaction. Without a subscription nothing is written.
"""

from ari_app.store.sqlite import Database

_CALL = """'call', {row}.id, 'line', {row}.line, 'dialled', {row}.dialled, 'number', {row}.caller,
    'subscriber', {row}.subscriber, 'language', {row}.language, 'flow', {row}.flow"""
_CARD = """'card', new.id, 'agent', new.agent,
    'agent_name', (select full_name from agents where agents.name = new.agent),
    'dialled', (select dialled from calls where calls.id = new.call),
    'channel', new.channel, 'call', new.call, 'number', new.number, 'name', new.name,
    'subscriber', new.subscriber, 'queue', new.queue, 'topic', new.topic,
    'language', new.language"""
_CALLBACK = """'callback', new.id, 'call', new.call, 'number', new.number,
    'subscriber', new.subscriber, 'topic', new.topic, 'state', new.state, 'agent', new.agent,
    'note', new.note"""
_QUEUED = """'channel', new.channel, 'call', new.call, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'number', new.number, 'subscriber', new.subscriber"""


def other_systems(db: Database) -> None:
    db.executescript("""
        create table webhook_subscriptions (
            event text not null,
            endpoint text not null,
            primary key (event, endpoint)
        ) strict, without rowid;
        create table webhook_events (
            seq integer primary key autoincrement,
            key text not null unique,
            event text not null,
            about text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            call text not null,
            data text not null
        ) strict;
        create index webhook_events_at on webhook_events (at);
        create table webhook_deliveries (
            endpoint text not null,
            seq integer not null references webhook_events on delete cascade,
            about text not null,
            state text not null,
            attempts integer not null default 0,
            next_at integer,
            sent_at integer,
            error text not null default '',
            primary key (endpoint, seq)
        ) strict, without rowid;
        create index webhook_deliveries_of_event on webhook_deliveries (seq);
        create index webhook_deliveries_waiting on webhook_deliveries (endpoint, next_at)
            where state = 'waiting';
        create index webhook_deliveries_about on webhook_deliveries (endpoint, about, seq)
            where state = 'waiting';
        create index webhook_deliveries_failed on webhook_deliveries (endpoint, seq)
            where state = 'failed';
        create trigger webhook_events_posted after insert on webhook_events begin
            insert into webhook_deliveries (endpoint, seq, about, state, next_at)
            select endpoint, new.seq, new.about, 'waiting', new.at from webhook_subscriptions
            where event = new.event;
        end;
        create table api_tokens (
            id integer primary key autoincrement,
            name text not null unique,
            digest text not null unique,
            scopes text not null,
            created integer not null,
            expires integer,
            used integer,
            author text not null
        ) strict;
    """)
    for trigger in (*_of_calls(), *_of_cards(), *_of_tickets(), *_of_queues()):
        db.executescript(trigger)


def _of_calls() -> tuple[str, ...]:
    new = _CALL.format(row="new")
    who = ("new.caller", "new.subscriber", "new.id")
    ended = f"{new}, 'began', {_time('new.began')}, 'ended', {_time('new.ended')},"
    return (
        _trigger("call.began", "insert on calls", "true", "new.id", "new.began", who, new),
        _trigger(
            "call.ended",
            "update of ended on calls",
            "old.ended is null and new.ended is not null",
            "new.id",
            "new.ended",
            who,
            f"{ended} 'ending', new.ending",
        ),
    )


def _of_cards() -> tuple[str, ...]:
    who = ("new.number", "new.subscriber", "new.call")
    times = ", ".join(f"'{each}', {_time(f'new.{each}')}" for each in ("opened", "answered"))
    written = (
        "json((select coalesce(json_group_object(field, text), '{}') from (select field, text,"
        " max(seq) from card_texts where card = new.id group by field)))"
    )
    about = "iif(new.channel = '', new.id, new.channel)"
    return (
        _trigger(
            "call.offered",
            "insert on cards",
            "new.channel <> ''",
            about,
            "new.opened",
            who,
            f"{_CARD}, 'opened', {_time('new.opened')}",
        ),
        _trigger(
            "call.answered",
            "update of answered on cards",
            "old.answered is null and new.answered is not null",
            about,
            "new.answered",
            who,
            f"{_CARD}, {times}",
        ),
        _trigger(
            "call.completed",
            "update of ended on cards",
            "old.ended is null and new.ended is not null and new.answered is not null",
            about,
            "new.ended",
            who,
            f"{_CARD}, {times}, 'ended', {_time('new.ended')}",
        ),
        _trigger(
            "card.closed",
            "update of closed on cards",
            "old.closed is null and new.closed is not null",
            about,
            "new.closed",
            who,
            f"{_CARD}, {times}, 'ended', {_time('new.ended')}, 'closed', {_time('new.closed')},"
            f" 'written', {written}",
        ),
    )


def _of_tickets() -> tuple[str, ...]:
    """From the history: what erasing a person leaves of a ticket is no change of it."""
    fields = ", ".join(
        f"'{name}', {value}"
        for name, value in (
            ("ticket", "t.id"),
            *((each, f"t.{each}") for each in ("subscriber", "number", "department", "topic")),
            *((each, f"t.{each}") for each in ("text", "state", "owner", "call")),
            *((each, _time(f"t.{each}")) for each in ("created", "due", "closed")),
            ("by", "new.author"),
            ("changes", "json(new.what)"),
            ("note", "new.note"),
        )
    )
    first = "not exists (select 1 from ticket_history where ticket = new.ticket and seq < new.seq)"
    return tuple(
        _trigger(
            event,
            "insert on ticket_history",
            when,
            "'ticket ' || t.id",
            "new.at",
            ("t.number", "t.subscriber", "t.call"),
            fields,
            "from tickets t where t.id = new.ticket",
        )
        for event, when in (("ticket.opened", first), ("ticket.changed", f"not {first}"))
    )


def of_callbacks(*, attempts: bool = False) -> tuple[str, ...]:
    """A request that is erased has no number any more, and that is no change of it. Who only gave
    up waiting has requested nothing. Their table has what they need from ``gave_up`` on.
    ``attempts``: they have these, their outcome and the place in the queue, too."""
    who = ("new.number", "new.subscriber", "new.call")
    fields = f"{_CALLBACK}, 'requested', {_time('new.at')}, 'due', {_time('new.due')}"
    watched = ["state", "agent", "due", "note"]
    if attempts:
        fields = f"{fields}, {_ATTEMPTS}"
        watched += ["queue", "joined", "attempts", "calling", "outcome"]
    old, new = (", ".join(f"{row}.{name}" for name in watched) for row in ("old", "new"))
    what = ("'callback ' || new.id", _NOW, who, fields)
    known = "new.number <> '' and not new.gave_up and not old.gave_up"
    later = _trigger(
        "callback.requested",
        "update of gave_up on callbacks",
        "new.number <> '' and old.gave_up and not new.gave_up",
        *what,
    )
    return (
        _trigger("callback.requested", "insert on callbacks", "not new.gave_up", *what),
        later.replace("webhook_callback_requested", "webhook_callback_requested_later"),
        _trigger(
            "callback.changed",
            f"update of {', '.join(watched)} on callbacks",
            f"{known} and new.state <> 'done' and ({old}) is not ({new})",
            *what,
        ),
        _trigger(
            "callback.done",
            "update of state on callbacks",
            f"{known} and old.state <> 'done' and new.state = 'done'",
            *what,
        ),
    )


def _of_queues() -> tuple[str, ...]:
    """What is found out late, as from the log of a queue, is no news any more after a day. A stay
    that is over when it is stored has both events, from one trigger: the order of two is not
    defined."""
    who = ("new.number", "new.subscriber", "new.call")
    fresh = f"new.joined > {_NOW} - 86400000000"
    joined = f"{_QUEUED}, 'joined', {_time('new.joined')}"
    queued = ("new.channel", "new.joined", who, joined)
    left = (
        "new.channel",
        "new.left",
        who,
        f"{joined}, 'left', {_time('new.left')}, 'how', new.how",
    )
    gone = f"old.left is null and new.left is not null and {fresh}"
    wanted = "exists (select 1 from webhook_subscriptions where event = '{event}')"
    each = (
        _insert("call.queued", *queued, f"where {wanted.format(event='call.queued')}"),
        _insert(
            "call.left",
            *left,
            f"where new.left is not null and {wanted.format(event='call.left')}",
        ),
    )
    together = f"""
        create trigger webhook_call_queued after insert on queue_calls when {fresh} begin
            {each[0]}
            {each[1]}
        end;
    """
    return (together, _trigger("call.left", "update of left on queue_calls", gone, *left))


_NOW = "cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000"


def _time(column: str) -> str:
    """A moment as other systems read it."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000000.0, 'unixepoch')"


_ATTEMPTS = f"""'queue', new.queue, 'joined', {_time("coalesce(new.joined, new.at)")},
    'attempts', new.attempts, 'tried', {_time("new.tried")}, 'calling', new.calling,
    'outcome', new.outcome"""


def _trigger(
    event: str,
    after: str,
    when: str,
    about: str,
    at: str,
    who: tuple[str, str, str],
    fields: str,
    source: str = "",
) -> str:
    name = event.replace(".", "_")
    return f"""
        create trigger webhook_{name} after {after}
        when {when} and exists (select 1 from webhook_subscriptions where event = '{event}')
        begin
            {_insert(event, about, at, who, fields, source)}
        end;
    """


def _insert(
    event: str, about: str, at: str, who: tuple[str, str, str], fields: str, source: str
) -> str:
    number, subscriber, call = who
    return f"""insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), '{event}', {about}, {at}, {number}, {subscriber},
            {call}, json_object({fields}) {source};"""
