from typing import Any

from django.db import migrations, models

# What happened is neither changed nor deleted, whoever asks: the database refuses it. Nothing is excepted, because no
# event ends. A later migration that has SQLite make the table anew has to put the triggers back; a test looks for them.
SAID = "What happened is kept: no event is changed or deleted."
CREATE = {
    "postgresql": [
        f"""
        CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """,
        """
        CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON activity_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget()
        """,
    ],
    "sqlite": [
        f"""
        CREATE TRIGGER events_are_kept_{what.lower()} BEFORE {what} ON activity_event
        BEGIN SELECT RAISE(ABORT, '{SAID}'); END
        """
        for what in ("UPDATE", "DELETE")
    ],
}
DROP = {
    "postgresql": ["DROP TRIGGER events_are_kept ON activity_event", "DROP FUNCTION refuse_to_forget()"],
    "sqlite": ["DROP TRIGGER events_are_kept_update", "DROP TRIGGER events_are_kept_delete"],
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
        migrations.RunPython(create, drop),
    ]
