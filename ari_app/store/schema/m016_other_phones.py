"""What is needed to help a subscriber who calls from another phone: the SIM cards of the demo
operator's billing, a PIN beside the code word, and a second contact, who is notified.

Wrong attempts are counted by call, too, and a card has the number that a call from another phone
is about.
"""

from ari_app.store.sqlite import Database


def other_phones(db: Database) -> None:
    db.executescript("""
        alter table accounts add column blocked integer not null default 0;
        alter table accounts add column puk text not null default '';
        alter table code_words add column pin text not null default '';
        alter table cards add column about text not null default '';
        create index code_word_tries_of_call on code_word_tries (call);
        create table second_contacts (
            subscriber integer primary key references subscribers,
            number text not null
        ) strict;
    """)
