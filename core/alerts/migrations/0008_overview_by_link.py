from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0007_preferences_of_recipients"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="wants_overview",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="notice",
            name="topic",
            field=models.CharField(
                choices=[
                    ("created", "Orders that came in"),
                    ("failed", "Orders that failed to import"),
                    ("attention", "What needs a person"),
                    ("overview", "An overview of orders, stock and performance, by a link in each email"),
                ],
                max_length=10,
            ),
        ),
    ]
