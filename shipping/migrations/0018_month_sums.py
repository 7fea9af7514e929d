import django.db.models.deletion
from django.db import migrations, models

import core.common.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_departures"),
        ("carts", "0009_odd_listings"),
        ("shipping", "0017_flow_steps"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("released_to", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("orders", models.PositiveIntegerField(default=0)),
                ("units", models.PositiveIntegerField(default=0)),
                ("priced", models.PositiveIntegerField(default=0)),
                ("sales", models.DecimalField(decimal_places=4, default=0, max_digits=20)),
                ("canceled", models.PositiveIntegerField(default=0)),
                ("shipped", models.PositiveIntegerField(default=0)),
                ("promised", models.PositiveIntegerField(default=0)),
                ("late", models.PositiveIntegerField(default=0)),
                ("packages", models.PositiveIntegerField(default=0)),
                ("tracked", models.PositiveIntegerField(default=0)),
                ("charges", models.DecimalField(decimal_places=4, default=0, max_digits=20)),
                ("times", models.JSONField(default=dict)),
                ("month", models.DateField()),
                (
                    "cart",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="carts.cart"),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "month"], name="month_sums_by_month")],
            },
        ),
        migrations.CreateModel(
            name="SummedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("stale_at", models.DateTimeField(default=core.common.clock.now, null=True)),
                ("marks", models.PositiveIntegerField(default=0)),
                ("summed_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "month"), name="one_row_per_month"),
                ],
            },
        ),
    ]
