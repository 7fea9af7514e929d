from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0004_exchanges_by_operation"),
    ]

    operations = [
        migrations.AddField(model_name="exchange", name="sent", field=models.PositiveIntegerField(null=True)),
        migrations.AddField(model_name="exchange", name="received", field=models.PositiveIntegerField(null=True)),
    ]
