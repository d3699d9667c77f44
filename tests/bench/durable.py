"""What was acknowledged is stored: `python -m tests.bench.durable [--rounds 30]`.

In each round a process writes what agents type, orders, and texts to subscribers, as the
application does, and is killed (`kill -9`) in the midst of it. What it had acknowledged is compared
with what is stored; the next round goes on with the same database.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from select import select
from tempfile import TemporaryDirectory
from time import monotonic
from traceback import print_exc

import click
from msgspec import Struct, json

from ari_app.desk.cards.caller_profile import Arrival
from ari_app.desk.cards.card_store import CardRecord
from ari_app.messaging.outbox import Outbox
from ari_app.store import agents, cards, orders, outbox
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.open_database import damage, open_reader
from ari_app.store.sqlite import Database
from ari_app.workplace.cards import StoredCards
from ivr.secret import Secret
from tests.fulfilment.harness import NUMBERS, Harness, gift
from tests.operators import BELARUS
from tests.selfcare.fake_billing import FakeBilling

CARDS = 4
"""How many cards are typed on at the same time, and so many orders and texts are under way."""
Say = Callable[[str, str, str], None]
AGENT = "bench"
EVERYTHING = 10_000_000


class Acknowledged(Struct, frozen=True):
    """What a person was shown: ``value`` is the text that is stored, or the outcome of an order."""

    kind: str
    key: str
    value: str


class Round(Struct, frozen=True):
    """How many of each kind were acknowledged in a round, and what is missing of them."""

    acknowledged: dict[str, int]
    missing: tuple[Acknowledged, ...]
    damage: str


def rounds(file: Path, count: int, seconds: float, chance: Random) -> Iterator[Round]:
    """Each round, as it has ended; its process is killed within ``seconds`` of its first word."""
    said: list[Acknowledged] = []
    for number in range(count):
        new = _killed(file, number, chance.uniform(0.1, 1.0) * seconds)
        said += new
        kinds = {kind: sum(one.kind == kind for one in new) for kind in ("typed", "order", "text")}
        with closing(open_reader(file, 5.0, BELARUS)) as db:
            yield Round(kinds, tuple(_missing(db, said)), damage(file))


def _killed(file: Path, number: int, seconds: float) -> list[Acknowledged]:
    """What a process acknowledged that was killed in the midst of its work."""
    heard, sent = os.pipe()
    child = os.fork()
    if not child:
        try:
            asyncio.run(_work(file, number, sent))
        except BaseException:  # noqa: BLE001 - it is printed
            print_exc()
        finally:
            os._exit(1)
    os.close(sent)
    lines, end = b"", None
    while end is None or monotonic() < end:
        ready, _, _ = select([heard], [], [], 0.01)
        if ready:
            lines += (some := os.read(heard, 1 << 16))
            assert some, "the process ended by itself"
            end = end or monotonic() + seconds
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while some := os.read(heard, 1 << 16):
        lines += some
    os.close(heard)
    whole = lines[: lines.rfind(b"\n") + 1]
    return [json.decode(line, type=Acknowledged) for line in whole.splitlines()]


async def _work(file: Path, number: int, sent: int) -> None:
    """Write without end, and say what was acknowledged."""

    def say(kind: str, key: str, value: str) -> None:
        os.write(sent, json.encode(Acknowledged(kind, key, value)) + b"\n")

    billing = FakeBilling()
    billing.accounts[1].money = Decimal(10) ** 9
    billing.accounts[1].left["minutes"] = 10**9
    harness = await Harness.open(billing, file, 5.0)
    await harness.store.write(_agent)
    async with asyncio.TaskGroup() as tasks:
        for each in range(CARDS):
            tasks.create_task(_type(StoredCards(harness.store), f"{number:08x}{each:08x}", say))
            tasks.create_task(_order(harness, f"r{number}c{each}", say))
            tasks.create_task(_text(harness, f"r{number}t{each}", say))


async def _type(stored: StoredCards, id: str, say: Say) -> None:
    arrival = Arrival(channel=id, number=NUMBERS[1], subscriber=1)
    await stored.open(CardRecord(id=id, agent=AGENT, arrival=arrival, opened=datetime.now(UTC)))
    for burst in range(EVERYTHING):
        text = f"typed {burst}"
        await stored.save(id, AGENT, "question", f"{id}-{burst}", text, datetime.now(UTC))
        say("typed", id, text)


async def _order(harness: Harness, call: str, say: Say) -> None:
    for order in range(EVERYTHING):
        key = f"{call}:{order}"
        answered = await harness.run("gift", gift(1), key=key)
        say("order", key, answered.outcome)


async def _text(harness: Harness, name: str, say: Say) -> None:
    posting = Outbox(harness.store, _unsent, lambda: harness.now)
    for text in range(EVERYTHING):
        key = f"{name}:{text}"
        await posting.post(key, NUMBERS[2], key)
        say("text", key, key)


def _missing(db: Database, said: list[Acknowledged]) -> Iterator[Acknowledged]:
    """What was acknowledged and is not stored."""
    ordered = {one.key: one.state for one in orders.recent(db, EVERYTHING)}
    sent = {one.key for one in outbox.recent(db, EVERYTHING)}
    typed = {one.key: cards.texts(db, one.key) for one in said if one.kind == "typed"}
    for one in said:
        match one.kind:
            case "typed":
                is_there = _burst(typed[one.key].get("question", "typed -1")) >= _burst(one.value)
            case "order":
                is_there = one.key in ordered and (one.value != "ok" or ordered[one.key] == "done")
            case _:
                is_there = one.key in sent
        if not is_there:
            yield one


def _burst(text: str) -> int:
    return int(text.removeprefix("typed "))


def _agent(db: Database) -> None:
    if agents.by_name(db, AGENT) is None:
        agents.add(db, [Agent(AGENT, "Bench", "7001", ("en",), "7001", Secret("x" * 24))])


async def _unsent(_key: str, _number: str, _text: str) -> None:
    """Nothing is sent."""


async def _speed(file: Path, seconds: float) -> Iterator[str]:
    """Commits a second, with and without waiting for the disk, of one writer and of many."""
    store = await Store.open(file, BELARUS)
    await store.write(lambda db: db.conn.execute("create table measured (n integer)").rowcount)
    lines = []
    for writers in (1, 10, 100):
        for name, write in (("full", store.write), ("normal", store.write_unsynced)):
            end = monotonic() + seconds

            async def writing(
                write: Callable[..., Awaitable[int]] = write, end: float = end
            ) -> int:
                count = 0
                while monotonic() < end:
                    await write(_measured)
                    count += 1
                return count

            done = sum(await asyncio.gather(*(writing() for _ in range(writers))))
            lines.append(f"{writers:3} writers, {name:6}: {done / seconds:7.0f} commits/s")
    await store.close()
    return iter(lines)


def _measured(db: Database) -> int:
    return db.conn.execute("insert into measured values (1)").rowcount


@click.command(help=__doc__)
@click.option("--speed", is_flag=True, help="Measure commits a second instead.")
@click.option("--rounds", "count", default=30, show_default=True)
@click.option("--seconds", default=1.5, show_default=True, help="How long a round lasts at most.")
@click.option("--seed", default=1, show_default=True)
def main(speed: bool, count: int, seconds: float, seed: int) -> None:
    """Print each round; exit code 1 if anything is missing."""
    total, missing = dict.fromkeys(("typed", "order", "text"), 0), 0
    with TemporaryDirectory() as directory:
        file = Path(directory) / "firstline.db"
        if speed:
            for line in asyncio.run(_speed(file, seconds)):
                click.echo(line)
            return
        for number, one in enumerate(rounds(file, count, seconds, Random(seed)), 1):
            missing += len(one.missing) + bool(one.damage)
            total = {kind: total[kind] + one.acknowledged[kind] for kind in total}
            lost = one.missing or "nothing"
            click.echo(f"{number}: {one.acknowledged}, missing: {lost} {one.damage}")
    click.echo(f"{count} rounds, acknowledged {sum(total.values())} ({total}), missing {missing}")
    raise SystemExit(bool(missing))


if __name__ == "__main__":
    main()
