"""The resources of the TM Forum's Open APIs (version 4), with the fields that we read or write.

Whatever else a billing system sends is passed over; what it may leave out has a default.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct


class _Part(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A part of a resource; its fields are in camelCase on the wire."""


class Money(_Part, frozen=True):
    unit: str
    value: Decimal


class Quantity(_Part, frozen=True):
    amount: Decimal
    units: str


class Ref(_Part, frozen=True):
    """Another resource or party; ``role`` is a party's."""

    id: str = ""
    name: str = ""
    role: str = ""


class Characteristic(_Part, frozen=True):
    """``value`` is whatever the billing system keeps there."""

    name: str
    value: Any = None


class Period(_Part, frozen=True):
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None


class Term(_Part, frozen=True):
    name: str = ""
    valid_for: Period = Period()


class Amounts(_Part, frozen=True):
    tax_included_amount: Money


class Price(_Part, frozen=True):
    """The price of a product, a quote or an order."""

    price: Amounts
    price_type: str = ""
    recurring_charge_period: str = ""


class Note(_Part, frozen=True):
    text: str = ""


# TMF629 and TMF637


class Customer(_Part, frozen=True):
    id: str


class Product(_Part, frozen=True):
    id: str = ""
    name: str = ""
    status: str = ""
    start_date: datetime | None = None
    product_offering: Ref = Ref()
    product_specification: Ref = Ref()
    product_price: Sequence[Price] = ()
    product_characteristic: Sequence[Characteristic] = ()
    product_term: Sequence[Term] = ()


# TMF620


class OfferingPrice(_Part, frozen=True):
    price: Money | None = None
    price_type: str = ""
    recurring_charge_period_type: str = ""


class ValueSpecification(_Part, frozen=True):
    value: Any = None


class ValueUse(_Part, frozen=True):
    name: str
    product_spec_characteristic_value: Sequence[ValueSpecification] = ()


class Offering(_Part, frozen=True):
    id: str
    name: str = ""
    product_specification: Ref = Ref()
    product_offering_price: Sequence[OfferingPrice] = ()
    prod_spec_char_value_use: Sequence[ValueUse] = ()


# TMF654 and TMF658


class Bucket(_Part, frozen=True):
    usage_type: str = ""
    remaining_value: Quantity | None = None


class LoyaltyBalance(_Part, frozen=True):
    quantity: Quantity


class LoyaltyAccount(_Part, frozen=True):
    loyalty_balance: Sequence[LoyaltyBalance] = ()


# TMF676, TMF678 and TMF635


class Payment(_Part, frozen=True):
    payment_date: datetime
    total_amount: Money


class TaxItem(_Part, frozen=True):
    tax_amount: Money


class CustomerBill(_Part, frozen=True):
    id: str
    billing_period: Period
    tax_included_amount: Money
    tax_item: Sequence[TaxItem] = ()


class BillingRate(_Part, frozen=True):
    """A line of a bill (``AppliedCustomerBillingRate``)."""

    bill: Ref
    tax_excluded_amount: Money
    name: str = ""
    characteristic: Sequence[Characteristic] = ()


class RatedUsage(_Part, frozen=True):
    tax_included_rating_amount: Money


class Usage(_Part, frozen=True):
    usage_date: datetime
    description: str = ""
    rated_product_usage: Sequence[RatedUsage] = ()
    usage_characteristic: Sequence[Characteristic] = ()


# TMF622 and TMF648

Action = Literal["add", "modify", "delete", "noChange"]


class Item(_Part, frozen=True):
    """What a quote or an order is about; both have such items."""

    action: Action
    product: Product
    id: str = "1"
    product_offering: Ref = Ref()


class ProductOrder(_Part, frozen=True):
    product_order_item: Sequence[Item]
    id: str = ""
    external_id: str = ""
    state: str = ""
    completion_date: datetime | None = None
    order_total_price: Sequence[Price] = ()
    related_party: Sequence[Ref] = ()
    note: Sequence[Note] = ()


class Quote(_Part, frozen=True):
    quote_item: Sequence[Item]
    id: str = ""
    category: str = ""
    state: str = ""
    instant_sync_quote: bool = False
    quote_total_price: Sequence[Price] = ()
    related_party: Sequence[Ref] = ()
    note: Sequence[Note] = ()


class Error(_Part, frozen=True):
    """The body of an answer that is none (TMF630)."""

    code: str | int = ""
    reason: str = ""
    message: str = ""


CUSTOMER = "customerManagement/v4/customer"
PRODUCT = "productInventory/v4/product"
OFFERING = "productCatalogManagement/v4/productOffering"
BUCKET = "prepayBalanceManagement/v4/bucket"
LOYALTY = "loyaltyManagement/v4/loyaltyAccount"
PAYMENT = "paymentManagement/v4/payment"
BILL = "customerBillManagement/v4/customerBill"
RATE = "customerBillManagement/v4/appliedCustomerBillingRate"
USAGE = "usageManagement/v4/usage"
ORDER = "productOrderingManagement/v4/productOrder"
QUOTE = "quoteManagement/v4/quote"

TRANSFER = "transfer"
"""The category of quotes that one subscriber makes to another."""
