from django.db import migrations, models
from django.utils import timezone


def move(apps, schema_editor):
    """The proof of the newest key becomes that key's own. The other keys of the ring are noted by the watch."""
    known = apps.get_model("upkeep", "KnownKey")
    for row in apps.get_model("upkeep", "Installation").objects.exclude(key_check=None):
        proof = bytes(row.key_check)
        name = proof[2 : 2 + proof[1]].decode() if len(proof) > 2 else ""
        if name:
            known.objects.get_or_create(name=name, defaults={"proof": proof, "known_at": timezone.now()})


def move_back(apps, schema_editor):
    newest = apps.get_model("upkeep", "KnownKey").objects.filter(retired_at=None).order_by("-known_at").first()
    if newest:
        apps.get_model("upkeep", "Installation").objects.update(key_check=newest.proof)


class Migration(migrations.Migration):
    dependencies = [("upkeep", "0002_keptfinding")]

    operations = [
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
        migrations.AlterField("installation", "key_check", models.BinaryField(null=True)),
        migrations.RunPython(move, move_back),
        migrations.RemoveField("installation", "key_check"),
    ]
