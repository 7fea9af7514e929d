from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("upkeep", "0001_initial"), ("upkeep", "0002_keptfinding"), ("upkeep", "0003_knownkey")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sweep", "Sweep"),
                            ("worker", "Worker"),
                            ("scheduler", "Scheduler"),
                            ("watch", "Watch"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("busy", models.BooleanField(default=False)),
                ("clock_ahead", models.FloatField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField()),
                ("database", models.CharField(max_length=400)),
                ("address", models.CharField(max_length=400)),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_because", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="KeptFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("level", models.CharField(max_length=10)),
                ("said", models.TextField()),
                ("remedy", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="KnownKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, unique=True)),
                ("proof", models.BinaryField()),
                ("known_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
