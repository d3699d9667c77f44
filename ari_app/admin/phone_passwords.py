"""Which agents sign in at the desk with the password of their phone, as the demo's do at first."""

from ari_app.selfcare.hashing import Hasher, HashingBusy
from ari_app.store import agents
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ivr.secret import Secret


class PhonePasswords:
    """Compares desk passwords with those of phones, each pair once, as that costs time.

    Used in a demo installation alone: elsewhere no agent's desk password is that of a phone.
    """

    def __init__(self, store: Store, hasher: Hasher) -> None:
        self._store = store
        self._hasher = hasher
        self._same: dict[tuple[str, Secret], bool] = {}

    async def names(self) -> tuple[str, ...]:
        """The logins of agents whose two passwords are the same."""
        staff = await self._store.read(agents.everyone)
        return tuple([one.name for one in staff if one.password and await self._is_same(one)])

    async def _is_same(self, one: Agent) -> bool:
        both = (one.password, one.sip_password)
        if both not in self._same:
            try:
                same = await self._hasher.check_password(one.sip_password, one.password)
            except HashingBusy:
                return False
            self._same[both] = same
        return self._same[both]
