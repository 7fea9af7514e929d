"""Every address under /shipping/."""

from django.urls import path

from shipping import carrier_pages, correct_pages, method_pages, reconcile_pages, rule_pages, views

app_name = "shipping"
urlpatterns = [
    path("", method_pages.warehouses, name="shipping"),
    path("close/", views.close, name="close"),
    path("closed/", views.closed, name="closed"),
    path("packages/<int:package_id>/correct/", correct_pages.correct, name="correct"),
    path("rules/", rule_pages.rules, name="rules"),
    path("rules/new/", rule_pages.new_rule, name="new_rule"),
    path("rules/<int:rule_id>/", rule_pages.rule, name="rule"),
    path("carriers/", carrier_pages.carriers, name="carriers"),
    path("carts/<int:cart_id>/methods/", method_pages.methods, name="methods"),
    path("carts/<int:cart_id>/reconcile/", reconcile_pages.reconcile, name="reconcile"),
]
