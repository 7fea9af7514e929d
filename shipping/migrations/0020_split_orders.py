import django.db.models.deletion
from django.db import migrations, models

OF_ORDER = {"db_index": False, "on_delete": django.db.models.deletion.CASCADE, "to": "orders.order"}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_first_steps"),
        ("orders", "0019_split_orders"),
        ("shipping", "0019_releases_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="release",
            name="part",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="recall",
            name="is_of_part",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="release",
            name="order",
            field=models.ForeignKey(related_name="releases", related_query_name="release", **OF_ORDER),
        ),
        migrations.AlterField(
            model_name="recall",
            name="order",
            field=models.ForeignKey(related_name="recalls", related_query_name="recall", **OF_ORDER),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("order", "part"), name="one_release_per_part"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part__gt", 0)), fields=("order", "warehouse"), name="one_part_per_warehouse"
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.UniqueConstraint(fields=("order", "warehouse"), name="one_recall_per_warehouse"),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(condition=models.Q(("part__gt", 0)), fields=["warehouse"], name="releases_in_part"),
        ),
        migrations.CreateModel(
            name="ReleaseLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="released", to="orders.line"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="shipping.release",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("release", "line"), name="one_row_per_line_in_a_release")
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderSplitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=False)),
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
                "constraints": [models.UniqueConstraint(fields=("organization",), name="one_splitting_of_a_house")],
            },
        ),
    ]
