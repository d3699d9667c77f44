"""The caller's consent to a charge: what was agreed to, and that it is used once."""

from decimal import Decimal

from msgspec.structs import replace

from ivr.draft import Draft, FlowError
from ivr.model import Operation
from ivr.values import Count, Money, Value, Values


def use_consent(draft: Draft, operation: Operation, inputs: Values) -> None:
    """Use up the yes that an operation that costs needs; raises :class:`FlowError` without one.

    The charge must stand in the texts that the caller agreed to, and all of them were presented to
    their end in this session; a charge of zero need not be said.
    """
    at = draft.session
    if at.agreed is None:
        raise FlowError(
            f"{at.node} runs {operation.name}, which costs, without the caller's yes: "
            "put a confirm before it"
        )
    charge = inputs.get(operation.charge)
    said = (value for phrase in at.agreed for value in phrase.values.values())
    if charge is not None and not _free(charge) and charge not in said:
        raise FlowError(
            f"{at.node} runs {operation.name} for a charge that no text said: name it "
            "in the prompts before the confirm, with a placeholder for the charge"
        )
    frames = tuple(replace(frame, agreed=None) for frame in at.frames)
    draft.session = replace(at, agreed=None, frames=frames)


def _free(charge: Value) -> bool:
    match charge:
        case Money(amount):
            return amount == Decimal(0)
        case Count(number):
            return number == 0
    return False
