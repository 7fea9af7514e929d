from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# What happened is neither changed nor deleted, whoever asks: the database refuses it. One thing is let through: events
# about a kind of thing of one organization, while a transaction says so in activity_forgetting and takes it back.
# A later migration that has SQLite make the table anew has to put the triggers back; a test looks for them.
SAID = "What happened is kept: no event is changed or deleted."
ALLOWED = """
EXISTS (SELECT 1 FROM activity_forgetting
        WHERE organization_id = OLD.organization_id AND subject_kind = OLD.subject_kind)
"""
CREATE = {
    "postgresql": [
        f"""
        CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_LEVEL = 'ROW' THEN
                IF {ALLOWED} THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        """
        CREATE TRIGGER events_are_kept BEFORE UPDATE OR TRUNCATE ON activity_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget()
        """,
        """
        CREATE TRIGGER events_are_kept_each BEFORE DELETE ON activity_event
        FOR EACH ROW EXECUTE FUNCTION refuse_to_forget()
        """,
    ],
    "sqlite": [
        f"""
        CREATE TRIGGER events_are_kept BEFORE UPDATE ON activity_event
        BEGIN SELECT RAISE(ABORT, '{SAID}'); END
        """,
        f"""
        CREATE TRIGGER events_are_kept_each BEFORE DELETE ON activity_event WHEN NOT {ALLOWED}
        BEGIN SELECT RAISE(ABORT, '{SAID}'); END
        """,
    ],
}
DROP = {
    "postgresql": [
        "DROP TRIGGER events_are_kept ON activity_event",
        "DROP TRIGGER events_are_kept_each ON activity_event",
        "DROP FUNCTION refuse_to_forget()",
    ],
    "sqlite": ["DROP TRIGGER events_are_kept", "DROP TRIGGER events_are_kept_each"],
}


def create(apps: Any, editor: Any) -> None:
    for statement in CREATE[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    for statement in DROP[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(fields=["organization", "-id"], name="exchanges_of_an_organization"),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                fields=["organization", "request_id"],
                condition=~models.Q(request_id=""),
                name="exchanges_by_request",
            ),
        ),
        migrations.CreateModel(
            name="Forgetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(create, drop),
    ]
