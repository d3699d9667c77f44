"""How far something outside was read, or when something was done last, as text."""

from ari_app.store.sqlite import Database


def put(db: Database, what: str, place: str) -> None:
    """Store a place; the one before is forgotten."""
    db.conn.execute(
        "insert into statistics_read (what, place) values (?, ?)"
        " on conflict (what) do update set place = excluded.place",
        (what, place),
    )


def of(db: Database, what: str) -> str:
    """A place; "" if there is none."""
    rows = db.conn.execute("select place from statistics_read where what = ?", (what,))
    return next((place for (place,) in rows), "")
