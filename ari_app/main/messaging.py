"""Builds what sends texts: to phones through Asterisk, or to a webhook."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.ari.link import Link
from ari_app.ari.sip_messages import SipMessages
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main.foundation import clock
from ari_app.messaging import event_webhook
from ari_app.messaging.alarm_mails import AlarmMails
from ari_app.messaging.campaigns import Campaigns
from ari_app.messaging.card_webhook import CardWebhook
from ari_app.messaging.event_webhook import EndpointKeys, EventWebhook
from ari_app.messaging.mail import Mailbox, MailServer
from ari_app.messaging.outbox import Outbox
from ari_app.messaging.webhook import Webhook, WebhookKeys
from ari_app.store import subscribers, webhooks
from ari_app.store.db import Store, StoreError

log = logging.getLogger(__name__)


class Messaging(Struct, frozen=True):
    """What sends texts: ``phones`` at once, by SIP MESSAGE; ``outbox`` with retries;
    ``campaigns`` those to all of an area or tariff; ``mails`` of alarms, if the settings name a
    server.

    ``to_phones``: the outbox sends to registered phones, rather than by a service.
    """

    phones: SipMessages
    outbox: Outbox
    to_phones: bool
    campaigns: Campaigns
    mails: AlarmMails | None

    def mail(self, text: str) -> None:
        """Send a mail with the text of an alarm, if the settings name a server."""
        if self.mails is not None:
            self.mails.add(text)


@asynccontextmanager
async def opened_messaging(
    config: Config, state: State, store: Store, link: Link, owner: int
) -> AsyncIterator[Messaging]:
    """Open the webhook if the settings name one; texts come from the first number of the site.
    ``owner``: the worker that sends, 0 if there is one application alone."""
    site, settings = config.site, config.messages
    phones = SipMessages(
        link.ari.endpoints,
        lambda number: store.read(subscribers.sip_user, number),
        f"sip:{site.numbers[0]}@{site.host}",
    )
    async with AsyncExitStack() as stack:
        to_phones = settings.by == "sip"
        if to_phones:
            outbox = Outbox(store, phones.send, clock, link.wait_connected, owner)
        else:
            webhook = Webhook(settings.url, WebhookKeys.of(state))
            await stack.enter_async_context(webhook)
            outbox = Outbox(store, webhook.send, clock, owner=owner)
        zone = ZoneInfo(site.timezone)
        campaigns = Campaigns(
            store,
            outbox.wake,
            lambda: clock().astimezone(zone),
            site.languages,
            settings.stop_words,
        )
        yield Messaging(phones, outbox, to_phones, campaigns, _mails(config, state, zone))


def _mails(config: Config, state: State, zone: ZoneInfo) -> AlarmMails | None:
    """What sends mails of alarms; None if the settings name no server."""
    if not config.mail.host:
        return None
    server = MailServer.of(config.mail, state)
    every, now = config.mail.every, lambda: clock().astimezone(zone)
    return AlarmMails(server.send, Mailbox.of(config), every, now)


@asynccontextmanager
async def opened_card_webhook(
    config: Config, state: State, store: Store
) -> AsyncIterator[CardWebhook | None]:
    """Open what sends cards to another system; None if the settings name none."""
    if not config.desk.webhook:
        yield None
        return
    secret = WebhookKeys.of(state).secret
    async with CardWebhook(store, config.desk.webhook, secret, clock) as webhook:
        yield webhook


@asynccontextmanager
async def opened_webhooks(
    config: Config, state: State, store: Store
) -> AsyncIterator[Sequence[EventWebhook]]:
    """Open what sends events to other systems, and have the store keep events for them."""
    named = {name: one for name, one in config.webhooks.items() if one.url}
    events = {name: event_webhook.wanted(one) for name, one in named.items()}
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(
                EventWebhook(store, name, one, EndpointKeys.of(state, name, one), clock)
            )
            for name, one in named.items()
        ]
        try:
            await store.write(webhooks.subscribe, events)
        except StoreError as error:
            log.error("webhooks get the events of the settings before: %s", error)
        yield opened
