"""What is kept about the installation itself. It belongs to no organization."""

from django.db import models


class Heartbeat(models.Model):
    """When a sweep last ran, or a process was last heard from: by the clock of the database, which all share."""

    class Kind(models.TextChoices):
        SWEEP = "sweep", "Sweep"
        WORKER = "worker", "Worker"
        SCHEDULER = "scheduler", "Scheduler"
        WATCH = "watch", "Watch"  # in the web processes

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    busy = models.BooleanField(default=False)  # a worker all of whose hands are full
    clock_ahead = models.FloatField(default=0)  # seconds, of the process's clock before the database's

    def __str__(self) -> str:
        return self.name


class Installation(models.Model):
    """The one row that says whose database this is, and whether it may send."""

    created_at = models.DateTimeField()
    database = models.CharField(max_length=400)  # which database it was last told to send from
    address = models.CharField(max_length=400)  # and PUBLIC_URL then
    paused_at = models.DateTimeField(null=True)
    paused_because = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.address


class KnownKey(models.Model):
    """A key of VAULT_KEYS that something may be sealed with: by its name, and by a proof that it alone opens."""

    name = models.CharField(max_length=255, unique=True)
    proof = models.BinaryField()  # sealed with this key, and for ever
    known_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)  # when nothing needed it any more

    def __str__(self) -> str:
        return self.name


class KeptFinding(models.Model):
    """What a check that asks another server found when it was last made: no page waits for one."""

    name = models.CharField(max_length=40, unique=True)  # of the check, as doctor knows it
    level = models.CharField(max_length=10)
    said = models.TextField()
    remedy = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.said
