"""What workers and their calls need of the store, as :mod:`tests.store.every_statement`."""

from collections.abc import Iterator

from ari_app.store import checkpoints, left_calls, nodes, workers
from ari_app.store.sqlite import Database
from ari_app.store.workers import Worker
from tests.store.big_ids import CALL, HOUR, NOW, Use


def _drain(db: Database, one: Worker) -> None:
    workers.put_off(db, one, NOW, NOW + HOUR)
    nodes.drain(db, one.name, NOW, force=True)


def of_workers() -> Iterator[tuple[str, Use]]:
    yield "left_calls.close_lost", left_calls.close_lost
    yield "left_calls.owner", lambda db: left_calls.owner(db, CALL)
    yield "left_calls.own", lambda db: left_calls.own(db, (CALL,), 0)
    yield "left_calls.left", lambda db: left_calls.left(db, ("ari",), 1)
    yield "checkpoints.of", lambda db: checkpoints.of(db, (CALL,))
    yield "checkpoints.on", lambda db: checkpoints.on(db, "channel")
    one = Worker("one", "here", "firstline-one", epoch=1)
    yield "workers.enter", lambda db: workers.enter(db, one, NOW, NOW + HOUR)
    yield "workers.beat", lambda db: workers.beat(db, one, NOW, NOW + HOUR, ("ari",))
    yield "workers.hold", lambda db: workers.hold(db, "lead", 1, NOW)
    yield "workers.put_off", lambda db: workers.put_off(db, one, NOW, NOW + HOUR)
    yield "workers.alone", lambda db: workers.alone(db, one, NOW, NOW + HOUR)
    yield "workers.leading_pod", workers.leading_pod
    yield "workers.leave", lambda db: workers.leave(db, 1, NOW)
    yield "nodes.drain", lambda db: _drain(db, one)
    yield "nodes.undrain", lambda db: nodes.undrain(db, "one")
    yield "nodes.drained", nodes.drained
    yield "nodes.calls_of", lambda db: nodes.calls_of(db, "one")
    yield "nodes.cluster_state", lambda db: nodes.cluster_state(db, NOW)
    yield "checkpoints.put", lambda db: checkpoints.put(db, (), (CALL,))
    yield "checkpoints.forget", lambda db: checkpoints.forget(db, (CALL,))
