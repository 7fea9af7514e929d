"""What may happen to people of an organization, and to what it asks of them."""

from core.activity.kinds import EventKind

KINDS = (
    EventKind("person.invited", "calm", "Invited a person as <strong>{role}</strong>"),
    EventKind("person.invitation_revoked", "calm", "Revoked an invitation"),
    EventKind("person.invitation_copied", "calm", "Copied the link of an invitation"),
    EventKind("person.joined", "good", "Joined as <strong>{role}</strong>"),
    EventKind("person.role_changed", "warn", "Changed the role of person {person} from {was} to <strong>{to}</strong>"),
    EventKind("person.removed", "warn", "Removed person {person}, who was {role}"),
    EventKind("person.mail_on", "calm", "Person {person} now gets email about alerts"),
    EventKind("person.mail_off", "calm", "Person {person} no longer gets email about alerts"),
    EventKind(
        "person.second_factor_removed",
        "warn",
        "The second factor of person {person} was removed on the server",
    ),
    EventKind("organization.merchant_deleted", "calm", "Deleted everything of merchant {merchant}, who left"),
    EventKind("organization.changed", "calm", "Changed the organization's {fields}"),
    EventKind("organization.second_factor_required", "good", "A second factor is now required for everybody"),
    EventKind("organization.second_factor_optional", "warn", "A second factor is no longer required for everybody"),
)
