"""New agents: what a login looks like, and whose login or extension is taken."""

import re
import secrets
from collections.abc import Iterable, Sequence

from ari_app.store.agents import Agent, Phone, Role
from ivr.secret import Secret

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")


def is_login(name: str) -> bool:
    """Whether a text may be a login: 2 to 32 of a-z, 0-9, dot, dash and underscore, a letter
    first."""
    return _LOGIN.fullmatch(name) is not None


def phone_password() -> Secret:
    """A password for a SIP account."""
    return Secret(secrets.token_urlsafe(18))


def with_phone(
    name: str,
    full_name: str,
    extension: str,
    languages: Sequence[str],
    role: Role,
    phone: Phone = "sip",
) -> Agent:
    """A new agent with a SIP account, whose user is the extension; its password is made here."""
    account = (extension, phone_password())
    return Agent(name, full_name, extension, tuple(languages), *account, role, phone=phone)


def taken_by(new: Agent, there: Iterable[Agent]) -> Agent | None:
    """The agent who has the login or the extension of a new one; None if no one does."""
    for one in there:
        if new.name == one.name or new.extension in (one.extension, one.sip_user):
            return one
    return None
