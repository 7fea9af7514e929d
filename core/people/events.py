"""What may happen to people of an organization, and to what it asks of them."""

from core.activity.kinds import Kind

KINDS = (
    Kind("person.invited", "calm", "Invited somebody as <strong>{role}</strong>"),
    Kind("person.invitation_revoked", "calm", "Revoked an invitation"),
    Kind("person.joined", "good", "Joined as <strong>{role}</strong>"),
    Kind("person.role_changed", "warn", "Changed the role of person {person} from {was} to <strong>{to}</strong>"),
    Kind("person.removed", "warn", "Removed person {person}, who was {role}"),
    Kind("person.mail_on", "calm", "Person {person} gets mail about what needs somebody"),
    Kind("person.mail_off", "calm", "Person {person} gets no mail about what needs somebody"),
    Kind(
        "person.second_factor_removed",
        "warn",
        "Whoever runs the portal removed the second factor of person {person}",
    ),
    Kind("organization.second_factor_required", "good", "Asks a second factor of everybody"),
    Kind("organization.second_factor_optional", "warn", "No longer asks a second factor of everybody"),
)
