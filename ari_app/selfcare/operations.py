"""The catalogue of self-service operations, and their dispatch."""

import asyncio
import logging
from collections.abc import Mapping

from msgspec.structs import replace

from ari_app.selfcare.backends import Backends, NumbersUnavailable
from ari_app.selfcare.billing import BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.code_word_port import CodeWordsUnavailable
from ari_app.selfcare.http.operations import Unavailable
from ari_app.selfcare.lessons import LESSONS, Lessons
from ari_app.selfcare.message_port import MessagesUnavailable
from ari_app.selfcare.no_billing import NoBilling
from ari_app.selfcare.operation_request import Action, OperationRequest
from ari_app.selfcare.paid_operations import ORDER_OPERATIONS, PaidOperations
from ari_app.selfcare.reads import READS, Reads
from ari_app.selfcare.request_port import Asker, RequestsUnavailable
from ari_app.selfcare.requests import REQUESTS, Requests
from ari_app.selfcare.surveys import SURVEYS, SurveyOperations
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Values

_log = logging.getLogger(__name__)

CATALOGUE: Mapping[str, Operation] = {
    one.name: one for one in (*READS, *LESSONS, *ORDER_OPERATIONS, *REQUESTS, *SURVEYS)
}
"""The signatures of all operations."""

_UNAVAILABLE = (
    BillingUnavailable,
    RequestsUnavailable,
    CodeWordsUnavailable,
    MessagesUnavailable,
    NumbersUnavailable,
    Unavailable,
)


class Selfcare:
    """Runs operations of the catalogue for callers, each within its deadline."""

    def __init__(self, backends: Backends, catalogue: Mapping[str, Operation] = CATALOGUE) -> None:
        self._catalogue = catalogue
        self._http = backends.http
        self.available: Mapping[str, Operation] = {
            name: one
            for name, one in catalogue.items()
            if not (one.billing and isinstance(backends.billing, NoBilling))
        }
        """The operations that can succeed at this site."""
        self._actions: Mapping[str, Action] = {
            **Reads(backends).actions,
            **Lessons(backends).actions,
            **PaidOperations(backends).actions,
            **Requests(backends).actions,
            **SurveyOperations(backends.surveys).actions,
        }

    async def run(
        self,
        name: str,
        inputs: Values,
        asker: Asker,
        key: str,
        own: Mapping[str, Operation] | None = None,
    ) -> Answered:
        """Run operation ``name`` for a caller; ``own`` are the operations of the call's menus.

        ``key`` is an idempotency key: used twice, an operation that writes or costs is carried out
        once. An operation that is not in the catalogue is a ``KeyError``, inputs that it does not
        take are a ``ValueError``: the check of flows lets neither pass. Without the code word that
        it needs it is a ``PermissionError``; the engine prevents that.
        """
        operation = self._catalogue.get(name) or (own or {})[name]
        if operation.need == "code-word" != asker.identity:
            raise PermissionError(f"{name} needs the code word, and {asker.call} has not proved it")
        if asker.identity == "none" and not operation.proves:
            asker = replace(asker, subscriber=None)
        if inputs.keys() | operation.optional != operation.inputs.keys():
            raise ValueError(f"{name} takes {sorted(operation.inputs)}, not {sorted(inputs)}")
        try:
            own_deadline = operation.costs or operation.http is not None
            async with asyncio.timeout(None if own_deadline else operation.deadline):
                request = OperationRequest(operation, inputs, asker, key)
                answer = await self._action(operation)(request)
        except UnknownSubscriber as error:
            if asker.subscriber is not None:
                _log.warning("%s: billing does not know subscriber %s", key, error)
            return Answered("unknown")
        except _UNAVAILABLE as error:
            _log.warning("%s: no %s: %s", key, name, error)
        except TimeoutError:
            _log.warning("%s: no %s in %g s", key, name, operation.deadline)
        else:
            if answer.outcome in operation.outcomes:
                return answer
            _log.error("%s: billing refused %s as %s", key, name, answer.outcome)
        return Answered("unavailable" if "unavailable" in operation.outcomes else "failed")

    def _action(self, operation: Operation) -> Action:
        """What carries an operation out."""
        if operation.http is None:
            return self._actions[operation.name]
        if self._http is None:
            raise Unavailable("operations of the operator's own are not run here", sent=False)
        return self._http.run
