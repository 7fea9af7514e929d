import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0009_list_layouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedfilter",
            name="shared",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listlayout",
            name="opens",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="orders.savedfilter"
            ),
        ),
    ]
