"""The signature of an ``http`` operation, by which flows are checked as by any other."""

from collections.abc import Mapping

from ivr.http.declaration import EachSource, HttpOperation, Source, WordSource, source_kind
from ivr.http.templates import references, templates
from ivr.model import ACCEPTED, UNAVAILABLE, Operation

UNKNOWN = "unknown"
"""The outcome for a caller who is no subscriber, where the operation is about one."""

OLD, AS_OF = "old", "as_of"
"""The outcome of an answer that was kept, and its value that says from when it is."""


def signature(http: HttpOperation) -> Operation:
    """What flows see of it."""
    outcomes = {name: kinds(answer.values) for name, answer in http.answers.items()}
    if http.old and outcomes:
        outcomes[OLD] = {**next(iter(outcomes.values())), AS_OF: "moment"}
    if http.costs:
        outcomes[ACCEPTED] = {}
    if about_subscriber(http):
        outcomes[UNKNOWN] = {}
    sources = [pair for answer in http.answers.values() for pair in answer.values.items()]
    return Operation(
        http.operation,
        {**outcomes, UNAVAILABLE: {}},
        inputs=http.inputs,
        need=http.need,
        deadline=http.timeout,
        costs=http.costs,
        charge=http.charge,
        about=http.about,
        waiting=http.waiting,
        ages=bool(http.cache or http.old),
        choices={name: one.one_of for name, one in sources if isinstance(one, WordSource)},
        rows={name: kinds(one.of) for name, one in sources if isinstance(one, EachSource)},
        http=http,
    )


def kinds(sources: Mapping[str, Source]) -> Mapping[str, str]:
    """Value -> its kind."""
    return {name: source_kind(source) for name, source in sources.items()}


def about_subscriber(http: HttpOperation) -> bool:
    """Whether it can only be asked for a subscriber."""
    if http.need != "none":
        return True
    return any(
        what == ("caller", "subscriber")
        for template in templates(http)
        for what in references(template)
    )


def reserved(http: HttpOperation) -> frozenset[str]:
    """The outcomes that an operation has by itself, and that no answer may be called."""
    return frozenset({UNAVAILABLE, UNKNOWN, *({OLD} if http.old else ())}) | (
        {ACCEPTED} if http.costs else frozenset()
    )
