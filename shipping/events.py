"""What may happen on the way to the warehouse, there, and with the tracking on its way back to the cart."""

from core.activity.kinds import Ending, EventKind, Plural

DELIVERY = (
    EventKind(
        "order.released",
        "good",
        "Handed to <strong>{warehouse}</strong>, to ship with {method}",
        (Ending("how", ", {how}"),),
    ),
    EventKind("order.not_released", "bad", "Not handed to the warehouse: {reason}"),
    EventKind("order.sent_again", "calm", "Sent again"),
    EventKind("order.found_there", "good", "Found at <strong>{warehouse}</strong>, whose answer was lost"),
    EventKind("order.sending_canceled", "warn", "Held"),
    EventKind("order.handed_again", "calm", "Sent to <strong>{warehouse}</strong> again"),
    EventKind("order.not_changed", "bad", "<strong>{warehouse}</strong> refused the change: {reason}"),
    EventKind("order.canceled_there", "bad", "<strong>{warehouse}</strong> canceled it in its own system"),
    EventKind("order.amended", "calm", "<strong>{warehouse}</strong> gets what is left, in place of what it has"),
    EventKind("order.change_known", "calm", "The warehouse was told in person or by phone", ours_alone=True),
    EventKind("order.method_found", "calm", "Its ship method is now known, so it moves on"),
    EventKind("order.routed", "calm", "Goes to <strong>{warehouse}</strong>, {how}"),
    EventKind("order.split", "calm", "Split: {what} from <strong>{warehouse}</strong>, {how}"),
    EventKind("order.warehouse_found", "calm", "A routing rule now fits, so it moves on"),
    EventKind("order.rerouted", "calm", "Not to <strong>{warehouse}</strong> any more: the routing rules were changed"),
    EventKind("order.recalled", "good", "Back from <strong>{warehouse}</strong>"),
    EventKind("order.not_recalled", "bad", "<strong>{warehouse}</strong> did not give it back: {reason}"),
)

SHIPMENT = (
    EventKind(
        "order.shipped",
        "good",
        "Shipped by <strong>{carrier}</strong> {service}, tracking {tracking}",
        (Ending("left", Plural("left", ", {left} unit still to ship", ", {left} units still to ship")),),
    ),
    EventKind("shipment.held", "warn", "<strong>{warehouse}</strong> reported a shipment not as ordered: {reason}"),
    EventKind("shipment.as_packed", "warn", "Shipped as packed: {what}"),
    EventKind("shipment.returned", "warn", "Back to <strong>{warehouse}</strong>, to be packed again"),
    EventKind("order.charged", "calm", "Additional charge of {amount} {currency}"),
    EventKind(
        "charges.exported",
        "calm",
        Plural("count", "{count} charge exported as a file", "{count} charges exported as a file"),
    ),
    EventKind("performance.exported", "calm", "Performance exported as a file, by {division}"),
    EventKind("rate.set", "calm", "1 {currency} is {rate} {own} from {since} on"),
    EventKind("rate.removed", "warn", "The rate of {currency} from {since} on removed"),
    EventKind("package.recoded", "warn", "Transparency codes of package {package} corrected"),
    EventKind("package.repacked", "warn", "Contents of package {package} corrected to <strong>{contents}</strong>"),
    EventKind(
        "package.redated", "warn", "Ship date of package {package} corrected from {old} to <strong>{new}</strong>"
    ),
    EventKind(
        "package.withdrawn", "warn", "Package {package} withdrawn, it was packed by mistake: {tracking}, {contents}"
    ),
    EventKind("package.corrected", "warn", "Tracking corrected from {old} to <strong>{new}</strong>, {carrier}"),
)

CONFIRMATION = (
    EventKind("package.confirmed", "good", "Tracking {tracking} sent to <strong>{cart}</strong>"),
    EventKind("package.seen", "good", "Tracking {tracking} shows on Amazon"),
    EventKind("package.not_seen", "bad", "{tracking} was accepted, but the cart does not show it"),
    EventKind("package.not_confirmed", "bad", "Tracking {tracking} was refused: {reason}"),
    EventKind("package.not_owed", "warn", "Tracking {tracking} won't be sent: {reason}"),
    EventKind("package.cut", "warn", "{units} × {sku} in package {package} is not confirmed: {reason}"),
    EventKind(
        "package.renumbered", "calm", "{tracking} is package {new}, not {old}: that number is not ours at the cart"
    ),
    EventKind("package.told_again", "warn", "Tracking {tracking} is being sent again: the cart doesn't have it"),
    EventKind(
        "order.tracking_sent_again",
        "calm",
        Plural("packages", "Tracking sent again for {packages} package", "Tracking sent again for {packages} packages"),
    ),
    EventKind(
        "feed.made",
        "calm",
        Plural(
            "packages",
            "{packages} tracking number goes out in one feed: the quota would be too slow",
            "{packages} tracking numbers go out in one feed: the quota would be too slow",
        ),
    ),
    EventKind(
        "feed.read",
        "good",
        Plural(
            "packages",
            "A feed sent {packages} tracking number, {refused} refused",
            "A feed sent {packages} tracking numbers, {refused} refused",
        ),
    ),
    EventKind(
        "feed.failed",
        "bad",
        Plural(
            "packages",
            "A feed of {packages} tracking number failed: {reason}",
            "A feed of {packages} tracking numbers failed: {reason}",
        ),
    ),
)

CANCELLATION = (
    EventKind("order.canceled", "calm", "Canceled on {place}"),
    EventKind("order.cancel_wanted", "warn", "To be canceled at {place}: {reason}"),
    EventKind("order.not_canceled", "bad", "{place} did not cancel it: {reason}"),
)

COMPARISON = (
    EventKind("order.read_again", "calm", "Read again from the cart, which disagreed"),
    EventKind(
        "cart.reconciled",
        "calm",
        "Compared with the cart: {seen} unshipped there, {mended} fixed, {open} to check",
    ),
)

MAPPING = (
    EventKind("method_rule.kept", "calm", "Orders ({rule}) ship with <strong>{to}</strong>"),
    EventKind("method_rule.removed", "calm", "Rule removed for orders {rule}"),
    EventKind("method_default.changed", "calm", "Default for {warehouse} is now <strong>{to}</strong>"),
    EventKind("carrier.code_changed", "calm", "Carrier {carrier} is sent as <strong>{to}</strong>"),
    EventKind("ship_method.added", "calm", "Ship method <strong>{name}</strong> added to {warehouse}"),
    EventKind("ship_method.changed", "calm", "Ship method <strong>{name}</strong> of {warehouse} changed: {fields}"),
    EventKind("ship_method.removed", "warn", "Ship method <strong>{name}</strong> removed from {warehouse}"),
    EventKind("ship_method.mapped", "calm", "Ship method {name} mapped to <strong>{to}</strong>"),
    EventKind("routing_rule.kept", "calm", "Orders ({rule}) go to <strong>{to}</strong>"),
    EventKind("routing_rule.removed", "calm", "Routing rule removed for orders {rule}"),
    EventKind("route.changed", "calm", "Orders go to <strong>{warehouse}</strong>. Changed: {fields}"),
    EventKind("routing_rule.splits", "calm", "Orders that no warehouse has all of are split"),
    EventKind("routing_rule.keeps_whole", "calm", "No order is split over warehouses any more"),
    EventKind("route.by_rules", "calm", "The routing rules choose the warehouse of each order"),
    EventKind("route.by_cart", "calm", "All orders go to <strong>{warehouse}</strong> again"),
)

PLACES = (
    EventKind("warehouse.added", "calm", "Warehouse <strong>{name}</strong> added"),
    EventKind("warehouse.changed", "calm", "Warehouse <strong>{name}</strong> changed: {fields}"),
    EventKind("warehouse.connected", "good", "Warehouse <strong>{name}</strong> connected to its system"),
    EventKind("warehouse.refused", "bad", "The system of warehouse <strong>{name}</strong> refused the credentials"),
    EventKind("warehouse.matched", "calm", "{merchant} is <strong>{account}</strong> at warehouse {name}"),
    EventKind("warehouse.unmatched", "warn", "{merchant} is no customer of warehouse {name} any more"),
    EventKind(
        "warehouse.sent_again",
        "calm",
        Plural(
            "count",
            "{count} refused order sent again. It was refused for: {reason}",
            "{count} refused orders sent again. They were refused for: {reason}",
        ),
    ),
    EventKind(
        "warehouse.hastened",
        "calm",
        Plural("count", "{count} waiting order sent at once", "{count} waiting orders sent at once"),
    ),
    EventKind("warehouse.archived", "warn", "Warehouse <strong>{name}</strong> archived"),
    EventKind("warehouse.restored", "calm", "Warehouse <strong>{name}</strong> in use again"),
)

KINDS = (*DELIVERY, *SHIPMENT, *CONFIRMATION, *CANCELLATION, *COMPARISON, *MAPPING, *PLACES)
