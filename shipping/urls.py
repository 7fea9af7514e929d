"""Every address under /shipping/."""

from django.urls import path

from shipping.carriers import views as carriers_views
from shipping.close import batch_views, live_news
from shipping.close import views as close_views
from shipping.confirmation import views as confirmation_views
from shipping.connection import views as connection_views
from shipping.custom_store import views as store_views
from shipping.locations import views as locations_views
from shipping.methods import rule_views
from shipping.methods import views as methods_views
from shipping.paper import views as paper_views
from shipping.reconcile import views as reconcile_views
from shipping.routing_rules import views as routing_views
from shipping.shipments import views as shipments_views
from shipping.tracking_files import views as tracking_file_views
from shipping.tracking_import import views as tracking_views
from shipping.warehouse_files import shipment_views, warehouse_views
from shipping.warehouse_page import request_log
from shipping.warehouse_page import views as page_views

app_name = "shipping"
urlpatterns = [
    path("", methods_views.warehouses, name="shipping"),
    path("close/", close_views.close, name="close"),
    path("close/news/", live_news.close_news, name="close_news"),
    path("closed/", batch_views.closed, name="closed"),
    path("batches/<int:batch_id>/", batch_views.batch, name="batch"),
    path("tracking/", tracking_views.tracking_import, name="tracking_import"),
    path("tracking/<int:sheet_id>/", tracking_views.tracking_sheet, name="tracking_sheet"),
    path("tracking/<int:sheet_id>/ship/", tracking_views.ship_sheet, name="ship_sheet"),
    path("tracking/<int:sheet_id>/remove/", tracking_views.remove_sheet, name="remove_sheet"),
    path("paper/", paper_views.paper, name="paper"),
    path("packages/<int:package_id>/correct/", shipments_views.correct, name="correct"),
    path("packages/<int:package_id>/withdraw/", shipments_views.withdraw, name="withdraw"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/new/", rule_views.new_rule, name="new_rule"),
    path("rules/<int:rule_id>/", rule_views.rule, name="rule"),
    path("routing/", routing_views.routing, name="routing"),
    path("routing/new/", routing_views.new_rule, name="new_routing_rule"),
    path("routing/<int:routing_rule_id>/", routing_views.rule, name="routing_rule"),
    path("carriers/", carriers_views.carriers, name="carriers"),
    path("warehouses/", locations_views.warehouses, name="warehouses"),
    path("warehouses/new/", locations_views.new_warehouse, name="new_warehouse"),
    path("warehouses/<int:warehouse_id>/", locations_views.warehouse, name="warehouse"),
    path("warehouses/<int:warehouse_id>/status/", page_views.status, name="warehouse_status"),
    path("warehouses/<int:warehouse_id>/send/", page_views.send_waiting, name="send_waiting"),
    path("warehouses/<int:warehouse_id>/refused/", page_views.send_refused, name="send_refused"),
    path("warehouses/<int:warehouse_id>/timeline/", page_views.timeline, name="warehouse_timeline"),
    path("warehouses/<int:system_id>/requests/", request_log.requests, name="warehouse_requests"),
    path("warehouses/<int:system_id>/mapping/", page_views.mapping, name="warehouse_mapping"),
    path("warehouses/<int:system_id>/connection/", connection_views.connection, name="connection"),
    path("warehouses/<int:system_id>/connection/test/", connection_views.test, name="test_connection"),
    path("warehouses/<int:system_id>/connection/accounts/", connection_views.match, name="match_accounts"),
    path("warehouses/<int:system_id>/connection/methods/", connection_views.add_methods, name="add_methods"),
    path("warehouses/<int:warehouse_id>/archive/", locations_views.archive, name="archive_warehouse"),
    path("warehouses/<int:warehouse_id>/restore/", locations_views.restore, name="restore_warehouse"),
    path("warehouses/<int:desk_id>/shipstation/", store_views.store, name="custom_store"),
    path("warehouses/<int:desk_id>/shipstation/keys/", store_views.make_key, name="make_store_key"),
    path("warehouses/<int:desk_id>/shipstation/keys/<int:desk_key_id>/end/", store_views.end_key, name="end_store_key"),
    path("warehouses/<int:csv_id>/files/", warehouse_views.warehouse_files, name="warehouse_files"),
    path("warehouses/<int:csv_id>/files/folder/", warehouse_views.folder, name="file_folder"),
    path("warehouses/<int:csv_id>/files/sftp/", warehouse_views.sftp, name="sftp"),
    path("warehouses/<int:csv_id>/files/orders/", warehouse_views.write_orders, name="write_order_file"),
    path("warehouses/<int:csv_id>/files/answers/", warehouse_views.answer, name="answer_for_files"),
    path("warehouses/<int:csv_id>/files/shipments/", shipment_views.bring, name="bring_shipments"),
    path(
        "warehouses/<int:csv_id>/files/shipments/<int:shipment_file_id>/",
        shipment_views.shipment_file,
        name="shipment_file",
    ),
    path(
        "warehouses/<int:csv_id>/files/shipments/<int:shipment_file_id>/rows.csv",
        shipment_views.kept_rows,
        name="kept_shipments",
    ),
    path(
        "warehouses/<int:csv_id>/files/shipments/<int:shipment_file_id>/set-aside/",
        shipment_views.set_aside,
        name="set_aside_shipments",
    ),
    path("warehouses/<int:csv_id>/files/<int:order_file_id>/", warehouse_views.order_file, name="order_file"),
    path("carts/<int:cart_id>/methods/", methods_views.methods, name="methods"),
    path("carts/<int:csv_cart_id>/tracking-files/", tracking_file_views.tracking_files, name="tracking_files"),
    path(
        "carts/<int:csv_cart_id>/tracking-files/<int:tracking_file_id>/",
        tracking_file_views.tracking_file,
        name="tracking_file",
    ),
    path("carts/<int:cart_id>/send/", confirmation_views.send, name="send"),
    path("carts/<int:cart_id>/reconcile/", reconcile_views.reconcile, name="reconcile"),
]
