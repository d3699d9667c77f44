"""Builds self-service: what subscribers may do, on billing and the store."""

from msgspec import Struct

from ari_app.background import Begin
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.fulfilment.guess_limit import GuessLimit
from ari_app.fulfilment.messages import StoredMessages
from ari_app.fulfilment.numbers import StoredNumbers
from ari_app.fulfilment.one_time_codes import CodeServices, StoredOneTimeCodes
from ari_app.fulfilment.orders import OrderServices, StoredOrders
from ari_app.fulfilment.requests import StoredRequests
from ari_app.fulfilment.surveys import StoredSurveys
from ari_app.knowledge.index import Library
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.main.site_names import knowledge_directory
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.operations import Selfcare
from ari_app.workplace.knowledge import KnowledgeBase


class SelfService(Struct, frozen=True):
    """Self-service, and the parts of it that others use."""

    operations: Selfcare
    backends: Backends
    orders: StoredOrders
    code_words: StoredCodeWords
    knowledge: Library


def build_selfcare(shared: Shared, begin: Begin) -> SelfService:
    """Build self-service; ``begin`` starts a background task for each order."""
    store, say, outbox = shared.store, shared.menus.say, shared.messaging.outbox
    knowledge = Library(knowledge_directory(shared.config, shared.foundation.state))
    guesses = GuessLimit(shared.config.site.wrong_words_per_hour)
    brands, survey = shared.config.operator.brands, shared.config.survey
    calls_back = shared.config.callbacks.policy(shared.config.site.timezone)
    code_words = StoredCodeWords(store, shared.hasher, clock, brands, guesses)
    orders = StoredOrders(
        OrderServices(
            *(store, shared.billing, say, shared.local_time, begin, outbox.wake, shared.hasher),
            owner=shared.worker.epoch,
        )
    )
    backends = Backends(
        shared.billing,
        StoredRequests(store, shared.announcements, shared.config.tickets, clock),
        code_words,
        StoredOneTimeCodes(CodeServices(store, shared.hasher, say, outbox.wake, clock, guesses)),
        orders,
        StoredMessages(outbox, say, store.numbers),
        StoredNumbers(shared.store),
        shared.local_time,
        shared.config.operator.said.words,
        http=shared.http,
        surveys=StoredSurveys(store, survey.share, survey.every, clock),
        lesson=KnowledgeBase(knowledge).lesson,
        earliest_call=calls_back.earliest,
    )
    return SelfService(Selfcare(backends), backends, orders, code_words, knowledge)
