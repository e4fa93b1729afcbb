"""Drift among the service's figures: measured anew every ten minutes, when somebody asks for the figures."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from data.errors import KypError
from model.drift import Drift
from service.champion import Champion
from service.drift import DriftWatch

FRESH = timedelta(minutes=10)
ShowMean = Callable[[str, str, float], None]

log = logging.getLogger("kyp.model")


class DriftFigures(Collector):
    """``kyp_drift_warning`` by label and language: 1 where mail has come to differ from training, 0 where not.

    ``show_mean`` is told how far the mean probabilities lie from those in training.
    """

    def __init__(
        self, watch: DriftWatch, champion: Champion, clock: Callable[[], datetime], show_mean: ShowMean
    ) -> None:
        self._watch = watch
        self._champion = champion
        self._clock = clock
        self._show_mean = show_mean
        self._measured_at: datetime | None = None
        self._drifts: tuple[Drift, ...] = ()

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The warnings as they were at most ten minutes ago."""
        now = self._clock()
        if self._measured_at is None or now - self._measured_at >= FRESH:
            self._measured_at = now
            self._drifts = self._measured()
        family = GaugeMetricFamily(
            "kyp_drift_warning", "A label is found far more or less often than in training", labels=("label", "lang")
        )
        for one in self._drifts:
            family.add_metric((one.label, one.language), float(one.warned))
        yield family

    def _measured(self) -> tuple[Drift, ...]:
        version = self._champion.version
        if version is None:
            return ()
        try:
            found = self._watch.windows(version, 1)[0].drifts
        except (KypError, SQLAlchemyError) as error:
            log.warning("drift not measured", extra={"reason": type(error).__name__})
            return self._drifts
        for one in found:
            self._show_mean(one.label, one.language, one.now.mean - one.trained.mean)
        return found
