"""Agents who are suspended: they neither sign in nor use their phone. The key of a second factor at
the desk ("" for none), and the last step of it that was used, which is used once."""

from ari_app.store.sqlite import Database


def agent_access(db: Database) -> None:
    db.executescript(
        """
        alter table agents add column suspended integer not null default 0;
        alter table agents add column second_factor text not null default '';
        alter table agents add column factor_used integer not null default 0;
        """
    )
