"""Callers who were asked how they were served, and what they answered."""

from ari_app.store.sqlite import Database


def surveys(db: Database) -> None:
    db.executescript("""
        create table surveys (
            call text primary key,
            at integer not null,
            number text not null,
            subscriber integer
        ) strict;
        create index surveys_at on surveys (at);
        create index surveys_of_number on surveys (number, at) where number <> '';
        create index surveys_of_subscriber on surveys (subscriber, at)
            where subscriber is not null;
        create table survey_answers (
            call text not null,
            question text not null,
            mark integer not null,
            best integer not null,
            at integer not null,
            primary key (call, question)
        ) strict, without rowid;
    """)
