
import wagtail.models.preview
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("giving", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "permissions": [("view_gifts", "See gifts and their donors"), ("enter_gifts", "Enter gifts, batches and bank credits"), ("refund_gifts", "Refund gifts"), ("export_gifts", "Export gifts"), ("resend_receipts", "Send receipts again"), ("edit_forms", "Make and change donation forms"), ("edit_charities", "Change charities and funds"), ("view_reports", "See reports"), ("view_audit", "Read the audit log")],
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EditableForm",
            fields=[
            ],
            options={
                "verbose_name": "form",
                "verbose_name_plural": "forms",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(wagtail.models.preview.PreviewableMixin, "giving.donationform"),
        ),
    ]
