from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("carts", "0002_setup_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="cart",
            name="checks_due_at",
            field=models.DateTimeField(null=True),
        ),
    ]
