"""An installation without a billing system."""

from typing import NoReturn

from ari_app.selfcare.billing import BillingUnavailable


class NoBilling:
    """See :class:`ari_app.selfcare.billing.Billing`: every request is ``BillingUnavailable``.

    Menus branch on ``billing``, so that callers are not offered what needs it.
    """

    async def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise BillingUnavailable('there is no billing: [billing] kind is "none"')

    balance = tariff = services = payments = bills = allowance = charges = _refuse
    tariffs = service_offers = paused = offers = points = rewards = sim = _refuse
    packets = roaming = promise_days = quote = place = _refuse

    async def refresh(self) -> None:
        """Nothing is cached."""
