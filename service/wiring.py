"""The one place that builds things: from settings to the parts of a running service (its first half: judging)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from model.registry import Registry
from service.adviser import Adviser
from service.answers.answering import Answering, build_answering
from service.catalogue import Catalogue, InterfaceLanguage, load_catalogues
from service.champion import Champion
from service.client_report import Reporter
from service.clientele import Clientele
from service.clock import now
from service.corrections import Corrections
from service.drift import DriftWatch
from service.drift_figures import DriftFigures
from service.handling import Desk
from service.inbound.doors import Doors, build_doors
from service.inbound.intake import Intake
from service.judging import build_adviser, build_registry
from service.label_queue import LabelQueue
from service.metrics import Metrics
from service.rates import Rates
from service.sessions import Sessions
from service.settings import Settings
from service.store import Store, open_store
from service.tokens import Tokens
from service.turns import Turns
from service.week import WeekPlanner


@dataclass(frozen=True, slots=True)
class Records:
    """What is kept, and what is read from it; no model is needed for that."""

    adviser: Adviser
    store: Store
    clients: Clientele
    corrections: Corrections
    reporter: Reporter
    planner: WeekPlanner


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that the entrances share."""

    settings: Settings
    registry: Registry
    champion: Champion
    adviser: Adviser
    store: Store
    clients: Clientele
    corrections: Corrections
    queue: LabelQueue
    reporter: Reporter
    planner: WeekPlanner
    desk: Desk
    intake: Intake
    answering: Answering | None
    doors: Doors
    tokens: Tokens
    sessions: Sessions
    rates: Rates
    drift: DriftWatch
    metrics: Metrics
    turns: Turns
    catalogues: Mapping[InterfaceLanguage, Catalogue]
    clock: Callable[[], datetime]

    def today(self) -> date:
        """The provider's calendar day."""
        return self.clock().astimezone(self.settings.zone).date()


def build_service(settings: Settings, clock: Callable[[], datetime] = now, champion: Champion | None = None) -> Service:
    """Build all parts; the store's schema is brought up to date, the model is loaded on the first need.

    A ``champion`` that is loaded already may be shared by several services.
    """
    kept = build_records(settings, clock)
    registry = build_registry(settings)
    champion = champion or Champion(registry)
    metrics = Metrics(champion)
    drift = DriftWatch(kept.store.engine, registry, clock)
    metrics.registry.register(DriftFigures(drift, champion, clock, metrics.show_drift))
    desk = Desk(champion, kept.adviser, kept.store, kept.clients, clock, metrics.took)
    own = frozenset(name.lower() for name in settings.smtp_recipients)
    answering = build_answering(settings, own, kept.store, clock)
    return Service(
        settings=settings,
        registry=registry,
        champion=champion,
        adviser=kept.adviser,
        store=kept.store,
        clients=kept.clients,
        corrections=kept.corrections,
        queue=LabelQueue(kept.store.engine, kept.corrections, champion),
        reporter=kept.reporter,
        planner=kept.planner,
        desk=desk,
        intake=Intake(desk, answering),
        answering=answering,
        doors=build_doors(settings, clock),
        tokens=Tokens(kept.store.engine, clock),
        sessions=Sessions(kept.store.engine, clock, timedelta(hours=settings.session_hours)),
        rates=Rates(settings.rate_limit, settings.failure_limit),
        drift=drift,
        metrics=metrics,
        turns=Turns(settings.taking_threads),
        catalogues=load_catalogues(),
        clock=clock,
    )


def build_records(settings: Settings, clock: Callable[[], datetime] = now) -> Records:
    """Open what is kept; the store's schema is brought up to date."""
    adviser = build_adviser(settings)
    store = open_store(settings.store_url)
    clients = _clientele(settings, store, adviser, clock)
    corrections = Corrections(store.engine, clock)
    reporter, planner = Reporter(clients, store, adviser), WeekPlanner(clients, corrections, adviser)
    return Records(adviser, store, clients, corrections, reporter, planner)


def _clientele(settings: Settings, store: Store, adviser: Adviser, clock: Callable[[], datetime]) -> Clientele:
    """The clients in the store, by the provider's calendar."""

    def today(moment: datetime) -> date:
        return moment.astimezone(settings.zone).date()

    return Clientele(store.engine, clock, today, adviser.playbook.thresholds.asked_recently_days)
