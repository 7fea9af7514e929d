"""Addresses of the API for warehouses' systems, under /api/v1/."""

from django.urls import path

from shipping.api import claim_views, shipment_views

urlpatterns = [
    path("claims", claim_views.ClaimOrders.as_view(), name="claims"),
    path("acknowledgments", claim_views.Acknowledge.as_view(), name="acknowledgments"),
    path("cancel-requests", claim_views.CancelRequests.as_view(), name="cancel_requests"),
    path("cancel-answers", claim_views.AnswerCancels.as_view(), name="cancel_answers"),
    path("change-requests", claim_views.ChangeRequests.as_view(), name="change_requests"),
    path("change-answers", claim_views.AnswerChanges.as_view(), name="change_answers"),
    path("shipments", shipment_views.ReportShipments.as_view(), name="shipments"),
]
