"""Addresses of the cluster pages. A key comes last, because it may hold anything."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import PathConverter

from clusters.views import (
    actions,
    adding,
    breaking,
    columns,
    connection,
    find,
    forecasts,
    pages,
    readings,
    sessions,
    sheets,
)


class KeyConverter(PathConverter):
    """Any text but none: one line break in an id must not make every page that links to it fail."""

    regex = r"[\s\S]+"


register_converter(KeyConverter, "key")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.start, name="start"),
    path("find/", find.find, name="find"),
    path("columns/<slug:kind>/", columns.choose, name="columns"),
    path("sessions/", sessions.page, name="sessions"),
    path("sessions/end/", sessions.end, name="sessions-end"),
    path("clusters/add/", adding.kind, name="add"),
    path("clusters/add/<slug:step>/", adding.step, name="add-step"),
    path("clusters/<slug:slug>/", pages.cluster, name="cluster"),
    path("clusters/<slug:slug>/connection/", connection.page, name="connection"),
    path("clusters/<slug:slug>/connection/tests/", connection.test, name="connection-tests"),
    path("clusters/<slug:slug>/connection/change/<slug:step>/", connection.change, name="connection-change"),
    path("clusters/<slug:slug>/connection/switch/", connection.switch, name="connection-switch"),
    path("clusters/<slug:slug>/connection/remove/", connection.remove, name="connection-remove"),
    path("clusters/<slug:slug>/selection/", pages.selection, name="selection"),
    path("clusters/<slug:slug>/break/", breaking.panel, name="break"),
    path("clusters/<slug:slug>/break/faults/", breaking.faults, name="break-faults"),
    path("clusters/<slug:slug>/menu/", actions.menu, name="menu-root"),
    path("clusters/<slug:slug>/menu/<slug:kind>/<key:key>", actions.menu, name="menu"),
    path("clusters/<slug:slug>/do/<slug:action>", actions.do, name="do"),
    path("clusters/<slug:slug>/plan/<slug:action>", actions.plan, name="plan"),
    path("clusters/<slug:slug>/targets/<slug:action>", actions.targets, name="targets"),
    path("clusters/<slug:slug>/forecast/<slug:action>", forecasts.ask, name="forecast"),
    path("clusters/<slug:slug>/lost/<key:key>", forecasts.lost, name="lost"),
    path("clusters/<slug:slug>/inquiries/<slug:key>", forecasts.inquiry, name="inquiry"),
    path("clusters/<slug:slug>/inquiries/<slug:key>/age", forecasts.age, name="inquiry-age"),
    path("clusters/<slug:slug>/inquiries/<slug:key>/again", forecasts.again, name="inquiry-again"),
    path("clusters/<slug:slug>/inquiries/<slug:key>/why/<key:role>", forecasts.why, name="inquiry-why"),
    path("clusters/<slug:slug>/readings/<slug:kind>/<key:key>", readings.readings, name="readings"),
    path("clusters/<slug:slug>/sheets/<slug:kind>.csv", sheets.listed, name="list-sheet"),
    path("clusters/<slug:slug>/sheets/<slug:kind>/<key:key>", sheets.moves, name="move-sheet"),
    path("clusters/<slug:slug>/cancel/<slug:key>", actions.cancel, name="cancel"),
    path("clusters/<slug:slug>/undo/<slug:key>", actions.undo, name="undo"),
    *(
        path(f"clusters/<slug:slug>/{place}/", pages.listing, {"kind": kind}, name=name)
        for kind, name, place in (
            ("role", "roles", "roles"), ("node", "nodes", "nodes"), ("disk", "storage", "disks"),
            ("network", "networks", "networks"), ("event", "events", "events"),
            ("operation", "operations", "operations"),
        )
    ),
    path("clusters/<slug:slug>/roles/<key:key>", pages.item, {"kind": "role"}, name="role"),
    path("clusters/<slug:slug>/nodes/<key:key>", pages.item, {"kind": "node"}, name="node"),
]  # fmt: skip
