"""Every address under /alerts/."""

from django.urls import path

from integration_manager.alerts import mail_views, views

app_name = "alerts"
urlpatterns = [
    path("", views.show, name="alerts"),
    path("mail/", mail_views.mails, name="mails"),
    path("mail/<int:mail_id>/send-again/", mail_views.send_again, name="send_again"),
    path("mail/<int:mail_id>/give-up/", mail_views.give_up, name="give_up"),
]
