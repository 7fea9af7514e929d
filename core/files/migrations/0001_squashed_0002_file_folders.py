import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("files", "0001_kept_files"), ("files", "0002_file_folders")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("orders", "Orders"),
                            ("tracking", "Tracking"),
                            ("shipments", "Shipments"),
                            ("stock", "Stock"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("is_ours", models.BooleanField(default=False)),
                (
                    "came_by",
                    models.CharField(
                        choices=[("page", "On its page"), ("folder", "Folder")], default="page", max_length=6
                    ),
                ),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("counts", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
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
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "-at"], name="files_of_a_subject"),
                    models.Index(condition=models.Q(("sealed__isnull", False)), fields=["at"], name="files_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_ours", False), models.Q(("kind", "stock"), _negated=True)),
                        fields=("subject_kind", "subject_id", "kind", "digest"),
                        name="the_same_file_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_ours", True)),
                        fields=("subject_kind", "subject_id", "name"),
                        name="one_file_per_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptRows",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("orders", "Orders"),
                            ("tracking", "Tracking"),
                            ("shipments", "Shipments"),
                            ("stock", "Stock"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("key", models.CharField(blank=True, max_length=100)),
                ("first_row", models.PositiveIntegerField()),
                ("row_count", models.PositiveIntegerField()),
                ("why", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kept_rows", to="files.keptfile"
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
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
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["subject_kind", "subject_id", "kind", "key"],
                        name="rows_to_put_right",
                    ),
                    models.Index(fields=["at"], name="kept_rows_by_age"),
                ],
                "constraints": [models.UniqueConstraint(fields=("file", "first_row"), name="kept_rows_once")],
            },
        ),
        migrations.CreateModel(
            name="FileColumns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("orders", "Orders"),
                            ("tracking", "Tracking"),
                            ("shipments", "Shipments"),
                            ("stock", "Stock"),
                        ],
                        max_length=10,
                    ),
                ),
                ("heads", models.JSONField(default=list)),
                ("columns", models.JSONField(default=dict)),
                ("facts", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
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
                "constraints": [
                    models.UniqueConstraint(fields=("subject_kind", "subject_id", "kind"), name="columns_once_per_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="FileFolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(db_index=True)),
                ("asking_until", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
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
                "constraints": [models.UniqueConstraint(fields=("subject_kind", "subject_id"), name="one_folder_each")],
            },
        ),
    ]
