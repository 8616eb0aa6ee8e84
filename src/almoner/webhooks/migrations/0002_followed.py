from django.db import migrations


class Migration(migrations.Migration):
    """What was read ahead of the safe mark is read once more: an event is unique to its endpoint."""

    dependencies = [
        ("webhooks", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="tail", name="webhooks_tail_in_order"),
        migrations.RemoveField(model_name="tail", name="front_id"),
        migrations.RemoveField(model_name="tail", name="fence_id"),
        migrations.RemoveField(model_name="tail", name="fence_xid"),
        migrations.RemoveField(model_name="tail", name="fence_at"),
        migrations.RenameField(model_name="tail", old_name="safe_id", new_name="after"),
    ]
