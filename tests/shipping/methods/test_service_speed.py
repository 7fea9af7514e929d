"""How fast a carrier's service is, by its name."""

import pytest

from shipping.methods.service_speed import days_of


@pytest.mark.parametrize(
    ("service", "days"),
    [
        ("Next Day Air", 1),
        ("Next Day Air Saver", 1),
        ("NextDayAir", 1),
        ("Standard Overnight", 1),
        ("Priority Overnight", 1),
        ("First Overnight", 1),
        ("Express Worldwide", 1),
        ("Tracked 24", 1),
        ("Special Delivery by 1pm", 1),
        ("2nd Day Air A.M.", 2),
        ("2Day", 2),
        ("Second Day", 2),
        ("Tracked 48", 2),
        ("Priority Mail Express", 2),
        ("3 Day Select", 3),
        ("Priority Mail", 3),
        ("Worldwide Expedited", 3),
        ("Ground", 5),
        ("Ground Advantage", 5),
        ("Home Delivery", 5),
        ("Standard", 5),
        ("First-Class Package", 5),
        ("Ground Economy", 8),
        ("Media Mail", 8),
        ("SurePost", 8),
        ("Same Day", 0),
        ("Paq 72", None),
        ("宅急便", None),
        ("By hand", None),
        ("", None),
    ],
)
def test_a_name_says_how_fast_it_is_or_nothing(service: str, days: int | None) -> None:
    assert days_of(service) == days
