"""What may happen to people of an organization, and to what it asks of them."""

from core.activity.kinds import EventKind

KINDS = (
    EventKind("person.invited", "calm", "Invited somebody as <strong>{role}</strong>"),
    EventKind("person.invitation_revoked", "calm", "Revoked an invitation"),
    EventKind("person.joined", "good", "Joined as <strong>{role}</strong>"),
    EventKind("person.role_changed", "warn", "Changed the role of person {person} from {was} to <strong>{to}</strong>"),
    EventKind("person.removed", "warn", "Removed person {person}, who was {role}"),
    EventKind("person.mail_on", "calm", "Person {person} gets mail about what needs somebody"),
    EventKind("person.mail_off", "calm", "Person {person} gets no mail about what needs somebody"),
    EventKind(
        "person.second_factor_removed",
        "warn",
        "Whoever runs the portal removed the second factor of person {person}",
    ),
    EventKind("organization.second_factor_required", "good", "Asks a second factor of everybody"),
    EventKind("organization.second_factor_optional", "warn", "No longer asks a second factor of everybody"),
)
