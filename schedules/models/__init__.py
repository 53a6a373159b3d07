"""Names the models for Django; import them from their own files."""

from schedules.models.aftercare import AftercareAnswer
from schedules.models.doses import DoseEntry
from schedules.models.feeds import Feed
from schedules.models.plans import PlanEvent, Revision, TaperPlan
from schedules.models.reminders import ReminderTime
from schedules.models.requests import ChangeRequest
from schedules.models.supply import SupplyCount

__all__ = [
    "AftercareAnswer",
    "ChangeRequest",
    "DoseEntry",
    "Feed",
    "PlanEvent",
    "ReminderTime",
    "Revision",
    "SupplyCount",
    "TaperPlan",
]
