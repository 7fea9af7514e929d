"""Warehouses measured on the database that the environment names, which must be empty: see warehouse_load.py."""

import os
import sys

import django
from django.core.management import call_command
from django.utils.module_loading import import_string

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")
    os.environ["OUTBOUND_NETWORKS"] = "127.0.0.0/8"
    django.setup()
    call_command("migrate", verbosity=0)
    # Named, not imported: its models can be read only now.
    sys.exit(import_string("tools.bench.warehouse_load.measure")())
