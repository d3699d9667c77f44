"""What supervisors thought of conversations: scores, their answers, and calibrations."""

from ari_app.store.sqlite import Database


def quality(db: Database) -> None:
    db.executescript("""
        create table score_cards (
            hash text primary key,
            card text not null
        ) strict, without rowid;
        create table scores (
            id integer primary key,
            stay integer not null,
            called integer not null,
            agent text not null,
            card text not null,
            scorer text not null,
            at integer not null,
            share real,
            failed integer not null,
            comment text not null,
            calibration integer,
            seen integer,
            reply text not null default ''
        ) strict;
        create unique index scores_of_scorer on scores (stay, scorer, coalesce(calibration, 0));
        create index scores_of_agent on scores (agent, at);
        create index scores_called on scores (called);
        create index scores_at on scores (at);
        create index scores_of_calibration on scores (calibration) where calibration is not null;
        create table score_answers (
            score integer not null,
            question text not null,
            mark integer,
            part real,
            note text not null,
            primary key (score, question)
        ) strict, without rowid;
        create table calibrations (
            id integer primary key,
            stay integer not null,
            card text not null,
            author text not null,
            at integer not null
        ) strict;
        create index calibrations_of_stay on calibrations (stay);
        create table calibration_scorers (
            calibration integer not null,
            scorer text not null,
            primary key (calibration, scorer)
        ) strict, without rowid;
        create trigger calibrations_end after delete on scores
        when old.calibration is not null begin
            delete from calibration_scorers where calibration = old.calibration;
            delete from calibrations where id = old.calibration;
        end;
    """)
