from django.db import migrations, models

from almoner.charities.online import AddIndexOnline


class Migration(migrations.Migration):

    # On PostgreSQL the index is built while others write.
    atomic = False

    dependencies = [
        ('plans', '0008_sealed'),
    ]

    operations = [
        AddIndexOnline(
            model_name='plan',
            index=models.Index(condition=models.Q(('method_mark__isnull', False)), fields=['method_mark'], name='plans_plan_mark'),
        ),
    ]
