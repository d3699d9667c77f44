"""Every metric: its name, its labels, and what it counts; docs/monitoring.md lists them.

Labels have few values, and none of them comes from a caller: no number, name or key of a person.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_WAITS = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0)


class Metrics:
    """The metrics that are counted as things happen. Cheap: some microseconds each."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series for each
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.calls = Counter(
            "firstline_calls",
            "Calls that ended, by line (ari: voice, ussd: text sessions) and ending.",
            ("line", "ending"),
            registry=registry,
        )
        self.continued = Counter(
            "firstline_calls_continued",
            "Calls that went on in their menu after a restart of the application.",
            ("line",),
            registry=registry,
        )
        self.in_progress = Gauge(
            "firstline_calls_in_progress",
            "Calls whose session runs: in a menu, in a queue or with an agent.",
            ("line",),
            registry=registry,
        )
        self.overload = Gauge(
            "firstline_overload",
            "Whether new callers are led to the fallback, as there are more than can be served.",
            registry=registry,
        )
        self.steps = Counter(
            "firstline_steps",
            "Steps of flows, by kind of node and how they went.",
            ("kind", "result"),
            registry=registry,
        )
        self.key_to_sound = Histogram(
            "firstline_key_to_sound_seconds",
            "From the key that completes an input to the request to play what follows.",
            buckets=_FAST,
            registry=registry,
        )
        self.unheard = Counter(
            "firstline_screens_unheard",
            "Screens that Asterisk could not play, or not whole, to a caller who was there.",
            registry=registry,
        )
        self.queue_wait = Histogram(
            "firstline_queue_wait_seconds",
            "How long callers waited in a queue until an agent answered or they hung up.",
            ("queue", "result"),
            buckets=_WAITS,
            registry=registry,
        )
        self.store = Histogram(
            "firstline_store_seconds",
            "Transactions of the database, with the wait for their turn.",
            ("access",),
            buckets=_FAST,
            registry=registry,
        )
        self.voice = Histogram(
            "firstline_voice_seconds",
            "Sentences that an engine spoke, with the wait for a free process.",
            ("engine",),
            buckets=_FAST,
            registry=registry,
        )
        self.fallbacks = Counter(
            "firstline_voice_fallbacks",
            "Sentences that an engine could not speak, so that the next one was asked.",
            ("engine",),
            registry=registry,
        )

    def stored(self, access: str, seconds: float) -> None:
        """A transaction ended; see :meth:`ari_app.store.db.Store.watched_by`."""
        self.store.labels(access).observe(seconds)

    # See prompts.speech_meter.SpeechMeter.

    def spoke(self, engine: str, seconds: float) -> None:
        """An engine spoke a sentence."""
        self.voice.labels(engine).observe(seconds)

    def fell_back(self, engine: str) -> None:
        """Another engine was asked for a sentence."""
        self.fallbacks.labels(engine).inc()
