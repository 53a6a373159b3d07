"""The outbox, which is also the ledger: every message ends in one terminal state."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q

from patients.models.accounts import User
from patients.models.care import Patient

IN_HAND = ("leased", "sending")


class MessageManager(models.Manager["Message"]):
    def store(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert ready rows, each its values by column; an occurrence already there stays.

        All rows name the same columns. The same end as `bulk_create` at a fifth of
        its cost: in the morning minute thousands are posted.
        """
        if not rows:
            return
        fields, at = self.model._meta.concrete_fields, connections[self.db]
        prepared = [_prepared(field, rows, at) for field in fields]
        table, names = self.model._meta.db_table, ", ".join(str(field.column) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        with transaction.atomic(savepoint=False), at.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING",  # noqa: S608
                list(zip(*prepared, strict=True)),
            )


def _prepared(
    field: models.Field[Any, Any], rows: Sequence[Mapping[str, Any]], at: BaseDatabaseWrapper
) -> Iterable[Any]:
    """One column as the database takes it; equal values are prepared once."""
    ready = partial(field.get_db_prep_save, connection=at)
    name = field.attname
    if name not in rows[0]:
        return [ready(field.get_default())] * len(rows)
    values = [row[name] for row in rows]
    if field.unique:
        return map(ready, values)
    if isinstance(field, models.JSONField):
        written = {id(value): ready(value) for value in values}
        return [written[id(value)] for value in values]
    known = {value: ready(value) for value in set(values)}
    return map(known.__getitem__, values)


class Message(models.Model):
    """One message to one person by one channel. Params hold ids only, no health data.

    `message_id` is made from recipient, patient, kind, occurrence and channel
    before the first attempt; being unique it keeps an occurrence from being
    posted twice. `available_at` is set while it waits, `lease_until` while a
    worker has it: the two partial indexes hold no more than that.
    """

    PENDING, LEASED, SENDING = "pending", "leased", "sending"
    SENT, EXPIRED, CANCELLED, DEAD = "sent", "expired", "cancelled", "dead"
    STATES = (PENDING, LEASED, SENDING, SENT, EXPIRED, CANCELLED, DEAD)
    TERMINAL = (SENT, EXPIRED, CANCELLED, DEAD)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=24)
    occurrence = models.CharField(max_length=100)
    recipient = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    address = models.EmailField(blank=True, help_text="For people without an account yet.")
    channel = models.CharField(max_length=16, default="email")
    message_id = models.CharField(max_length=120, unique=True)
    params = models.JSONField(default=dict)
    priority = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default=PENDING)
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    ambiguous_count = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    posted_at = models.DateTimeField()

    objects: ClassVar[MessageManager] = MessageManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=IN_HAND, lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state__in=IN_HAND) & Q(lease_token__isnull=True, lease_until__isnull=True)),
                name="message_lease_while_in_hand",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", available_at__isnull=False)
                | (~Q(state="pending") & Q(available_at__isnull=True)),
                name="message_available_while_pending",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_when"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gte=F("due_at")),
                name="message_expires_after_due",
            ),
            models.UniqueConstraint(
                fields=["recipient", "patient", "kind", "occurrence", "channel"],
                name="message_once_per_occurrence",
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(address=""), name="message_goes_somewhere"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "available_at"],
                condition=Q(available_at__isnull=False),
                name="message_pending",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(lease_until__isnull=False),
                name="message_in_hand",
            ),
            models.Index(
                fields=["lease_token"],
                condition=Q(lease_token__isnull=False),
                name="message_by_lease",
            ),
        ]

    @property
    def email(self) -> str:
        return self.recipient.email if self.recipient else self.address
