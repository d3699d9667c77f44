"""Hashes of code words, and every attempt at one, which no program can change afterwards.

An attempt has no foreign key: it outlives its subscriber. It is ``open`` while it is being
checked. Only its number can be removed, when a person is erased.
"""

from ari_app.store.sqlite import Database


def code_words(db: Database) -> None:
    db.executescript("""
        create table code_words (
            subscriber integer primary key references subscribers,
            spoken text not null,
            keyed text not null,
            at integer not null,
            author text not null
        ) strict;
        create table code_word_tries (
            id integer primary key,
            key text unique,
            at integer not null,
            subscriber integer,
            number text not null,
            call text not null,
            agent text not null,
            outcome text not null,
            why text not null
        ) strict;
        create index code_word_tries_of_subscriber on code_word_tries (subscriber, at);
        create index code_word_tries_of_number on code_word_tries (number, at);
        create trigger code_word_tries_are_kept before delete on code_word_tries
            begin select raise(abort, 'a try is kept for ever'); end;
        create trigger code_word_tries_end_once
            before update of id, key, at, subscriber, call, agent, outcome, why on code_word_tries
            when old.outcome <> 'open'
            begin select raise(abort, 'a try that has ended is kept as it is'); end;
        create trigger code_word_tries_keep_numbers before update of number on code_word_tries
            when new.number <> ''
            begin select raise(abort, 'the number of a try can only be taken out'); end;
    """)
