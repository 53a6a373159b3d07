"""How PostgreSQL keeps the outbox: room on each page, and vacuumed early.

A message is updated three times on its way. With room on its page the step to
*sending*, which changes no index, stays there; and what is dead is cleared at two
per cent, not at twenty. Other databases need nothing.
"""

from django.db import migrations

KEPT = (
    "fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, "
    "autovacuum_analyze_scale_factor = 0.02"
)


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE patients_message SET ({KEPT})")


def as_before(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE patients_message RESET (fillfactor, "
            "autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)"
        )


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_news")]

    operations = [migrations.RunPython(keep, as_before)]
