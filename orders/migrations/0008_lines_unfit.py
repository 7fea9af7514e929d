from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0007_programs_and_handling"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="held_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("strange", "It could not be read"),
                    ("state", "Amazon gives it a status we don't release"),
                    ("address", "It has no address"),
                    ("buyer", "The buyer asked to cancel"),
                    ("canceled", "It is canceled, and the warehouse may have it"),
                    ("unmapped", "Its ship method is not mapped"),
                    ("person", "Somebody is holding it"),
                    ("items", "Its lines can't be shipped as they are"),
                    ("program", "It must not be shipped like any other"),
                ],
                max_length=10,
            ),
        ),
    ]
