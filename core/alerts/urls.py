"""Every address under /alerts/. Mails that were sent lead to ``stop``, ``choose``, ``outside``: never change them."""

from django.urls import path

from core.alerts import views as alerts_views
from core.alerts.audience import preference_views
from core.alerts.audience import views as audience_views
from core.alerts.handling import views as handling_views
from core.alerts.mail import views as mail_views
from core.alerts.retries import views as retry_views

app_name = "alerts"
urlpatterns = [
    path("", alerts_views.show, name="alerts"),
    path("handle/", handling_views.handle, name="handle"),
    path("retries/new/", retry_views.new, name="new_retry"),
    path("retries/<int:plan_id>/", retry_views.show, name="retry"),
    path("retries/<int:plan_id>/cancel/", retry_views.cancel, name="cancel_retry"),
    path("mail/", mail_views.mails, name="mails"),
    path("mail/<int:mail_id>/look/", mail_views.look, name="mail_look"),
    path("mail/<int:mail_id>/send-again/", mail_views.send_again, name="send_again"),
    path("notifications/", preference_views.own, name="preferences"),
    path("choose/<str:token>/", preference_views.chosen, name="choose"),
    path("stop/<str:token>/", audience_views.stop, name="stop"),
    path("outside/<str:token>/", audience_views.outside, name="outside"),
    path("mail/<int:mail_id>/give-up/", mail_views.give_up, name="give_up"),
]
