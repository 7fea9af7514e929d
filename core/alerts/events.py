"""What may happen to mail, and to the list of who is told. An address is never named: a party is, by its number."""

from core.activity.kinds import Kind

KINDS = (
    Kind("mail.sent_again", "calm", "Mail sent again"),
    Kind("mail.given_up", "calm", "Mail given up"),
    Kind("party.added", "calm", "Party {party} is told of {what}"),
    Kind("party.changed", "calm", "Party {party} is told of {what} from now on"),
    Kind("party.removed", "calm", "Party {party} is told nothing any more"),
    Kind("party.stopped", "warn", "Party {party} asked for no more mail"),
)
