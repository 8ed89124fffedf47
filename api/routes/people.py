"""Enterprises, their needs, and the passes of their vehicles."""

from api.applications import NAMED_DOCUMENTS, OPEN_FIELDS, SERVER_MADE
from api.routes import (
    ADMINS,
    APPLICANTS,
    COORDINATORS,
    FIRMS,
    LIAISONS,
    REVIEWERS,
    Route,
)
from domain import commands as c
from domain.values import Role

_REASON = {"reason": "材料不符"}
_E = "/v1/enterprises/{enterprise_id}"
_N = "/v1/needs/{need_id}"
_P = "/v1/passes/{pass_id}"

ENTERPRISES = (
    Route(
        "/v1/enterprises",
        c.RegisterEnterprise,
        LIAISONS,
        "Register an enterprise",
        {
            "enterprise_id": "shili-01",
            "name": "示例机械 01",
            "credit_code": "91370323MA00000011",
            "town": "南麻街道",
            "sector": "manufacturing",
            "staff_total": 120,
        },
    ),
    Route(
        _E + "/liaison",
        c.AssignLiaison,
        COORDINATORS,
        "Assign a liaison officer",
        {"officer": "officer-17"},
    ),
    Route(
        _E + "/visits",
        c.ReportLiaisonVisit,
        LIAISONS,
        "Report a visit",
        {"officer": "officer-17", "note": "口罩够用三天"},
    ),
    Route(
        _E + "/resumption-requests",
        c.RequestResumption,
        FIRMS | LIAISONS,
        "Ask to resume work",
        {"note": "防疫物资齐备"},
    ),
    Route(
        _E + "/resumption-approvals",
        c.ApproveResumption,
        REVIEWERS,
        "Approve the resumption",
        {},
    ),
    Route(
        _E + "/resumption-refusals",
        c.RefuseResumption,
        REVIEWERS,
        "Refuse the resumption",
        _REASON,
    ),
    Route(
        _E + "/resumptions",
        c.ReportResumption,
        FIRMS | LIAISONS,
        "Report that work has resumed",
        {"event_time": "2020-02-16T08:00:00+08:00"},
    ),
    Route(
        _E + "/staff-reports",
        c.ReportStaff,
        FIRMS | LIAISONS,
        "Report the staff on site",
        {"on_site": 84, "total": 120},
    ),
    Route(
        _E + "/measures",
        c.GrantMeasure,
        COORDINATORS,
        "Grant a measure",
        {"measure": "减免房租", "amount_cny": 20000},
    ),
)
NEEDS = (
    Route(
        "/v1/needs",
        c.RaiseNeed,
        APPLICANTS,
        "Raise a need",
        {
            "need_id": "need-0216-01",
            "enterprise": "shili-01",
            "category": "transport",
            "summary": "两辆货车无法出县",
        },
    ),
    Route(
        _N + "/assignments",
        c.AssignNeed,
        LIAISONS,
        "Assign the need to a unit",
        {"lead_unit": "交通运输局", "due_time": "2020-02-18T18:00:00+08:00"},
    ),
    Route(
        _N + "/progress",
        c.ReportNeedProgress,
        LIAISONS,
        "Report progress",
        {"note": "已联系"},
    ),
    Route(
        _N + "/escalations",
        c.EscalateNeed,
        LIAISONS,
        "Escalate the need",
        {"to_unit": "县政府办公室", "reason": "跨区通行"},
    ),
    Route(
        _N + "/resolutions",
        c.ResolveNeed,
        LIAISONS,
        "Resolve the need",
        {"on_site": True, "note": "当场解决"},
    ),
    Route(
        _N + "/confirmations",
        c.ConfirmNeed,
        APPLICANTS,
        "Confirm the solution",
        {"satisfied": True},
    ),
    Route(
        _N + "/reopenings",
        c.ReopenNeed,
        APPLICANTS,
        "Reopen the need",
        {"reason": "贷款未到账"},
    ),
)
ISSUERS = (
    Route(
        "/v1/issuers",
        c.OpenIssuer,
        ADMINS,
        "Open an issuer of passes",
        {
            "issuer": "county",
            "name": "沂源县交通运输局",
            "division_code": "370323",
            "serial_from": 0,
            "serial_until": 499999,
            "validity_days": 14,
        },
    ),
)
PASSES = (
    Route(
        "/v1/passes",
        c.DraftPass,
        APPLICANTS | REVIEWERS,
        "First contact: draft an application",
        {
            "pass_id": "p-0001",
            "organisation": "guolanzi",
            "issuer": "county",
            "plate": "鲁X00001",
            "plate_kind": "blue",
        },
    ),
    Route(
        _P + "/requests",
        c.RequestPass,
        APPLICANTS | REVIEWERS,
        "Submit the complete application",
        {
            "plate": "鲁X00001",
            "plate_kind": "blue",
            "gross_mass_kg": 4490,
            "crew_count": 2,
            "goods": "苹果",
            "lane": "zz-zd-2020",
            "valid_from": "2020-02-16T00:00:00+08:00",
            "valid_until": "2020-02-23T00:00:00+08:00",
            "load_kg": 1490,
            "rated_load_kg": 1495,
            "seats": 2,
            "owner": "示例果品",
            "inspection_valid_until": "2020-12-31",
            "driver": {
                "name": "王示例",
                "phone": "13800000000",
                "id_number": "370323199001010012",
                "licence_class": "C1",
            },
            "crew": [{"name": "李示例"}],
            "declaration": True,
        },
        SERVER_MADE,
        OPEN_FIELDS,
    ),
    Route(
        _P + "/information-requests",
        c.RequestPassInformation,
        REVIEWERS,
        "Ask for what is missing: the desk clock waits",
        {"missing": ["押运员身份证"]},
    ),
    Route(
        _P + "/information",
        c.SupplyPassInformation,
        APPLICANTS,
        "Supply what was missing",
        {"note": "已补"},
        open_fields=NAMED_DOCUMENTS,
    ),
    Route(
        _P + "/approvals",
        c.ApprovePass,
        REVIEWERS,
        "Approve the pass",
        {},
        ("salt",),
    ),
    Route(_P + "/refusals", c.RefusePass, REVIEWERS, "Refuse the pass", _REASON),
    Route(
        _P + "/collections",
        c.CollectPass,
        APPLICANTS | REVIEWERS | {Role.DRIVER},
        "Opened on a phone or printed: in hand",
        {"event_time": "2020-02-16T13:10:00+08:00"},
    ),
    Route(_P + "/suspensions", c.SuspendPass, REVIEWERS, "Suspend the pass", _REASON),
    Route(
        _P + "/reinstatements",
        c.ReinstatePass,
        REVIEWERS,
        "Reinstate the pass",
        {"reason": "已整改"},
    ),
    Route(_P + "/revocations", c.RevokePass, REVIEWERS, "Revoke the pass", _REASON),
)
VEHICLES = (
    Route(
        "/v1/vehicles",
        c.RegisterVehicle,
        FIRMS,
        "Register a vehicle",
        {"plate": "鲁X00001", "plate_kind": "blue", "organisation": "guolanzi"},
    ),
    Route(
        "/v1/vehicles/devices",
        c.AssignDevice,
        FIRMS,
        "Say which device rides on a vehicle",
        {"plate": "鲁X00001", "plate_kind": "blue", "device": "phone-17"},
    ),
    Route(
        "/v1/vehicles/pass-releases",
        c.ReleasePass,
        REVIEWERS,
        "Free the vehicle: revoke the pass that it holds now",
        {"plate": "鲁X00001", "plate_kind": "blue", "reason": "线路变更"},
    ),
)
PEOPLE: tuple[Route, ...] = (*ENTERPRISES, *NEEDS, *ISSUERS, *PASSES, *VEHICLES)
