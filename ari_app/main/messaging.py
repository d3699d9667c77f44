"""Texts on their way: out to phones or to a webhook, and in from phones, for text sessions."""

from asyncio import Task
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from ari_app.ari.events import TextMessageReceived
from ari_app.ari.link import Link
from ari_app.ari.sip_messages import SipMessages
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.messaging.outbox import Outbox
from ari_app.messaging.webhook import Webhook, WebhookKeys
from ari_app.store import subscribers
from ari_app.store.db import Store
from ari_app.ussd.message_sessions import MessagePort, MessageSessions
from ari_app.ussd.sessions import Sessions

Begin = Callable[[Coroutine[Any, Any, None]], Task[None]]
"""Begins what nobody waits for."""


async def outbox(
    config: Config,
    state: State,
    store: Store,
    link: Link,
    texts: SipMessages,
    stack: AsyncExitStack,
) -> Outbox:
    """The sender of texts: to a webhook, or to phones, from the first number of the site."""
    settings = config.messages
    if settings.by == "webhook":
        webhook = Webhook(settings.url, WebhookKeys.of(state))
        await stack.enter_async_context(webhook)
        return Outbox(store, webhook.send, _now)
    return Outbox(store, texts.send, _now, link.wait_connected)


def texting(
    config: Config, store: Store, link: Link, texts: SipMessages, sessions: Sessions, begin: Begin
) -> MessageSessions:
    """The text sessions of phones, on what serves those of gateways."""
    post = MessagePort(lambda phone: store.read(subscribers.number_of_phone, phone), texts.reply)
    found = MessageSessions(lambda: sessions.written, sessions.enter, post, begin, config.ussd.menu)

    def take(event: TextMessageReceived) -> None:
        phone, number = event.endpoint, event.message.number
        if phone.state != "offline" and number in config.site.numbers:
            found.take(phone.resource, number, event.message.body)

    if config.ussd.texts:
        link.on_text = take
    return found


def texts(config: Config, store: Store, link: Link) -> SipMessages:
    """The sender of texts; they come from the first number of the site."""
    site = config.site
    return SipMessages(
        link.ari.endpoints,
        lambda number: store.read(subscribers.sip_user, number),
        f"sip:{site.numbers[0]}@{site.host}",
    )


def _now() -> datetime:
    return datetime.now(UTC)
