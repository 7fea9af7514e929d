"""Every address under /settings/ that is not another app's. The logo's stands in mails: never change it."""

from django.urls import path

from core.people.brand import views

app_name = "settings"
urlpatterns = [
    path("", views.area, name="area"),
    path("organization/", views.organization, name="organization"),
]
