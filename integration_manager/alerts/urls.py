"""Every address under /alerts/. ``stop`` stands in mails that were sent: never change it."""

from django.urls import path

from integration_manager.alerts import mail_views, stop_views, views

app_name = "alerts"
urlpatterns = [
    path("", views.show, name="alerts"),
    path("mail/", mail_views.mails, name="mails"),
    path("mail/<int:mail_id>/send-again/", mail_views.send_again, name="send_again"),
    path("stop/<str:token>/", stop_views.stop, name="stop"),
    path("mail/<int:mail_id>/give-up/", mail_views.give_up, name="give_up"),
]
