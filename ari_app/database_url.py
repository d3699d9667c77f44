"""What the URL of a PostgreSQL database says."""

from collections.abc import Mapping

SCHEMES = ("postgresql://", "postgres://")
_UNREADABLE = 'url: write it as "postgresql://USER@HOST:PORT/NAME", with %40 for @ and %2F for /'


def parsed(url: str) -> Mapping[str, str]:
    """The settings of a connection that a URL has, by libpq's names.

    Raises ``ValueError``, whose text has nothing of the URL: it cannot be read, or it looks as if
    a password were taken for something else.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    if not url.startswith(SCHEMES):
        raise ValueError(_UNREADABLE)
    try:
        parts = _by_libpq(url)
    except ImportError:  # psycopg is optional: this is said where the database is opened
        return {}
    named = [parts.get(name, "") for name in ("user", "host", "port", "dbname")]
    port = named[2].replace(",", "")
    if any("@" in each for each in named) or "/" in named[3] or (port and not port.isdecimal()):
        raise ValueError(_UNREADABLE)
    return parts


def without_secrets(url: str) -> str:
    """The URL with no more than account, host, port and database; "" is ""."""
    if not url:
        return ""
    try:
        parts = parsed(url)
    except ValueError:
        return "postgresql://…"
    user, host, port = parts.get("user", ""), parts.get("host", ""), parts.get("port", "")
    here = "" if host.startswith("/") else f"{host}{port and f':{port}'}"
    text = f"postgresql://{user and f'{user}@'}{here}/{parts.get('dbname', '')}"
    return f"{text}?host={host}" if host.startswith("/") else text


def _by_libpq(url: str) -> Mapping[str, str]:
    from psycopg import ProgrammingError  # as it is optional
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        raise ValueError(_UNREADABLE) from None
