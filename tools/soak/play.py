"""The soak on the database and the Redis that the environment names: ``python -m tools.soak.play --minutes 2``."""

import os
import sys

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")
    django.setup()
    # Named, not imported: the command's models can be read only now.
    import_string("tools.soak.soak_command.Command")().run_from_argv(["python -m", "tools.soak.play", *sys.argv[1:]])
