"""Applications for a pass, made and decided over the API of a served node."""

HOUR = "2020-02-16T{}:00+08:00"
WEEK = {
    "valid_from": "2020-02-16T00:00:00+08:00",
    "valid_until": "2020-02-23T00:00:00+08:00",
}
VAN = {
    "vehicle_type": "厢式货车",
    "owner": "示例果蔬有限公司",
    "gross_mass_kg": 4490,
    "rated_load_kg": 1735,
    "load_kg": 1500,
    "seats": 3,
    "inspection_valid_until": "2020-09-30",
    "goods": "苹果",
    "goods_category": "fresh",
    "lane": "zz-zd",
    "declaration": True,
}
ENDS = (("中庄镇", 118.0), ("张店区", 118.1))


def open_issuers(served):
    """The county bureau, a town, and the lane between them."""
    admin = served.as_("admin", "")
    for issuer, name, block in (
        ("county", "沂源县交通运输局", (0, 499_999)),
        ("town", "中庄镇经贸办", (500_000, 599_999)),
    ):
        body = {"issuer": issuer, "name": name, "division_code": "370323"}
        body |= {"serial_from": block[0], "serial_until": block[1]}
        body |= {"validity_days": 14, "phone": "0533-3241000"}
        admin.post("/v1/issuers", json=body).raise_for_status()
    points = [{"name": n, "point": {"lon": lon, "lat": 36}} for n, lon in ENDS]
    lane = {"lane": "zz-zd", "name": "中庄—张店", "waypoints": points}
    admin.post("/v1/lanes", json=lane | {"checkpoints": []}).raise_for_status()


def draft(served, pass_id, plate, contact="11:00", organisation="firm", **more):
    body = {"pass_id": pass_id, "issuer": "county", "plate": plate}
    body |= {"plate_kind": "blue", "first_contact_time": HOUR.format(contact)}
    answer = served.as_("firm", organisation).post("/v1/passes", json=body | more)
    return answer.raise_for_status().json()


def submit(served, pass_id, plate, organisation="firm", **more):
    """The position of the application in the log."""
    body = {"plate": plate, "plate_kind": "blue"} | VAN | WEEK | more
    path = f"/v1/passes/{pass_id}/requests"
    answer = served.as_("firm", organisation).post(path, json=body)
    return answer.raise_for_status().json()["position"]


def apply(served, pass_id, plate, **more):
    told = draft(served, pass_id, plate, **more)
    return told, submit(served, pass_id, plate, more.get("organisation", "firm"))


def decide(served, pass_id, what, body=None, **reviewer):
    reviewer = {"organisation": ""} | reviewer
    path = f"/v1/passes/{pass_id}/{what}"
    return served.as_("reviewer", **reviewer).post(path, json=body or {})


def all_of(served, organisation="firm"):
    """A firm's applications, as a read has them that waits for the newest."""
    last = served.newest
    path, params = "/v1/applications", {"min_position": str(last)}
    board = served.as_("firm", organisation).get(path, params=params)
    return board.json()["applications"]


def standing(served, reference):
    body = {"reference": reference}
    return served.client().post("/v1/pass-status", json=body)


def one(served, pass_id):
    """The application as the newest read has it."""
    last = served.newest
    params = {"pass_id": pass_id, "min_position": str(last)}
    found = served.as_("coordinator", "").get("/v1/applications", params=params)
    return found.json()["applications"][0]
