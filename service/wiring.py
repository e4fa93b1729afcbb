"""The one place that builds things: from settings to the parts of a running service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from data.hours import WorkingHours
from data.strategies import load_playbook
from model.facts import ClientFacts
from model.registry import Registry
from service.adviser import Adviser
from service.champion import Champion
from service.handling import Desk
from service.settings import Settings
from service.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that the entrances share."""

    settings: Settings
    champion: Champion
    adviser: Adviser
    store: Store
    desk: Desk


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def build_registry(settings: Settings) -> Registry:
    """The models on disk."""
    return Registry(settings.models_folder)


def build_adviser(settings: Settings) -> Adviser:
    """The playbook with the provider's hours (InputError where a text or the hours cannot be used)."""
    provider = ClientFacts(working_hours=WorkingHours.parse(settings.working_hours), timezone=settings.zone)
    return Adviser(load_playbook(settings.playbook), provider)


def build_service(settings: Settings, clock: Callable[[], datetime] = now, champion: Champion | None = None) -> Service:
    """Build all parts; the store's schema is brought up to date, the model is loaded on the first need.

    A ``champion`` that is loaded already may be shared by several services.
    """
    adviser = build_adviser(settings)
    champion = champion or Champion(build_registry(settings))
    store = open_store(settings.store_url)
    return Service(settings, champion, adviser, store, Desk(champion, adviser, store, clock))
