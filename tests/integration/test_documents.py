"""Documents over HTTP: uploaded sealed, named, looked at on the record, erased."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from tests.integration.test_persons import DRIVER, PLATE, WEEK
from tests.readable import found_in

PDF = b"%PDF-1.7\n" + b"zhang san 440524188001010014 " * 40
MARKER = b"zhang san 440524188001010014"


@pytest.fixture(scope="module", autouse=True)
def issuers(served):
    for number, issuer in enumerate(("county", "town")):
        body = {"issuer": issuer, "name": issuer, "division_code": f"37032{number}"}
        body |= {"serial_from": 0, "serial_until": 99, "validity_days": 14}
        served.as_("admin").post("/v1/issuers", json=body).raise_for_status()


def picture(kind="JPEG", size=64, note=b""):
    made = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(made, kind)
    return made.getvalue() + note


def upload(client, content, told="application/octet-stream"):
    headers = {"Content-Type": told}
    return client.post("/v1/documents", content=content, headers=headers)


def uploaded(client, content=None):
    answer = upload(client, content or picture())
    return answer.raise_for_status().json()["hash"]


def requested(served, pass_id, *documents, organisation="firm", **more):
    firm = served.as_("firm", organisation)
    draft = {"pass_id": pass_id, "issuer": "county", **PLATE}
    firm.post("/v1/passes", json=draft).raise_for_status()
    named = [{"kind": kind, "hash": name} for kind, name in documents]
    body = PLATE | WEEK | {"documents": named} | more
    return firm.post(f"/v1/passes/{pass_id}/requests", json=body)


def look(client, name, **params):
    return client.get(f"/v1/documents/{name}", params=params)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_seen_by_the_issuers_reviewer_as_it_was_sent(served, kind):
    content = picture(kind)
    name = uploaded(served.as_("firm"), content)
    requested(served, f"seen-{kind}", ("vehicle_licence", name)).raise_for_status()

    seen = look(served.as_("reviewer", ""), name, purpose="review")

    assert seen.content == content
    assert seen.headers["content-type"] == f"image/{kind.lower()}"
    assert seen.headers["content-security-policy"].startswith("default-src 'none'")
    assert seen.headers["cache-control"] == "no-store"
    assert "attachment" not in seen.headers["content-disposition"]


def test_a_pdf_is_downloaded_and_never_shown_in_the_page(served):
    name = uploaded(served.as_("firm"), PDF)
    requested(served, "form", ("application_form", name)).raise_for_status()

    seen = look(served.as_("firm"), name)

    assert seen.content == PDF
    assert seen.headers["content-disposition"] == "attachment"


def test_a_look_is_in_the_log(served):
    name = uploaded(served.as_("firm"))
    requested(served, "look", ("driving_licence", name))
    look(served.as_("reviewer", ""), name, purpose="inspection")

    (event,) = served.node.application.events.get(f"document:{name}")
    assert (event.pass_id, event.purpose) == ("look", "inspection")
    assert event.recorded_by == served.keys["reviewer--county"].split("_")[1]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (("checkpoint", ""), "role-missing"),
        (("coordinator", ""), "role-missing"),
        (("liaison", ""), "role-missing"),
        (("reviewer", "", "town"), "document-not-found"),
        (("firm", "rival"), "document-not-found"),
    ],
)
def test_to_others_a_document_is_not_there(served, who, code):
    name = uploaded(served.as_("firm"))
    requested(served, "hidden-" + "-".join(who), ("other", name)).raise_for_status()

    assert look(served.as_(*who), name).json()["code"] == code


def test_before_an_application_names_it_nobody_sees_a_document(served):
    name = uploaded(served.as_("firm"))

    assert look(served.as_("firm"), name).json()["code"] == "document-not-found"
    assert look(served.as_("admin"), name).json()["code"] == "document-not-found"


def test_nobody_gets_at_anothers_document_by_naming_it(served):
    name = uploaded(served.as_("firm"))
    requested(served, "mine", ("other", name))

    stolen = requested(served, "theirs", ("other", name), organisation="rival")

    assert stolen.json()["code"] == "document-unknown"
    seen = look(served.as_("firm", "rival"), name)
    assert seen.json()["code"] == "document-not-found"


def test_what_staff_upload_any_application_may_name(served):
    name = uploaded(served.as_("liaison", ""))

    assert requested(served, "on-behalf", ("other", name)).status_code == 201


def test_a_document_that_was_never_uploaded_is_said_to_be_unknown(served):
    answer = requested(served, "unknown", ("other", "f" * 64))

    assert (answer.status_code, answer.json()["code"]) == (409, "document-unknown")


def test_what_was_missing_is_supplied_with_its_document(served):
    requested(served, "missing").raise_for_status()
    name = uploaded(served.as_("firm"))
    reviewer = served.as_("reviewer", "")
    ask = {"missing": ["押运员身份证"]}
    reviewer.post("/v1/passes/missing/information-requests", json=ask)
    told = {"note": "已补", "documents": [{"kind": "crew_id", "hash": name}]}

    answer = served.as_("firm").post("/v1/passes/missing/information", json=told)

    assert answer.status_code == 201
    assert look(reviewer, name).status_code == 200


def test_a_photograph_of_50_mb_is_heard_out_and_refused_in_words(served):
    answer = upload(served.as_("firm"), picture() + bytes(50_000_000), "image/jpeg")

    assert (answer.status_code, answer.json()["code"]) == (413, "document-too-large")
    assert answer.json()["most_bytes"] == 10_000_000


def test_ten_megabytes_are_taken(served):
    content = picture()
    content += bytes(10_000_000 - len(content))

    assert upload(served.as_("firm"), content).status_code == 201
    assert upload(served.as_("firm"), content + b"0").status_code == 413


@pytest.mark.parametrize("told", ["image/jpeg", "image/png; charset=x"])
def test_a_pdf_that_is_named_jpg_is_sent_back_as_what_it_is(served, told):
    answer = upload(served.as_("firm"), PDF, told)

    assert (answer.status_code, answer.json()["code"]) == (415, "document-type-differs")
    assert answer.json()["found"] == "application/pdf"


def test_a_pdf_is_no_photograph_of_a_licence(served):
    name = uploaded(served.as_("firm"), PDF)

    answer = requested(served, "no-photo", ("driving_licence", name))

    assert (answer.status_code, answer.json()["code"]) == (409, "document-kind")


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\0", b"<html><script>", b"GIF89a" + bytes(20)]
)
def test_what_is_no_document_is_refused(served, content):
    answer = upload(served.as_("firm"), content)

    assert (answer.status_code, answer.json()["code"]) == (415, "document-type")


def test_a_checkpoint_uploads_nothing(served):
    assert upload(served.as_("checkpoint"), picture()).json()["code"] == "role-missing"


def test_nothing_of_a_document_can_be_read_on_the_disk(served):
    uploaded(served.as_("firm"), PDF)

    assert found_in(served.node.settings.data, [MARKER.decode()]) == []


def test_erasing_a_person_takes_the_papers_that_show_them(served):
    firm = served.as_("firm")
    licence, vehicle = uploaded(firm), uploaded(firm)
    told = ("driving_licence", licence), ("vehicle_licence", vehicle)
    requested(served, "gone", *told, driver=DRIVER, declaration=True)
    reviewer = served.as_("reviewer", "")
    (driver,) = reviewer.get("/v1/passes/gone/persons").json()["persons"]
    path = f"/v1/persons/{driver['subject']}/erasures"

    done = served.as_("admin").post(path, json={"reason": "本人申请"}).json()

    assert (done["erased"], done["documents"]) == (1, 1)
    erased = look(reviewer, licence)
    assert (erased.status_code, erased.json()["code"]) == (410, "document-erased")
    assert look(reviewer, vehicle).status_code == 200
    folder = served.node.settings.documents
    assert not list(folder.rglob(licence))


def test_a_damaged_document_is_not_called_erased(served):
    name = uploaded(served.as_("firm"))
    requested(served, "damaged", ("other", name))
    (path,) = served.node.settings.documents.rglob(name)
    kept = bytearray(path.read_bytes())
    kept[-1] ^= 1
    path.write_bytes(kept)

    answer = look(served.as_("firm"), name)

    assert (answer.status_code, answer.json()["code"]) == (410, "document-unreadable")


def test_one_document_in_the_place_of_another_is_not_shown(served):
    """Both are whole and sealed by us; only the name tells which is which."""
    firm = served.as_("firm")
    right, wrong = uploaded(firm), uploaded(firm)
    requested(served, "swapped", ("driving_licence", right))
    paths = [next(served.node.settings.documents.rglob(n)) for n in (right, wrong)]
    paths[0].write_bytes(paths[1].read_bytes())

    answer = look(firm, right)

    assert (answer.status_code, answer.json()["code"]) == (410, "document-unreadable")


def test_what_no_application_names_goes_after_24_hours_and_the_rest_stays(served):
    firm, node = served.as_("firm"), served.node
    named, unnamed = uploaded(firm), uploaded(firm)
    requested(served, "sweep", ("other", named))
    keeper, now = node.keeper, node.clock()

    def swept_at(hours):
        keeper._clock = lambda: now + timedelta(hours=hours)
        node.keeper.run()
        left = set(node.documents._shelf.names())
        return named in left, unnamed in left

    assert swept_at(23.9) == (True, True)
    assert swept_at(24.1) == (True, False)
    keeper._clock = node.clock


def test_an_old_document_is_named_only_where_it_is_named_already(served, monkeypatch):
    firm, node = served.as_("firm"), served.node
    named, unnamed = uploaded(firm), uploaded(firm)
    requested(served, "first", ("other", named))
    later = node.clock() + timedelta(hours=23.5)
    monkeypatch.setattr(node, "clock", lambda: later)

    renewed = requested(served, "renewed", ("other", named))
    late = requested(served, "late", ("other", unnamed))

    assert renewed.status_code == 201
    assert late.json()["code"] == "document-unknown"
