from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("carts", "0003_asked_links_and_presses"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="granted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
