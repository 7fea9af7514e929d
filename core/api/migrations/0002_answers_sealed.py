from django.db import migrations, models


class Migration(migrations.Migration):
    """Answers kept so far were in clear: they go, and whoever repeats a write of the last days does it anew."""

    dependencies = [("api", "0001_keys")]

    operations = [
        migrations.RunSQL("DELETE FROM api_keptanswer", migrations.RunSQL.noop),
        migrations.RemoveField("keptanswer", "body"),
        migrations.AddField("keptanswer", "sealed", models.BinaryField(default=bytes)),
    ]
