"""Over which gateway or trunk an attempt at a code word came, "" for none: wrong ones are limited
over each, also across a restart."""

from ari_app.store.sqlite import Database


def ways_of_tries(db: Database) -> None:
    db.executescript("""
        alter table code_word_tries add column way text not null default '';
        create index code_word_tries_over_ways on code_word_tries (at) where way <> '';
    """)
