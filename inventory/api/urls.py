"""Addresses of the API for stock, under /api/v1/."""

from django.urls import path

from inventory.api import level_views

urlpatterns = [path("levels", level_views.Levels.as_view(), name="levels")]
