"""The service's figures for Prometheus: requests, messages, the model, and what it says of late; no mail, no address.

Other parts register gauges of their own on ``Metrics.registry``. Drift is measured elsewhere and shown here with
:meth:`Metrics.show_drift`.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from data.records import Assessment
from data.taxonomy import LABELS
from service.champion import Champion

RECENT = 500  # messages of a language over which probabilities are averaged
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts what goes on in this process. Safe to share between threads."""

    def __init__(self, champion: Champion) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kyp_requests", "Answered requests", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "kyp_request_seconds", "Time to answer", ("method", "route"), buckets=SECONDS, registry=self.registry
        )
        self._under_way = Gauge("kyp_requests_under_way", "Requests being answered", registry=self.registry)
        self._messages = Counter("kyp_messages", "New messages by way in", ("way",), registry=self.registry)
        self._labels = Counter(
            "kyp_message_labels", "Labels that new messages bear", ("label", "lang"), registry=self.registry
        )
        self._urgency = Counter("kyp_message_urgency", "New messages by urgency", ("level",), registry=self.registry)
        self._drift = Gauge(
            "kyp_probability_drift", "Mean probability now minus that in training", ("label", "lang"),
            registry=self.registry,
        )  # fmt: skip
        self._recent = _Recent()
        self.registry.register(self._recent)
        self.registry.register(_ModelInfo(champion))
        ProcessCollector(registry=self.registry)

    def began(self) -> None:
        """A request came."""
        self._under_way.inc()

    def answered(self, method: str, route: str, status: int | None, seconds: float) -> None:
        """A request was answered; ``route`` is the template, ``status`` None where the client had gone."""
        self._under_way.dec()
        self._requests.labels(method, route, str(status or "gone")).inc()
        self._seconds.labels(method, route).observe(seconds)

    def took(self, assessment: Assessment) -> None:
        """A new message was stored."""
        self._messages.labels(_way(assessment.source)).inc()
        self._urgency.labels(str(assessment.urgency.level)).inc()
        for signal in assessment.signals:
            if signal.present:
                self._labels.labels(signal.label, assessment.lang).inc()
        self._recent.add(assessment)

    def show_drift(self, label: str, lang: str, difference: float) -> None:
        """Show how far the mean probability of a label in a language lies from that in training."""
        self._drift.labels(label, lang).set(difference)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _Recent(Collector):
    """Mean probabilities over the latest messages of each language."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: defaultdict[str, deque[tuple[float, ...]]] = defaultdict(lambda: deque(maxlen=RECENT))

    def add(self, assessment: Assessment) -> None:
        if len(assessment.signals) == len(LABELS):
            with self._lock:
                self._rows[assessment.lang].append(tuple(signal.probability for signal in assessment.signals))

    def collect(self) -> Iterator[Metric]:
        means = GaugeMetricFamily(
            "kyp_probability_mean", f"Mean over the latest {RECENT} messages of a language", labels=("label", "lang")
        )
        counts = GaugeMetricFamily("kyp_probability_messages", "Messages that the means are over", labels=("lang",))
        with self._lock:
            rows = {lang: tuple(kept) for lang, kept in self._rows.items()}
        for lang, kept in rows.items():
            counts.add_metric((lang,), len(kept))
            for label, column in zip(LABELS, zip(*kept, strict=True), strict=True):
                means.add_metric((label, lang), sum(column) / len(column))
        yield from (means, counts)


class _ModelInfo(Collector):
    """Which model judges, and whether a newer one was refused, as of now."""

    def __init__(self, champion: Champion) -> None:
        self._champion = champion

    def collect(self) -> Iterable[Metric]:
        info = GaugeMetricFamily("kyp_model_info", "The model in use", labels=("version",))
        if self._champion.version is not None:
            info.add_metric((self._champion.version,), 1)
        refused = GaugeMetricFamily("kyp_model_refused", "1 where the registry's champion could not be taken up")
        refused.add_metric((), float(self._champion.refused is not None))
        return (info, refused)


def _way(source: str) -> str:
    """The way in without what names a single message or folder: ``imap:INBOX#7`` is ``imap``."""
    return source.partition("#")[0].partition(":")[0] or "unknown"
