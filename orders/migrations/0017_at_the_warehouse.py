from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0016_routing_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("new", "New"),
                    ("held", "Held"),
                    ("error", "Error"),
                    ("at_wms", "At the warehouse"),
                    ("shipped", "Shipped"),
                    ("confirmed", "Confirmed"),
                    ("partly", "Confirmed, in part"),
                    ("canceled", "Canceled"),
                    ("skipped", "Skipped"),
                    ("closed", "Closed"),
                ],
                max_length=10,
            ),
        ),
    ]
