from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_kept_log_and_sign_in_tries"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="staff",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": [
                    ("view_gifts", "See gifts and their donors"),
                    ("enter_gifts", "Enter gifts, batches and bank credits"),
                    ("refund_gifts", "Refund gifts"),
                    ("export_gifts", "Export gifts"),
                    ("resend_receipts", "Send receipts again"),
                    ("erase_donors", "Erase donors’ personal data"),
                    ("edit_forms", "Make and change donation forms"),
                    ("edit_charities", "Change charities and funds"),
                    ("view_reports", "See reports"),
                    ("view_audit", "Read the audit log"),
                ],
            },
        ),
    ]
