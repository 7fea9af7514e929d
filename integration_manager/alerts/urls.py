"""Every address under /alerts/."""

from django.urls import path

from integration_manager.alerts import views

app_name = "alerts"
urlpatterns = [path("", views.show, name="alerts")]
