"""Addresses of the pages that read several apps.

A page stands under the address of what it is about, so ``orders`` and ``carts`` hold the addresses of those apps too.
"""

from django.urls import URLPattern, URLResolver, include, path

from carts import urls as carts_urls
from integration_manager.portal import health, menu_counts
from integration_manager.portal.activity_log import request_views
from integration_manager.portal.activity_log import views as activity_log
from integration_manager.portal.cart_setup import client_keys, closure_views
from integration_manager.portal.cart_setup import views as cart_setup
from integration_manager.portal.charge_report import views as charge_report
from integration_manager.portal.dashboard import first_steps, ship_by_board
from integration_manager.portal.dashboard import views as dashboard
from integration_manager.portal.merchants import departure_views, export_views, linking_views
from integration_manager.portal.merchants import views as merchants
from integration_manager.portal.order_list import (
    bulk_actions,
    hold_undo,
    line_export,
    list_layouts,
    order_export,
    saved_filters,
)
from integration_manager.portal.order_list import views as order_list
from integration_manager.portal.order_page import action_views, cancel_views, difference_views, edit_views, report_views
from integration_manager.portal.order_page import views as order_page
from integration_manager.portal.performance import account_views, rate_views
from integration_manager.portal.performance import views as performance
from integration_manager.portal.retention import views as retention
from integration_manager.portal.search import views as search
from integration_manager.portal.setup_check import views as setup_check
from integration_manager.portal.subscriptions import overview
from integration_manager.portal.subscriptions import views as subscriptions
from orders import urls as orders_urls

Addresses = list[URLPattern | URLResolver]

ORDERS: Addresses = [
    path("", order_list.show, name="orders"),
    path("chosen/", bulk_actions.act, name="act"),
    path("chosen/undo/", hold_undo.undo, name="undo_hold"),
    path("layout/", list_layouts.lay_out, name="lay_out"),
    path("export/", order_export.export, name="export"),
    path("export/lines/", line_export.export_lines, name="export_lines"),
    path("board/", ship_by_board.show, name="board"),
    path("filters/", saved_filters.save, name="save_filter"),
    path("filters/<int:filter_id>/", saved_filters.change, name="change_filter"),
    path("filters/<int:filter_id>/delete/", saved_filters.delete, name="delete_filter"),
    path("<int:order_id>/", order_page.show, name="order"),
    path("<int:order_id>/ship-as-packed/", report_views.ship_as_packed, name="ship_as_packed"),
    path("<int:order_id>/pack-again/", report_views.pack_again, name="pack_again"),
    path("<int:order_id>/hold/", action_views.hold, name="hold"),
    path("<int:order_id>/cancel-sending/", action_views.hold),  # what Hold was called at the warehouse: pages left open
    path("<int:order_id>/let-go/", action_views.let_go, name="let_go"),
    path("<int:order_id>/send-again/", action_views.send_again, name="send_again"),
    path("<int:order_id>/found-there/", action_views.found_there, name="found_there"),
    path("<int:order_id>/hand-over-again/", action_views.hand_over_again, name="hand_over_again"),
    path("<int:order_id>/known/", action_views.known, name="known"),
    path("<int:order_id>/tell-again/", action_views.tell_again, name="tell_again"),
    path("<int:order_id>/look/", action_views.look, name="look"),
    path("<int:order_id>/note/", action_views.note, name="note"),
    path("<int:order_id>/address/", edit_views.edit_address, name="edit_address"),
    path("<int:order_id>/ship-method/", edit_views.edit_method, name="edit_method"),
    path("<int:order_id>/settle/", difference_views.settle, name="settle"),
    path("<int:order_id>/take/", difference_views.take, name="take"),
    path("<int:order_id>/take-lines/", difference_views.take_lines, name="take_lines"),
    path("<int:order_id>/cancel/", cancel_views.cancel, name="cancel"),
    path("<int:order_id>/ship-line/", cancel_views.ship_line, name="ship_line"),
    path("<int:order_id>/stopped/", cancel_views.stopped, name="stopped"),
    path("<int:order_id>/seen-to/", cancel_views.seen_to, name="seen_to"),
    *orders_urls.urlpatterns,
]

CARTS: Addresses = [
    path("<int:cart_id>/", cart_setup.show, name="cart"),
    path("<int:cart_id>/state/", cart_setup.state, name="state"),
    path("<int:cart_id>/settings/", cart_setup.settings, name="settings"),
    path("<int:cart_id>/keys/", client_keys.make, name="make_key"),
    path("<int:cart_id>/keys/revoke/", client_keys.revoke, name="revoke_key"),
    path("<int:cart_id>/token/", cart_setup.token, name="token"),
    path("<int:cart_id>/disconnect/", closure_views.disconnect, name="disconnect"),
    path("<int:cart_id>/archive/", closure_views.archive, name="archive"),
    *carts_urls.urlpatterns,
]

MERCHANTS: Addresses = [
    path("", merchants.merchants, name="merchants"),
    path("new/", merchants.new, name="new"),
    path("charges/", charge_report.show, name="charges"),
    path("charges/export/", charge_report.export, name="charges_export"),
    path("<int:merchant_id>/", merchants.merchant, name="merchant"),
    path("<int:merchant_id>/linking/", linking_views.show, name="linking"),
    path("<int:merchant_id>/linking/answer/", linking_views.answer, name="link_answer"),
    path("<int:merchant_id>/linking/outcome/", linking_views.outcome, name="link_outcome"),
    path("<int:merchant_id>/export/", export_views.show, name="export"),
    path("exports/<int:export_id>/", export_views.download, name="export_download"),
    path("<int:merchant_id>/off-board/", departure_views.leave, name="leave"),
    path("<int:merchant_id>/stay/", departure_views.stay, name="stay"),
]

SETUP_CHECK: Addresses = [
    path("", setup_check.show, name="page"),
    path("outside/", setup_check.outside, name="outside"),
    path("look/", setup_check.look, name="look"),
]

PERFORMANCE: Addresses = [
    path("", performance.show, name="page"),
    path("export/", performance.export, name="export"),
    path("accounts/<int:cart_id>/", account_views.show, name="account"),
    path("rates/", rate_views.rates, name="rates"),
    path("rates/<int:rate_id>/remove/", rate_views.remove, name="remove_rate"),
]

ACTIVITY: Addresses = [
    path("", activity_log.show, name="page"),
    path("export/", activity_log.export, name="export"),
    path("requests/", request_views.show, name="requests"),
]

RETENTION: Addresses = [
    path("", retention.show, name="page"),
    path("holds/<int:hold_id>/end/", retention.end_hold, name="end_hold"),
]

SUBSCRIPTIONS: Addresses = [
    path("", subscriptions.of_organization, name="organization"),
    path("merchants/<int:merchant_id>/", subscriptions.of_merchant, name="merchant"),
    path("carts/<int:cart_id>/", subscriptions.of_cart, name="cart"),
    path("<int:subscription_id>/", subscriptions.subscription, name="subscription"),
    path("<int:subscription_id>/remove/", subscriptions.remove, name="remove"),
    path("overview/<str:token>/", overview.show, name="overview"),  # it stands in mails: never change it
]

urlpatterns: Addresses = [
    path("", dashboard.show, name="dashboard"),
    path("first-steps/put-away/", first_steps.put_away, name="put_away_first_steps"),
    path("oversold/", dashboard.oversold, name="oversold"),
    path("menu/", menu_counts.show, name="menu"),
    path("search/", search.search, name="search"),
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("healthz", health.health, name="healthz"),
    path("orders/", include((ORDERS, orders_urls.app_name))),
    path("carts/", include((CARTS, carts_urls.app_name))),
    path("merchants/", include((MERCHANTS, "merchants"))),
    path("performance/", include((PERFORMANCE, "performance"))),
    path("activity/", include((ACTIVITY, "activity"))),
    path("retention/", include((RETENTION, "retention"))),
    path("setup-check/", include((SETUP_CHECK, "setup_check"))),
    path("told/", include((SUBSCRIPTIONS, "subscriptions"))),
]
