"""Every address under /webhooks/."""

from django.urls import path

from core.webhooks import action_views, views

app_name = "webhooks"
urlpatterns = [
    path("", views.endpoints, name="endpoints"),
    path("new/", views.new, name="new"),
    path("<int:endpoint_id>/", views.endpoint, name="endpoint"),
    path("<int:endpoint_id>/secret/", views.secret, name="secret"),
    path("<int:endpoint_id>/rotate/", action_views.rotate, name="rotate"),
    path("<int:endpoint_id>/end-former/", action_views.end_former, name="end_former"),
    path("<int:endpoint_id>/test/", action_views.test, name="test"),
    path("<int:endpoint_id>/on/", action_views.turn_on, name="turn_on"),
    path("<int:endpoint_id>/off/", action_views.turn_off, name="turn_off"),
    path("<int:endpoint_id>/remove/", action_views.remove, name="remove"),
    path("<int:endpoint_id>/replay/", action_views.replay, name="replay"),
    path("<int:endpoint_id>/messages/<int:delivery_id>/send-again/", action_views.send_again, name="send_again"),
]
