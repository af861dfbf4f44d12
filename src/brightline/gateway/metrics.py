"""Prometheus metrics: plain counters that the hot path adds to, read only when somebody asks.

Every metric carries the agreement and the enclave. No metric names a principal, a mission or a content.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from brightline.domain.description import TextDescription

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
Gauges = Callable[[], Mapping[str, float]]
# Of each meter the fullest of its windows: what it tells, and its first limit, or none.
Meters = Callable[[], Mapping[str, tuple[float, float | None]]]
# Of holds that wait for nobody any more; those that are open have a gauge of their own.
HOLD_STATES = ("approved", "denied", "revoked", "expired", "started", "ended")


@dataclass(slots=True)
class Counters:
    """What the gateway counts; one event loop adds, so no lock is needed."""

    uses: dict[tuple[str, str], int] = field(default_factory=dict)
    leaves: dict[str, int] = field(default_factory=dict)
    unauthenticated: int = 0
    unparsable: int = 0
    running: int = 0
    seconds_sum: float = 0.0
    seconds: list[int] = field(default_factory=lambda: [0] * (len(_BUCKETS) + 1))

    def described(self, found: TextDescription) -> None:
        """The words of one use were described; what cannot be read counts as `unknown`."""
        leaf = found.leaf or found.state.value
        self.leaves[leaf] = self.leaves.get(leaf, 0) + 1

    def ended(self, decision: str, outcome: str, seconds: float) -> None:
        """One use ended: `decision` (`permit`, `forbid`, `hold`, `error`), `outcome`, and how long it took."""
        key = (decision, outcome)
        self.uses[key] = self.uses.get(key, 0) + 1
        self.seconds_sum += seconds
        for place, bound in enumerate(_BUCKETS):
            if seconds <= bound:
                self.seconds[place] += 1
                return
        self.seconds[-1] += 1


class _Collector(Collector):
    """Reads the counters and gauges at scrape time."""

    def __init__(self, counters: Counters, gauges: Gauges, meters: Meters, labels: tuple[str, str]) -> None:
        self._counters = counters
        self._gauges = gauges
        self._meters = meters
        self._labels = list(labels)

    def collect(self) -> Iterator[Metric]:
        """All metric families."""
        yield from self._counted()
        yield self._histogram()
        for name, value in self._gauges().items():
            gauge = GaugeMetricFamily(f"brightline_{name}", _HELP[name], labels=["agreement", "enclave"])
            gauge.add_metric(self._labels, value)
            yield gauge
        yield from self._metered()

    def _metered(self) -> Iterable[Metric]:
        told = self._meters()
        for name, place in (("meter_reading", 0), ("meter_limit", 1)):
            family = GaugeMetricFamily(f"brightline_{name}", _HELP[name], labels=["agreement", "enclave", "meter"])
            for meter, values in sorted(told.items()):
                value = values[place]
                if value is not None:
                    family.add_metric([*self._labels, meter], value)
            yield family

    def _counted(self) -> Iterable[Metric]:
        uses = CounterMetricFamily(
            "brightline_uses", "Uses by decision and outcome", labels=["agreement", "enclave", "decision", "outcome"]
        )
        for (decision, outcome), count in sorted(self._counters.uses.items()):
            uses.add_metric([*self._labels, decision, outcome], count)
        yield uses
        leaves = CounterMetricFamily(
            "brightline_described_uses", "Uses by what their words are for", labels=["agreement", "enclave", "leaf"]
        )
        for leaf, count in sorted(self._counters.leaves.items()):
            leaves.add_metric([*self._labels, leaf], count)
        yield leaves
        for name, count in (
            ("unauthenticated_calls", self._counters.unauthenticated),
            ("unparsable_calls", self._counters.unparsable),
        ):
            family = CounterMetricFamily(f"brightline_{name}", _HELP[name], labels=["agreement", "enclave"])
            family.add_metric(self._labels, count)
            yield family

    def _histogram(self) -> Metric:
        family = HistogramMetricFamily(
            "brightline_use_seconds", "Seconds from a use's first byte to its end", labels=["agreement", "enclave"]
        )
        total, buckets = 0, []
        for bound, count in zip([*map(str, _BUCKETS), "+Inf"], self._counters.seconds, strict=True):
            total += count
            buckets.append((bound, float(total)))
        family.add_metric(self._labels, buckets, self._counters.seconds_sum)
        return family


_HELP = {
    "unauthenticated_calls": "Calls without a valid key, never in the ledger",
    "unparsable_calls": "Calls that could not be read, never in the ledger",
    "running_uses": "Uses running now",
    "connections": "Client connections open now",
    "refused_connections": "Connections closed for what they sent, since start",
    "ready": "1 when the gateway takes uses",
    "ledger_entries": "Entries in the ledger's current shard",
    "ledger_groups": "Commits of the sequencer since start",
    "ledger_commit_seconds": "Seconds the sequencer spent in commits since start",
    "ledger_published": "Entries in the published log",
    "ledger_failures": "How often the ledger could not write, since start",
    "ledger_open_intents": "Intents without an outcome yet",
    "ledger_bytes_per_use": "Bytes stored per use, mean since start",
    "engine_differences": "Uses that the two policy engines decided differently, since start: each was refused",
    "store_differences": "Holds of which the store lacks what the log says, found at the start: none of them passes",
    "agreement_version": "The version of the agreement in force",
    "agreement_seconds_left": "Seconds until the agreement expires",
    "statement_seconds_left": "Seconds until the statement that the agreement is current runs out",
    "holds_open": "Holds that wait for people",
    "holds_oldest_seconds": "How long the oldest open hold has waited",
    **{f"holds_{state}": f"Holds that are {state}, in this store" for state in HOLD_STATES},
    "reviews_overdue": "Reviews of broken glass that are overdue",
    "meter_reading": "What the fullest window of a meter tells",
    "meter_limit": "Beyond what the fullest window of a meter refuses or holds",
    "disk_free_bytes": "Free bytes on the ledger's disk",
    "disk_days_left": "Days until the watermark at the rate since start",
}


class Metrics:
    """The registry behind `GET /metrics`."""

    def __init__(self, counters: Counters, gauges: Gauges, meters: Meters, *, agreement: str, enclave: str) -> None:
        self.counters = counters
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(counters, gauges, meters, (agreement, enclave)))

    def text(self) -> bytes:
        """The exposition text."""
        return generate_latest(self._registry)
