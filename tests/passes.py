"""Passes for tests: the stage they need, one granted, keys and lists of one's own."""

import base64

WAYPOINTS = (
    ("中庄", 118.3, 36.08, "370323"),
    ("博山", 117.93, 36.4, "370304"),
    ("无名", 117.9, 36.5, ""),
    ("淄川", 117.94, 36.62, "370302"),
    ("张店", 118.02, 36.77, "370303"),
)


def stage(served):
    """An issuer, a lane through four counties, a checkpoint on it."""
    admin, coordinator = served.as_("admin", ""), served.as_("coordinator", "")
    issuer = {
        "issuer": "county",
        "name": "县交通运输局",
        "division_code": "370323",
        "serial_from": 0,
        "serial_until": 499_999,
        "validity_days": 14,
        "phone": "0533-2",
    }
    _once(admin.post("/v1/issuers", json=issuer))
    points = [
        {"name": name, "point": {"lon": lon, "lat": lat}, "division_code": code}
        for name, lon, lat, code in WAYPOINTS
    ]
    lane = {
        "lane": "l1",
        "name": "中庄—张店",
        "waypoints": points,
        "checkpoints": ["CP1"],
    }
    _once(coordinator.post("/v1/lanes", json=lane))
    post = {"checkpoint": "CP1", "name": "出县", "lane": "l1", "phone": "0533-1"}
    post["point"] = {"lon": 118.13, "lat": 36.24}
    _once(coordinator.post("/v1/checkpoints", json=post))


DRIVER = {
    "name": "欧阳大锤",
    "id_number": "440524188001010014",
    "licence_class": "C1",
}


def grant(served, pass_id, plate, *, driver=None, **more):
    """An approved pass of the organisation `firm`, valid for a week."""
    people = {"driver": driver, "crew": [{"name": "夏侯押运"}], "declaration": True}
    told = people if driver else {}
    firm, reviewer = served.as_("firm"), served.as_("reviewer", "")
    vehicle = {"plate": plate, "plate_kind": "blue"}
    draft = {"pass_id": pass_id, "issuer": "county", **vehicle, **more}
    firm.post("/v1/passes", json=draft).raise_for_status()
    request = {
        **vehicle,
        "gross_mass_kg": 4490,
        "crew_count": 2,
        "goods": "苹果",
        "lane": "l1",
        "valid_from": "2020-02-16T00:00:00+08:00",
        "valid_until": "2020-02-23T00:00:00+08:00",
    }
    path = f"/v1/passes/{pass_id}"
    firm.post(f"{path}/requests", json=request | told).raise_for_status()
    reviewer.post(f"{path}/approvals", json={}).raise_for_status()


def _once(answer):
    """Whoever shares the node may have made it before."""
    assert answer.is_success or answer.json()["code"].endswith("-exists"), answer.text


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
