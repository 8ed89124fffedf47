"""Recorded drives of strangers, glitches included, through the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.replay import read_track
from domain.geo.frame import metres_between

pytestmark = pytest.mark.integration
TRACKS = Path(__file__).parents[3] / "shared" / "data" / "tracks"
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x"
 xmlns="http://www.topografix.com/GPX/1/1"><trk><name>t</name><trkseg>
 <trkpt lat="36.0" lon="118.00"><time>2026-01-01T00:00:00Z</time></trkpt>
 <trkpt lat="36.0" lon="118.01"><time>2026-01-01T00:01:00Z</time></trkpt>
 <trkpt lat="36.0" lon="119.50"><time>2026-01-01T00:01:10Z</time></trkpt>
 <trkpt lat="36.0" lon="118.02"><time>2026-01-01T00:02:00Z</time></trkpt>
 </trkseg></trk></gpx>"""


@pytest.fixture(scope="module")
def folder(served):
    data = served.node.settings.data
    told = {"url": served.url, "pid": os.getpid()}
    (data / "node.json").write_text(json.dumps(told))
    lane = [{"name": "a", "point": {"lon": 118.0, "lat": 36.0}}]
    lane += [{"name": "b", "point": {"lon": 118.9, "lat": 36.3}}]
    body = {"lane": "L", "name": "L", "waypoints": lane}
    served.as_("coordinator", "").post("/v1/lanes", json=body).raise_for_status()
    return data


def run(folder, file, *words):
    command = [sys.executable, "-m", "cli", "replay", str(file), "--json", *words]
    command += ["--data", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return told.returncode, told.stdout, told.stderr


def test_a_track_becomes_a_truck_and_its_glitch_a_count(folder, served, tmp_path):
    file = tmp_path / "drive.gpx"
    file.write_text(GPX)

    code, said, error = run(folder, file)

    assert code == 0, error
    told = json.loads(said)
    assert (told["positions"], told["believed"], told["jump"]) == (4, 3, 1)
    trucks = served.as_("coordinator", "").get("/v1/live-map").json()["trucks"]
    (seen,) = [t for t in trucks if t["plate"] == told["plate"]]
    assert (seen["lon"], seen["source"]) == (118.02, "gps")


def test_along_a_lane_it_has_driven_as_far(folder, served, tmp_path):
    file = tmp_path / "drive.csv"
    lines = [f"36,118.{n:03d},2026-01-01 00:{n:02d}:00" for n in range(0, 40, 4)]
    file.write_text("lat,lon,time\n" + "\n".join(lines))

    code, said, error = run(folder, file, "--onto", "L")

    assert code == 0, error
    plate = json.loads(said)["plate"]
    trucks = served.as_("coordinator", "").get("/v1/live-map").json()["trucks"]
    (seen,) = [t for t in trucks if t["plate"] == plate]
    samples = read_track(file)
    driven = metres_between(samples[0].point, samples[-1].point)
    assert seen["progress_m"] == pytest.approx(driven, rel=0.01)


@pytest.mark.parametrize(
    ("name", "text", "words", "said"),
    [
        ("a.csv", "lat,lon\n1,2", (), "no column time"),
        ("a.csv", "lat,lon,time\n36,118,2026-01-01", (), "two positions"),
        ("a.csv", "lat,lon,time\n36,x,2026-01-01", (), "could not convert"),
        ("a.gpx", "<gpx", (), "a.gpx"),
        ("a.gpx", GPX, ("--onto", "nowhere"), "no lane nowhere"),
    ],
)
def test_what_cannot_be_replayed_says_why(folder, tmp_path, name, text, words, said):
    (tmp_path / name).write_text(text)

    code, _, error = run(folder, tmp_path / name, *words)

    assert code == 2
    assert said in error


@pytest.mark.parametrize("name", ["gotrack_aracaju.csv", "liverpool_bus_route14.csv"])
def test_real_tracks_arrive_whole(folder, name):
    if not (TRACKS / name).exists():
        pytest.skip(f"the recorded tracks are not here: {TRACKS}")

    code, said, error = run(folder, TRACKS / name)

    assert code == 0, error
    told = json.loads(said)
    doubted = sum(told.get(reason, 0) for reason in ("jump", "known", "no-fix"))
    assert told["believed"] + doubted == told["positions"]
    assert told["believed"] > 0.95 * told["positions"]
