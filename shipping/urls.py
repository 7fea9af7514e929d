"""Every address under /shipping/."""

from django.urls import path

from shipping import correct_pages, method_pages, reconcile_pages, views

app_name = "shipping"
urlpatterns = [
    path("", method_pages.warehouses, name="shipping"),
    path("close/", views.close, name="close"),
    path("closed/", views.closed, name="closed"),
    path("packages/<int:package_id>/correct/", correct_pages.correct, name="correct"),
    path("carts/<int:cart_id>/methods/", method_pages.methods, name="methods"),
    path("carts/<int:cart_id>/reconcile/", reconcile_pages.reconcile, name="reconcile"),
]
