from django.urls import path

from core.api.key_pages import views

app_name = "api_keys"
urlpatterns = [
    path("", views.show, name="keys"),
    path("new/", views.new, name="new"),
    path("<int:key_id>/", views.one, name="key"),
    path("<int:key_id>/rotate/", views.rotate, name="rotate"),
    path("<int:key_id>/addresses/", views.addresses, name="addresses"),
    path("<int:key_id>/revoke/", views.revoke, name="revoke"),
]
