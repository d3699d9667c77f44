"""Texts out of the house: what holds by SIP and by a webhook alike, and what a webhook adds."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import Struct

from ari_app.ari.sip_messages import SipMessages
from ari_app.cli import main
from ari_app.config.state import ConfigError
from ari_app.main.installation import installation
from ari_app.messaging.outbox import PAUSES, Outbox, Send, UndeliverableError
from ari_app.messaging.poster import WebhookError
from ari_app.messaging.webhook import Webhook, WebhookKeys
from ari_app.store import calls, outbox
from ari_app.store.db import Store
from ari_app.store.outbox import Text
from ivr.secret import Secret
from tests.ari.faults import Fault as AriFault
from tests.ari.harness import linked
from tests.ari.server import Server
from tests.deadlines import allowed, within
from tests.messaging.gateway import Fault, Gateway
from tests.operators import BELARUS
from tests.store.samples import NOON, whole_call

NUMBER = "375990000001"
TEXT = "Настройки & пароль=«zorka»\nвторая строка"
KEYS = WebhookKeys(Secret("secret-of-both"), Secret("token-of-theirs"))


async def _always() -> None:
    """There is always a way."""


class Way(Struct):
    """A way out, with what comes of it at its end."""

    send: Send
    plan: Callable[[Fault], None]
    came: Callable[[], list[tuple[str, str]]]
    ready: Callable[[], Awaitable[None]] = _always


@asynccontextmanager
async def by_sip() -> AsyncIterator[Way]:
    """Asterisk, as a server that breaks as planned."""
    planned: Mapping[Fault, AriFault | int] = {
        "mute": AriFault.MUTE,
        "closed": AriFault.DROP,
        "lost": AriFault.LOST,
    }

    async def phone(number: str) -> str | None:
        return f"phone-{number}"

    async with Server().running() as server, linked(server, deadline=allowed(0.1)) as link:
        server.texts[f"phone-{NUMBER}"] = []
        yield Way(
            SipMessages(link.ari.endpoints, phone, "sip:611@127.0.0.1").send,
            lambda fault: server.plan("PUT endpoints", lambda: planned.get(fault, 503)),
            lambda: [(NUMBER, text) for _, text in server.texts[f"phone-{NUMBER}"]],
            link.wait_connected,
        )


@asynccontextmanager
async def by_webhook() -> AsyncIterator[Way]:
    """A gateway, likewise."""
    async with Gateway().serving() as gateway, Webhook(gateway.url, KEYS, allowed(0.1)) as webhook:
        yield Way(webhook.send, gateway.faults.append, lambda: [*gateway.sent.values()])


@pytest.fixture(params=[by_sip, by_webhook])
async def way(request: pytest.FixtureRequest) -> AsyncIterator[Way]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(request.param())


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway().serving() as gateway:
        yield gateway


class Clock:
    """A clock that a test sets."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


@asynccontextmanager
async def running(
    store: Store, send: Send, clock: Clock, ready: Callable[[], Awaitable[None]] = _always
) -> AsyncIterator[Outbox]:
    one = Outbox(store, send, clock, ready)
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def when(store: Store, state: str, attempts: int) -> Text:
    """The one text, once it is so, and the attempt has its answer."""
    async with within(5):
        while True:
            [text] = await store.read(outbox.recent, 2)
            if (text.state, text.attempts) == (state, attempts) and "yet" not in text.error:
                return text
            await asyncio.sleep(0.001)


async def test_a_text_comes_whole_and_once(way: Way, store: Store, clock: Clock) -> None:
    async with running(store, way.send, clock, way.ready) as one:
        for _ in range(2):
            await one.post("c1:1", NUMBER, TEXT, "c1")
        await when(store, "sent", 1)
    assert way.came() == [(NUMBER, TEXT)]


@pytest.mark.parametrize("fault", ["mute", "closed", 503])
async def test_trouble_is_tried_again_with_the_pauses_of_the_outbox(
    way: Way, store: Store, clock: Clock, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        way.plan(fault)
    async with running(store, way.send, clock, way.ready) as one:
        await one.post("c1:1", NUMBER, TEXT, "c1")
        for attempt, pause in enumerate(PAUSES[:2], 1):
            text = await when(store, "waiting", attempt)
            assert text.next_at == clock.now + pause
            assert text.error
            assert way.came() == []
            clock.now += pause
            one.wake()
        await when(store, "sent", 3)
    assert way.came() == [(NUMBER, TEXT)]
    for secret in (NUMBER, "Настройки", "secret-of-both", "token-of-theirs"):
        assert secret not in caplog.text + text.error


# What a webhook adds.


async def test_a_request_says_who_sends_it(gateway: Gateway) -> None:
    async with Webhook(gateway.url, KEYS) as webhook:
        await webhook.send("c1:1", NUMBER, TEXT)
    async with Webhook(gateway.url, WebhookKeys(KEYS.secret)) as webhook:
        await webhook.send("c1:2", NUMBER, TEXT)
    first, second = gateway.came
    assert gateway.sent == {"c1:1": (NUMBER, TEXT), "c1:2": (NUMBER, TEXT)}
    assert first.headers["Content-Type"] == "application/json"
    signed = hmac.new(b"secret-of-both", first.body, "sha256").hexdigest()
    assert first.headers["X-Firstline-Signature"] == f"sha256={signed}"
    assert first.headers["Authorization"] == "Bearer token-of-theirs"
    assert "Authorization" not in second.headers


async def test_a_text_that_arrived_without_an_answer_is_the_same_text_again(
    gateway: Gateway, store: Store, clock: Clock
) -> None:
    gateway.faults = ["lost", "mute"]
    async with (
        Webhook(gateway.url, KEYS, allowed(0.1)) as webhook,
        running(store, webhook.send, clock) as one,
    ):
        await one.post("c1:1", NUMBER, TEXT, "c1")
        for attempt in (1, 2):
            await when(store, "waiting", attempt)
            clock.now += PAUSES[attempt - 1]
            one.wake()
        await when(store, "sent", 3)
    assert len(gateway.came) == 3
    assert len({(one.body, one.headers["Idempotency-Key"]) for one in gateway.came}) == 1
    assert gateway.sent == {"c1:1": (NUMBER, TEXT)}


@pytest.mark.parametrize("status", [200, 202, 299])
async def test_every_2xx_is_sent(gateway: Gateway, status: int) -> None:
    gateway.faults = [status]
    async with Webhook(gateway.url, KEYS) as webhook:
        await webhook.send("c1:1", NUMBER, TEXT)


@pytest.mark.parametrize("status", [302, 304, 307, 408, 429, 500, 503])
async def test_what_is_of_the_moment_is_to_be_tried_again(gateway: Gateway, status: int) -> None:
    gateway.faults = [status]
    async with Webhook(gateway.url, KEYS) as webhook:
        with pytest.raises(WebhookError, match=f"answered {status}"):
            await webhook.send("c1:1", NUMBER, TEXT)
    assert len(gateway.came) == 1, "no other address is gone to"


async def test_no_one_is_there() -> None:
    async with Gateway().serving() as gateway:
        url = gateway.url
    async with Webhook(url, KEYS) as webhook:
        with pytest.raises(WebhookError, match="out of reach") as raised:
            await webhook.send("c1:1", NUMBER, TEXT)
    assert url not in str(raised.value)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 410, 422])
async def test_a_refusal_is_for_good(
    gateway: Gateway, store: Store, clock: Clock, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.faults = [status]
    async with Webhook(gateway.url, KEYS) as webhook:
        async with running(store, webhook.send, clock) as one:
            await one.post("c1:1", NUMBER, TEXT, "c1")
            text = await when(store, "failed", 1)
        gateway.faults = [status]
        with pytest.raises(UndeliverableError):
            await webhook.send("c1:1", NUMBER, TEXT)
    assert (text.next_at, text.error) == (None, f"the webhook refused it: {status}")
    assert "attempt 1 failed, given up" in caplog.text


async def test_the_record_of_a_call_reports_what_became_of_its_text(
    gateway: Gateway, tmp_path: Path, clock: Clock
) -> None:
    gateway.faults = [404]
    store = await Store.open(installation(tmp_path).database, BELARUS)
    await store.write(calls.add, whole_call("c1"))
    async with (
        Webhook(gateway.url, KEYS) as webhook,
        running(store, webhook.send, clock) as one,
    ):
        await one.post("c1:1", NUMBER, TEXT, "c1")
        await when(store, "failed", 1)
    await store.close()
    words = ["--state", str(tmp_path), "calls", "show", "c1"]
    done = await asyncio.to_thread(CliRunner().invoke, main, words)
    last = done.stdout.splitlines()[-1]
    assert last == "    text to …0001: failed (the webhook refused it: 404)"


# Its settings.


@pytest.mark.parametrize(
    ("settings", "reported"),
    [
        ('by = "webhook"', "a webhook needs a url, such as https://"),
        ('by = "webhook"\nurl = "ftp://sms"', "a webhook needs a url"),
        ('by = "pigeon"', "$.messages.by"),
        ('url = "https://me:word@sms.example.net/"', "write webhook_token in secrets.toml"),
    ],
)
def test_wrong_settings_are_reported(tmp_path: Path, settings: str, reported: str) -> None:
    (tmp_path / "firstline.toml").write_text(f"[messages]\n{settings}\n")
    with pytest.raises(ConfigError) as caught:
        installation(tmp_path).config({})
    assert reported in str(caught.value)
    assert "word@" not in str(caught.value)


def test_keys_are_beside_the_passwords_or_in_the_environment(tmp_path: Path) -> None:
    state = installation(tmp_path)
    with pytest.raises(ConfigError, match=r'write webhook_secret = "…" into .*secrets\.toml'):
        WebhookKeys.of(state, {})
    file = tmp_path / "secrets.toml"
    file.write_text(f'{file.read_text()}webhook_secret = "secret-of-both"\n')
    assert WebhookKeys.of(state, {}) == WebhookKeys(Secret("secret-of-both"))
    variables = {"FIRSTLINE_WEBHOOK_SECRET": "s", "FIRSTLINE_WEBHOOK_TOKEN": "t"}
    assert WebhookKeys.of(state, variables) == WebhookKeys(Secret("s"), Secret("t"))
    assert state.config(variables).messages.by == "sip"
