"""Notes: sealed, told to nobody but the readers of the order, once."""

from datetime import timedelta

from django.conf import settings

from core.activity.models import Event
from orders.actions import notes
from orders.models import Note
from tests import factories
from tests.world import NOON

SAID = "Ring Mrs Doe at the side door 🦄"


def test_a_note_is_sealed_and_its_event_says_nothing_of_it(db: None) -> None:
    order = factories.OrderFactory()
    person = factories.make_person(order.organization)

    assert notes.note(order, SAID, by=person, now=NOON)

    row = Note.objects.get()
    assert (row.organization_id, row.merchant_id) == (order.organization_id, order.merchant_id)
    assert b"Doe" not in bytes(row.sealed)
    event = Event.objects.get(kind="order.noted")
    assert (event.subject_id, event.actor, event.details) == (order.pk, person, {})
    assert [(each.text, each.by, each.at) for each in notes.notes_of(order)] == [(SAID, str(person), NOON)]


def test_two_clicks_are_one_note_and_the_same_words_later_are_another(db: None) -> None:
    order = factories.OrderFactory()
    ann, bob = factories.make_person(order.organization), factories.make_person(order.organization)

    assert notes.note(order, SAID, by=ann, now=NOON)
    assert not notes.note(order, SAID, by=ann, now=NOON + timedelta(seconds=5))
    assert notes.note(order, SAID, by=bob, now=NOON + timedelta(seconds=6))
    assert notes.note(order, SAID, by=ann, now=NOON + timedelta(minutes=2))

    assert Event.objects.filter(kind="order.noted").count() == Note.objects.count() == 3
    assert [each.by for each in notes.notes_of(order)] == [str(ann), str(bob), str(ann)]


def test_a_note_of_another_order_or_of_a_lost_key_does_not_open(db: None) -> None:
    order, other = factories.OrderFactory(), factories.OrderFactory()
    notes.note(order, SAID, by=factories.make_person(order.organization), now=NOON)
    Note.objects.update(order=other)

    assert [each.text for each in notes.notes_of(other)] == [None]
    assert settings.VAULT_KEYS
