"""`greenchannel replay FILE`: a recorded track drives again, as a truck of its own."""

import csv
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import gpxpy
import typer
from gpxpy.gpx import GPXException

from cli.console import DEFAULT_DATA, OUT, Data, fail, progress, say
from cli.node import NodeClient
from cli.store import AsJson
from domain.geo.datum import LonLat
from domain.geo.frame import metres_between
from projections.tracking.line import LaneLine

BATCH = 500
SERIAL = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a plate: without I and O. Five of them hardly ever meet twice."""
OWNER = "replay"
LATITUDE, LONGITUDE = ("latitude", "lat"), ("longitude", "lon", "lng")
TIME, TRACK = ("time", "timestamp", "datetime"), ("track_id", "trip_id", "track")


class Sample(NamedTuple):
    time: datetime
    point: LonLat


def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    data: Data = DEFAULT_DATA,
    onto: Annotated[str, typer.Option(help="Lay it along this lane")] = "",
    track: Annotated[str, typer.Option(help="Which track; else the first")] = "",
    live: Annotated[  # noqa: FBT002 -- an option of the command line
        bool, typer.Option("--live", help="From now on, as fast as it was driven")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Send a GPX or CSV track as a truck: where it was driven, or along a lane.

    Without --live it ends now: the whole drive is sent at once, as a phone that was
    out of reach would. Prints what became of each position, by reason.
    """
    samples = read_track(file, track)
    node = NodeClient(data)
    if onto:
        samples = lay_along(samples, _lane(node, onto))
    shift = _now(node) - (samples[0] if live else samples[-1]).time
    plate = _truck(node, file.stem, onto, samples[0].time + shift)
    samples = [sample._replace(time=sample.time + shift) for sample in samples]
    counts = _send(node, plate, samples, live=live)
    told: dict[str, Any] = {"plate": plate, "positions": len(samples), **counts}
    if as_json:
        OUT.print_json(data=told)
    else:
        say(" · ".join(f"{name} {value}" for name, value in told.items()))


def read_track(file: Path, track: str = "") -> list[Sample]:
    """One track in the order of the file; the command ends where there is none."""
    try:
        text = file.read_text("utf-8-sig")
        is_gpx = file.suffix.lower() == ".gpx"
        samples = _from_gpx(text, track) if is_gpx else _from_csv(text, track)
    except (ValueError, GPXException) as error:
        fail(f"{file.name}: {error}")
    if len(samples) < 2:  # noqa: PLR2004 -- a drive has two ends
        fail(f"{file.name}: no track of two positions with times")
    return samples


def lay_along(samples: Sequence[Sample], line: LaneLine) -> list[Sample]:
    """As far along the lane as it had driven; its own jumps and gaps stay."""
    driven = 0.0
    laid = [Sample(samples[0].time, line.point_at(0))]
    for before, sample in pairwise(samples):
        driven += metres_between(before.point, sample.point)
        laid.append(Sample(sample.time, line.point_at(driven)))
    return laid


def _from_gpx(text: str, track: str) -> list[Sample]:
    tracks = gpxpy.parse(text).tracks
    wanted = [one for one in tracks if track in {"", one.name}][:1]
    return [
        Sample(_aware(point.time), LonLat(point.longitude, point.latitude))
        for one in wanted
        for segment in one.segments
        for point in segment.points
        if point.time
    ]


def _from_csv(text: str, track: str) -> list[Sample]:
    """Raises ValueError where a column or a number cannot be read."""
    rows = list(csv.DictReader(text.splitlines()))
    names = set(rows[0]) if rows else set()
    lat, lon, at = (_column(names, wanted) for wanted in (LATITUDE, LONGITUDE, TIME))
    own = next((name for name in TRACK if name in names), "")
    chosen = track or (rows[0][own] if own else "")
    return [
        Sample(
            _aware(datetime.fromisoformat(row[at])),
            LonLat(float(row[lon]), float(row[lat])),
        )
        for row in rows
        if not own or row[own] == chosen
    ]


def _column(names: set[str], wanted: Sequence[str]) -> str:
    found = next((name for name in wanted if name in names), "")
    if not found:
        msg = f"no column {' or '.join(wanted)}"
        raise ValueError(msg)
    return found


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _now(node: NodeClient) -> datetime:
    return datetime.fromisoformat(node.get("/health")["now"])


def _lane(node: NodeClient, code: str) -> LaneLine:
    lanes = node.get("/v1/live-map")["lanes"]
    found = next((lane for lane in lanes if lane["code"] == code), None)
    if found is None:
        known = ", ".join(lane["code"] for lane in lanes)
        fail(f"There is no lane {code}; there are: {known}")
    return LaneLine([LonLat(*point) for point in found["points"]])


def _truck(node: NodeClient, name: str, lane: str, begins: datetime) -> str:
    """Its plate: a shipment under way and a device, made for this replay."""
    plate = "鲁Y" + "".join(secrets.choice(SERIAL) for _ in range(5))
    kind = "blue"
    body: dict[str, Any] = {
        "document_no": f"replay-{name[:40]}-{secrets.token_hex(4)}",
        "organisation": OWNER,
        "plate": plate,
        "plate_kind": kind,
        "event_time": begins.isoformat(),
        "lines": [],
        "stops": [],
    }
    node.post("/v1/pickups", body | ({"lane": lane} if lane else {}))
    device = {"plate": plate, "plate_kind": kind, "device": f"replay-{plate}"}
    answer = node.post(
        "/v1/vehicles/devices", device | {"from_time": begins.isoformat()}
    )
    node.get("/v1/live-map", min_position=answer["position"])
    return plate


def _send(
    node: NodeClient, plate: str, samples: Sequence[Sample], *, live: bool
) -> Counter[str]:
    counts: Counter[str] = Counter()
    batch = 1 if live else BATCH
    with progress() as bar:
        task = bar.add_task(plate, total=len(samples))
        for start in range(0, len(samples), batch):
            part = samples[start : start + batch]
            if live and start:
                gap = part[0].time - samples[start - 1].time
                time.sleep(max(gap, timedelta(0)).total_seconds())
            items = [
                {
                    "device": f"replay-{plate}",
                    "time": sample.time.isoformat(),
                    "lon": sample.point.lon,
                    "lat": sample.point.lat,
                }
                for sample in part
            ]
            counts.update(node.post("/v1/positions", items)["counts"])
            bar.update(task, completed=start + len(part))
    return counts
