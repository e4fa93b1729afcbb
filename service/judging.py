"""The first part of the wiring, for judging without keeping: the models and the adviser, quick to import."""

from data.hours import WorkingHours
from data.strategies import load_playbook
from model.facts import ClientFacts
from model.registry import Registry
from service.adviser import Adviser
from service.settings import Settings


def build_registry(settings: Settings) -> Registry:
    """The models on disk."""
    return Registry(settings.models_folder, settings.prior, settings.encoder)


def build_adviser(settings: Settings) -> Adviser:
    """The playbook with the provider's hours (InputError where a text or the hours cannot be used)."""
    hours = WorkingHours.parse(settings.working_hours)
    provider = ClientFacts(working_hours=hours, timezone=settings.zone, holidays=settings.holidays)
    return Adviser(load_playbook(settings.playbook), provider)
