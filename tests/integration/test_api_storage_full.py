"""A full disk over HTTP: 503 with its own code, and writes go on when there is room."""

from tests.integration.conftest import Served, pickup


def test_a_full_disk_is_said_and_survived(tmp_path):
    served = Served(tmp_path)
    firm = served.as_("firm")
    firm.post("/v1/pickups", json=pickup("before")).raise_for_status()
    db = served.node.application.recorder._store.tail.index._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    notes = [{"note": "x" * 900, "fact_id": f"fact-full-{n}"} for n in range(400)]
    path = "/v1/shipments/firm.before/breakdowns"

    full = [firm.post(path, json=note) for note in notes]
    db.execute(f"PRAGMA max_page_count = {pages + 10_000}")
    again = [firm.post(path, json=note) for note in notes]

    refused = [answer for answer in full if answer.status_code == 503]
    assert refused
    assert {answer.json()["code"] for answer in refused} == {"storage-full"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert {answer.status_code for answer in again} == {200, 201}
    taken = sum(answer.status_code == 201 for answer in (*full, *again))
    assert taken == len(notes)
    served.stop()
