"""The peer of the live map: folium's Realtime plugin, asking once a second.

As its own documentation has it, with the renderer that suits it best: circle markers on
a canvas.
"""

import time
from pathlib import Path

import folium
import msgspec
from folium.plugins import Realtime
from folium.utilities import JsCode
from starlette.responses import FileResponse, HTMLResponse, Response

from projections.live_map import draw

PLUGIN = "leaflet-realtime/dist/leaflet-realtime.js"
MODULES = Path(__file__).parents[2] / "web" / "node_modules"
POLICY = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"}
SOURCE = JsCode("""(give) => fetch("/peer/trucks").then((a) => a.json()).then(
(told) => {
  window.seen?.sent.push(told.sent);
  give(told);
  requestAnimationFrame(() => window.seen?.paint((id) => {
    const found = told.features.find((one) => one.id === id);
    return found?.geometry.coordinates[0];
  }));
})""")
MARK = "(f, at) => L.circleMarker(at, { radius: 5, weight: 1, fillOpacity: 1 })"


def install(served):
    """`/peer` on the node: the same trucks, seen through the plugin."""
    app, node = served.server.config.app, served.node

    def trucks():
        found, _ = draw(node.positions.scene(), node.positions.sight, node.clock())
        features = [feature(one) for one in found if one.lon is not None]
        sent = time.time()
        body = {"type": "FeatureCollection", "features": features, "sent": sent}
        return Response(msgspec.json.encode(body), media_type="application/json")

    app.add_route("/peer", lambda _: HTMLResponse(page(), headers=POLICY))
    app.add_route("/peer/plugin.js", lambda _: FileResponse(MODULES / PLUGIN))
    app.add_route("/peer/trucks", lambda _: trucks())


def feature(truck):
    return {
        "type": "Feature",
        "id": truck.shipment_id,
        "properties": {"id": truck.shipment_id, "look": truck.look},
        "geometry": {"type": "Point", "coordinates": [truck.lon, truck.lat]},
    }


def page():
    made = folium.Map((36.25, 118.25), zoom_start=10, tiles=None, prefer_canvas=True)
    made.default_js = [("leaflet", "/dist/leaflet/leaflet.js")]
    made.default_css = [("leaflet_css", "/dist/leaflet/leaflet.css")]
    plugin = Realtime(
        SOURCE,
        interval=1000,
        get_feature_id=JsCode("(f) => f.properties.id"),
        point_to_layer=JsCode(MARK),
    )
    plugin.default_js = [("realtime", "/peer/plugin.js")]
    plugin.add_to(made)
    return made.get_root().render()
