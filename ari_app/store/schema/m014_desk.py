"""Agents' sessions, cards, tickets, notes, actions and views, and the full-text search.

No foreign keys: what an agent did must stay known after its subscriber was erased.
"""

from ari_app.store.sqlite import Database


def desk(db: Database) -> None:
    db.executescript("""
        alter table agents add column role text not null default 'agent';
        alter table agents add column password text not null default '';
        create table desk_sessions (
            token text primary key,
            agent text not null,
            csrf text not null,
            created integer not null,
            rotated integer not null,
            seen integer not null,
            expires integer not null
        ) strict, without rowid;
        create index desk_sessions_of_agent on desk_sessions (agent);
        create table cards (
            id text primary key,
            agent text not null,
            channel text not null,
            call text not null,
            number text not null,
            name text not null,
            subscriber integer,
            queue text not null,
            topic text not null,
            language text not null,
            identity text not null,
            opened integer not null,
            answered integer,
            ended integer,
            closed integer,
            came_from text not null
        ) strict;
        create index cards_unfinished on cards (agent, opened) where closed is null;
        create index cards_of_channel on cards (channel, opened);
        create index cards_of_subscriber on cards (subscriber, opened) where subscriber is not null;
        create index cards_opened on cards (opened);
        create table card_texts (
            seq integer primary key,
            card text not null,
            field text not null,
            key text not null unique,
            text text not null,
            at integer not null
        ) strict;
        create index card_texts_of_card on card_texts (card, field, seq);
        alter table contacts add column card text not null default '';
        alter table contacts add column call text not null default '';
        create unique index contacts_of_card on contacts (card) where card <> '';
        create table tickets (
            id integer primary key,
            key text not null unique,
            subscriber integer,
            number text not null,
            department text not null,
            topic text not null,
            text text not null,
            state text not null,
            owner text not null,
            created integer not null,
            author text not null,
            due integer not null,
            closed integer,
            call text not null
        ) strict;
        create index tickets_of_subscriber on tickets (subscriber, created)
            where subscriber is not null;
        create index tickets_open on tickets (due) where state not in ('solved', 'closed');
        create table ticket_history (
            seq integer primary key,
            ticket integer not null references tickets,
            key text not null unique,
            at integer not null,
            author text not null,
            what text not null,
            note text not null
        ) strict;
        create index ticket_history_of_ticket on ticket_history (ticket, seq);
        create table colleague_notes (
            id integer primary key,
            key text not null unique,
            subscriber integer not null,
            at integer not null,
            agent text not null,
            text text not null
        ) strict;
        create index colleague_notes_of_subscriber on colleague_notes (subscriber, at);
        create table acts (
            key text primary key,
            at integer not null,
            agent text not null,
            subscriber integer,
            call text not null,
            card text not null,
            operation text not null,
            inputs text not null,
            reason text not null,
            identity text not null,
            outcome text not null
        ) strict;
        create index acts_of_subscriber on acts (subscriber, at) where subscriber is not null;
        create index acts_of_card on acts (card, at) where card <> '';
        create index acts_at on acts (at);
        create table views (
            id integer primary key,
            at integer not null,
            agent text not null,
            subscriber integer,
            what text not null
        ) strict;
        create index views_of_subscriber on views (subscriber, at) where subscriber is not null;
        create index views_of_agent on views (agent, at);
        create index views_at on views (at);
        alter table callbacks add column due integer;
        alter table callbacks add column agent text not null default '';
        alter table callbacks add column note text not null default '';
    """)
    _search(db)


def _search(db: Database) -> None:
    """Full-text indexes, with ё folded into е: names are written with either.

    The indexes hold no text of their own; triggers keep them in step with the tables.
    """
    db.executescript("create index subscribers_by_end on subscribers (substr(msisdn, -4));")
    _index(db, "subscribers", ("name", "msisdn", "area"))
    _index(db, "contacts", ("question", "solution", "topic"))


def _index(db: Database, table: str, columns: tuple[str, ...]) -> None:
    words, names = f"{table}_words", ", ".join(columns)

    def folded(row: str = "") -> str:
        return ", ".join(f"replace(replace({row}{c}, 'ё', 'е'), 'Ё', 'Е')" for c in columns)

    out = (
        f"insert into {words} ({words}, rowid, {names}) values ('delete', old.id, {folded('old.')})"
    )
    in_ = f"insert into {words} (rowid, {names}) values (new.id, {folded('new.')})"
    db.executescript(f"""
        create view {table}_folded (id, {names}) as select id, {folded()} from {table};
        create virtual table {words} using fts5 ({names},
            content = '{table}_folded', content_rowid = 'id', tokenize = 'unicode61',
            prefix = '3');
        insert into {words} ({words}) values ('rebuild');
        create trigger {words}_in after insert on {table} begin {in_}; end;
        create trigger {words}_out after delete on {table} begin {out}; end;
        create trigger {words}_changed after update of {names} on {table}
            begin {out}; {in_}; end;
    """)
