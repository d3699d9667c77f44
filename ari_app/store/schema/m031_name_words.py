"""The words of subscribers' names, with their sound, for names that are typed with an error."""

from ari_app.store import name_words as of
from ari_app.store.sqlite import Database


def name_words(db: Database) -> None:
    db.executescript("""
        create table name_words (word text primary key, sound text not null) strict, without rowid;
        create index name_words_by_sound on name_words (sound);
        create table name_errors (
            form text not null,
            word text not null,
            primary key (form, word)
        ) strict, without rowid;
    """)
    fill(db)


def fill(db: Database) -> None:
    """Keep the words of the names that are there: the full-text index has each one time."""
    db.conn.execute(
        "create virtual table temp.every using fts5vocab (main, subscribers_words, col)"
    )
    rows = db.conn.execute("select term from temp.every where col = 'name'").fetchall()
    db.conn.execute("drop table temp.every")
    of.learn(db, [term for (term,) in rows])
