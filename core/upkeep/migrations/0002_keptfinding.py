from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("upkeep", "0001_initial"),
    ]

    operations = [
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
    ]
