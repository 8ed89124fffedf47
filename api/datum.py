"""A point of a Chinese map as WGS-84, for pages where people paste one."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.problems import Problem
from api.reads import ALL
from api.security import Guard, rule
from api.writes import json_response
from domain.geo.datum import Datum, LonLat, to_wgs84


def install(app: FastAPI, guard: Guard) -> None:
    @rule(ALL)
    async def convert(request: Request) -> Response:
        guard.admit(request, ALL)
        asked = request.query_params
        try:
            point = LonLat(float(asked["lon"]), float(asked["lat"]))
            datum = Datum(asked.get("datum", Datum.WGS84))
        except (KeyError, ValueError):
            detail = "lon and lat are numbers; datum is wgs84, gcj02 or bd09"
            raise Problem(422, "invalid-parameter", detail) from None
        if not (abs(point.lon) <= LAST.lon and abs(point.lat) <= LAST.lat):
            raise Problem(422, "invalid-parameter", "This is no point of the earth")
        found = to_wgs84(point, datum)
        body = {"lon": round(found.lon, 7), "lat": round(found.lat, 7)}
        return json_response(body)

    app.add_api_route(
        "/v1/wgs84",
        convert,
        methods=["GET"],
        summary="A point in another datum as WGS-84",
        openapi_extra={"parameters": [_parameter(name) for name in NAMES]},
    )


NAMES = ("lon", "lat", "datum")
LAST = LonLat(180.0, 90.0)


def _parameter(name: str) -> dict[str, object]:
    return {"name": name, "in": "query", "schema": {"type": "string"}}
