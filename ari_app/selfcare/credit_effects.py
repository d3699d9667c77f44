"""What a packet of data and a voucher do to the books."""

from datetime import date

from msgspec.structs import replace

from ari_app.selfcare.books import Account, Books, voucher_id
from ari_app.selfcare.effect import NOTHING, Effect, RefusedError, charged, made_quote
from ari_app.selfcare.orders import BuyPacket, TopUp


def credit(
    books: Books, who: int, account: Account, order: BuyPacket | TopUp, today: date
) -> Effect:
    """The effect of a packet or of a voucher; :class:`RefusedError`."""
    if isinstance(order, TopUp):
        return _top_up(books, who, account, order, today)
    return _buy_packet(books, who, account, order, today)


def _buy_packet(books: Books, who: int, account: Account, order: BuyPacket, today: date) -> Effect:
    """Its gigabytes are there at once, and with the next month gone as those of the tariff."""
    packet = books.catalogue.packets.get(order.packet)
    if packet is None:
        raise RefusedError("no-such")
    bought = charged(account, packet.price)
    bought = replace(bought, gigabytes=bought.gigabytes + packet.gigabytes)
    return made_quote(books, packet.price, NOTHING, today), books.with_account(who, bought)


def quote_top_up(books: Books, today: date) -> Effect:
    """A quote does not look at the voucher: its number could be guessed so."""
    return made_quote(books, NOTHING, NOTHING, today), books


def _top_up(books: Books, who: int, account: Account, order: TopUp, today: date) -> Effect:
    """What a voucher is worth is on the account at once."""
    id = voucher_id(order.voucher)
    voucher = books.vouchers.get(id)
    if voucher is None:
        raise RefusedError("no-such")
    if voucher.used:
        raise RefusedError("already")
    richer = replace(account, balance=account.balance + voucher.amount)
    vouchers = {**books.vouchers, id: replace(voucher, used=True)}
    after = replace(books.with_account(who, richer), vouchers=vouchers)
    return made_quote(books, NOTHING, NOTHING, today), after
