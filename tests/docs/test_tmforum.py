"""docs/tmforum.md names what is asked of billing, and every word and option, and no other."""

from typing import get_args

import click

from ari_app.cli import main
from ari_app.selfcare.orders import Order, Reason
from ari_app.selfcare.tmf import product_order
from ari_app.selfcare.tmf import resources as tmf
from ari_app.selfcare.tmf.fault_plan import Fault
from tests.docs.markdown import ROOT, code, section, tables
from tests.selfcare.test_tmf_values import ORDERS

TMFORUM = (ROOT / "docs" / "tmforum.md").read_text()
PATHS = (
    tmf.CUSTOMER, tmf.PRODUCT, tmf.OFFERING, tmf.BUCKET, tmf.LOYALTY, tmf.PAYMENT, tmf.BILL,
    tmf.RATE, tmf.USAGE, tmf.QUOTE, tmf.ORDER,
)  # fmt: skip


def test_the_paths() -> None:
    [table] = tables(section(TMFORUM, "What is asked"))
    assert tuple(code(row[2])[0] for row in table) == PATHS


def test_the_orders_and_the_words_of_refusals() -> None:
    orders, words = tables(section(TMFORUM, "Orders"))
    assert len(orders) == len(get_args(Order))
    assert [(code(row[1])[0], code(row[2])[0]) for row in orders] == [
        (one.action, one.product.product_specification.id)
        for one in map(product_order.item, ORDERS)
    ]
    assert tuple(code(row[0])[0] for row in words) == get_args(Reason)


def test_the_trouble() -> None:
    [table] = tables(section(TMFORUM, "Trying it"))
    faults = [code(row[0])[0].split()[0].removeprefix("--") for row in table]
    command = main.get_command(click.Context(main), "demo-billing")
    assert command is not None
    options = {name for option in command.params for name in option.opts}
    assert faults == [fault for fault in get_args(Fault) if f"--{fault}" in options]
