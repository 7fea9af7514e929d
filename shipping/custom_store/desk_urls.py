"""The address that shipping desks ask, with a slash at its end or without."""

from django.urls import path

from shipping.custom_store import desk_views

app_name = "shipstation"
urlpatterns = [
    path("<str:warehouse>/", desk_views.desk, name="desk"),
    path("<str:warehouse>", desk_views.desk),
]
