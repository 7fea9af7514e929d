from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_orders_by_ending")]

    operations = [
        migrations.AddField(model_name="listlayout", name="view_order", field=models.JSONField(default=list)),
    ]
