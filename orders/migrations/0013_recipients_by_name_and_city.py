from django.db import migrations, models

PARTS = ("first", "last", "city")


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_views_in_a_persons_order")]

    operations = [
        *(
            migrations.AddField(
                model_name="recipient",
                name=f"{part}_mark",
                field=models.CharField(blank=True, default="", max_length=16),
            )
            for part in PARTS
        ),
        *(
            migrations.AddIndex(
                model_name="recipient",
                index=models.Index(
                    fields=["organization", f"{part}_mark"],
                    condition=models.Q((f"{part}_mark", ""), _negated=True),
                    name=f"recipients_by_{part}",
                ),
            )
            for part in PARTS
        ),
    ]
