"""What may happen to the places that files are taken from and put to."""

from core.activity.kinds import EventKind

KINDS = (
    EventKind("files.sftp_changed", "calm", "SFTP server changed: {fields}"),
    EventKind("files.sftp_key_accepted", "warn", "Accepted the key of the SFTP server <strong>{host}</strong>: {key}"),
    EventKind("files.place_used", "calm", "Files go by themselves: {place}"),
    EventKind("files.place_left", "calm", "Files go by themselves no longer"),
)
