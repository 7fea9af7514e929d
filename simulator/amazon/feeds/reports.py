"""Reports API 2021-06-30: asking for reports, and the list of listings."""

import json

from simulator.amazon.feeds import documents, performance_report
from simulator.amazon.feeds.submitted_feeds import DONE_POLLS, DONE_SECONDS, QUEUE_POLLS, QUEUE_SECONDS, described
from simulator.amazon.http.wire import Answer, Call, Refusal, json_answer, moment, stamp
from simulator.amazon.orders.orders_2026 import read_marketplaces
from simulator.amazon.world.state import Job, World
from simulator.amazon.world.stores import PLACES

HEALTH, LISTINGS = "GET_V2_SELLER_PERFORMANCE_REPORT", "GET_MERCHANT_LISTINGS_ALL_DATA"


def create_report(world: World, call: Call) -> Answer:
    """POST /reports/2021-06-30/reports"""
    request = call.document()
    marketplaces, region = request.get("marketplaceIds"), world.sellers[call.seller_id].region
    if request.get("reportType") not in {HEALTH, LISTINGS}:
        raise Refusal(400, "InvalidInput", f"Invalid Report Type: {request.get('reportType')}")
    if not isinstance(marketplaces, list) or not marketplaces:
        raise Refusal(400, "InvalidInput", "marketplaceIds is required.")
    if any(one not in PLACES or PLACES[one].region != region for one in marketplaces):
        raise Refusal(400, "InvalidInput", "marketplaceIds holds an unknown marketplace, or one of another region.")
    report = Job(
        id=str(70_000 + world.number("report")),
        seller_id=call.seller_id,
        type=request["reportType"],
        marketplace_ids=marketplaces,
        created=stamp(call.now),
        start_time=request.get("dataStartTime") or "",
        end_time=request.get("dataEndTime") or "",
    )
    world.reports[report.id] = report
    return json_answer({"reportId": report.id}, 202)


def get_report(world: World, call: Call, report_id: str) -> Answer:
    """GET /reports/2021-06-30/reports/{reportId}"""
    report = world.reports.get(report_id)
    if report is None or report.seller_id != call.seller_id:
        raise Refusal(404, "NotFound", f"Report {report_id} was not found.")
    report.polls += 1
    _advance(world, call, report)
    return json_answer(described(report, "report"))


def get_reports(world: World, call: Call) -> Answer:
    """GET /reports/2021-06-30/reports, the newest first, without further pages."""
    marketplaces, types = read_marketplaces(world, call, "marketplaceIds"), call.many("reportTypes")
    found = [
        report
        for report in reversed(world.reports.values())
        if report.seller_id == call.seller_id
        and (not types or report.type in types)
        and (not marketplaces or marketplaces & set(report.marketplace_ids))
    ]
    return json_answer({"reports": [described(report, "report") for report in found[:100]]})


def get_report_document(world: World, call: Call, document_id: str) -> Answer:
    """GET /reports/2021-06-30/documents/{reportDocumentId}"""
    document = world.documents.get(document_id)
    if document is None or document.seller_id != call.seller_id:
        raise Refusal(404, "NotFound", f"Report document {document_id} was not found.")
    return json_answer({"reportDocumentId": document.id, "url": documents.address(world, call, document)})


def _advance(world: World, call: Call, report: Job) -> None:
    age = (call.now - moment(report.created)).total_seconds()
    if report.status == "IN_QUEUE" and (age >= QUEUE_SECONDS or report.polls >= QUEUE_POLLS):
        report.status, report.started = "IN_PROGRESS", stamp(call.now)
        fate = performance_report.FATES.get(world.sellers[report.seller_id].health, "")
        if report.type == HEALTH and fate:
            report.status, report.ended = fate, stamp(call.now)
    if report.status == "IN_PROGRESS" and (age >= DONE_SECONDS or report.polls >= DONE_POLLS):
        report.status, report.ended = "DONE", stamp(call.now)
        if report.type == HEALTH:
            told = performance_report.health(world.sellers[report.seller_id], report.marketplace_ids, call.now)
            body, content_type = json.dumps(told).encode(), "application/json"
        else:
            body, content_type = _listings(world, report).encode(), "text/plain; charset=UTF-8"
        report.result_document_id = documents.new_document(world, call, content_type, body).id
    world.changes += 1


def _listings(world: World, report: Job) -> str:
    lines = ["item-name\tseller-sku\tprice\tquantity\tasin1\tfulfillment-channel\tstatus"]
    for marketplace_id in report.marketplace_ids:
        for listing in world.listings[report.seller_id].get(marketplace_id, {}).values():
            stock = listing.availability[0] if listing.availability else {}
            quantity = "" if listing.fba else str(stock.get("quantity", ""))
            channel = str(stock.get("fulfillment_channel_code", "DEFAULT"))
            lines.append(
                "\t".join([listing.title, listing.sku, listing.price, quantity, listing.asin, channel, "Active"])
            )
    return "\n".join(lines) + "\n"
