"""A link that was copied may be opened by somebody who reads no mail of its address."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_limits_and_requests")]

    operations: ClassVar = [
        migrations.AddField(model_name="invitation", name="copied_at", field=models.DateTimeField(null=True)),
    ]
