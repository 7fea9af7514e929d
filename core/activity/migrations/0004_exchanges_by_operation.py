from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0003_call_counts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(fields=["organization", "operation", "-id"], name="exchanges_by_operation"),
        ),
    ]
