"""What a subscriber may do over the phone, behind ports; billing and its implementations.

The steps of one order, such as `gift` in a menu:

1. The menu invokes the operation: `operations.Selfcare.run` makes an `operation_request`.
2. `gift-quote`: `paid_operations` has `order_input` make an `orders.Give` of what was keyed, and
   asks `billing.Billing.quote` what it would cost. Nothing changes.
3. The caller agrees, `gift` is invoked: the order goes, with the charge that was agreed to and an
   idempotency key, through `order_port.Orders.place`.
4. `fulfilment/orders.py` stores the order, checks the limits of a day and a month, and asks
   `billing.Billing.place`. If the caller hangs up or the deadline passes, the order goes on.
5. Billing carries it out and answers `Completed` or `Refused`: over HTTP with `tmf/client.py`, or
   the demo operator's with `memory` and `order_effects`. No answer: it is asked again with the same
   key, after growing pauses (`ari_app/retry.py`), through restarts.
6. The outcome is stored, and text messages for the parties are posted in the same transaction
   (`fulfilment/notifications.py`); `messaging/outbox.py` sends them.
"""
