"""No number is kept for a listing any more. Apart from 0005: PostgreSQL alters no table whose rows it has just changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("carts", "0005_listings_page_by_page"), ("inventory", "0005_one_number_per_account")]

    operations = [
        migrations.RemoveField("stockupdate", "listing"),
        migrations.AlterField(
            model_name="stockupdate",
            name="grant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="stock_updates", to="carts.grant"
            ),
        ),
        migrations.AlterField("stockupdate", "sku", models.CharField(max_length=255)),
        migrations.AddConstraint(
            model_name="stockupdate",
            constraint=models.UniqueConstraint(fields=("grant", "sku"), name="one_stock_update_per_account_and_sku"),
        ),
    ]
