"""Shipments, what happens to them on the road, and the posts they pass."""

from api.routes import COORDINATORS, FIRMS, POSTS, ROAD, Route
from domain import commands as c
from domain.values import Role

_S = "/v1/shipments/{shipment_id}"
_TIME = {"event_time": "2020-02-16T11:48:00+08:00"}
_SHIPMENT_ID = ("shipment_id",)
_LINES = [{"code": "80#", "cases": 120, "case_mass_kg": 5, "unit_price_cny": 45}]
_STOPS = [{"place": "C01", "planned": {"80#": 12}}]

SHIPMENTS = (
    Route(
        "/v1/pickups",
        c.PickUpGoods,
        ROAD,
        "The firm's one call: book if new, and record the pickup",
        {
            "document_no": "20200216-1",
            "plate": "鲁X00001",
            "plate_kind": "blue",
            "event_time": "2020-02-16T05:55:00+08:00",
            "lane": "zz-zd-2020",
            "lines": _LINES,
            "stops": _STOPS,
        },
        _SHIPMENT_ID,
    ),
    Route(
        "/v1/shipments",
        c.BookShipment,
        FIRMS,
        "Book a shipment",
        {"document_no": "20200216-1", "lines": _LINES, "stops": _STOPS},
        _SHIPMENT_ID,
    ),
    Route(_S + "/departures", c.ReportDeparture, ROAD, "Departed", _TIME),
    Route(
        _S + "/checkpoint-passages",
        c.ReportCheckpoint,
        ROAD | POSTS,
        "Passed a checkpoint",
        {"checkpoint": "CP1", "direction": "outward"},
    ),
    Route(
        _S + "/arrivals", c.ReportArrival, ROAD, "Arrived at a stop", {"stop": "C01"}
    ),
    Route(
        _S + "/deliveries",
        c.DeliverGoods,
        ROAD,
        "Handed over",
        {"stop": "C01", "goods": {"80#": 12}, **_TIME},
    ),
    Route(
        _S + "/refusals",
        c.ReportRefusal,
        ROAD,
        "Refused at a stop: stays on board",
        {"stop": "C07", "goods": {"80#": 3}, "reason": "等级不符"},
    ),
    Route(
        _S + "/write-offs",
        c.WriteOffGoods,
        ROAD,
        "Damaged, spoiled or lost",
        {"goods": {"80#": 2}, "reason": "damaged", "stop": "C04"},
    ),
    Route(
        _S + "/goods-returns",
        c.ReturnGoods,
        ROAD,
        "Back in store",
        {"goods": {"80#": 3}, "place": "zhongzhuang"},
    ),
    Route(
        _S + "/vehicle-replacements",
        c.ReplaceVehicle,
        ROAD,
        "Another vehicle took over",
        {
            "plate": "鲁XD00003",
            "plate_kind": "green",
            "reason": "breakdown",
            "cases_moved": 87,
        },
    ),
    Route(_S + "/breakdowns", c.ReportBreakdown, ROAD, "Stands", {"note": "变速箱"}),
    Route(
        _S + "/crew-changes",
        c.ChangeCrew,
        ROAD,
        "Another crew",
        {"crew_count": 2, "reason": "换班"},
    ),
    Route(
        _S + "/reroutings",
        c.RerouteShipment,
        ROAD,
        "On another lane",
        {"lane": "zz-zd-south", "reason": "结冰"},
    ),
    Route(_S + "/returns", c.StartReturn, ROAD, "On the way back", {"empty": True}),
    Route(_S + "/completions", c.CompleteShipment, ROAD, "Trip over", _TIME),
    Route(
        _S + "/cancellations",
        c.CancelShipment,
        FIRMS,
        "Cancel before pickup",
        {"reason": "团长取消"},
    ),
    Route(
        _S + "/corrections",
        c.CorrectFact,
        ROAD,
        "Correct a fact told before",
        {
            "corrects": "0170a1b2c3d4e5f6",
            "reason": "时钟错误",
            "corrected_time": "2020-02-16T06:12:00+08:00",
        },
    ),
)
LANES = (
    Route(
        "/v1/lanes",
        c.OpenLane,
        COORDINATORS,
        "Open a lane",
        {
            "lane": "zz-zd-2020",
            "name": "中庄—张店",
            "waypoints": [
                {"name": "中庄", "point": {"lon": 118.2, "lat": 36.1}},
                {"name": "张店", "point": {"lon": 118.05, "lat": 36.8}},
            ],
            "checkpoints": ["CP1", "CP2", "CP3", "CP4"],
        },
    ),
    Route(
        "/v1/lanes/{lane}/diversions",
        c.DivertLane,
        COORDINATORS,
        "Divert the lane",
        {"reason": "博山段结冰", "substitutes": ["CP2B"]},
    ),
    Route(
        "/v1/lanes/{lane}/reopenings",
        c.ReopenLane,
        COORDINATORS,
        "Reopen the lane",
        {"reason": "恢复通行"},
    ),
    Route(
        "/v1/lanes/{lane}/closures",
        c.CloseLane,
        COORDINATORS,
        "Close the lane",
        {"reason": "大雪"},
    ),
)
PLACES = (
    Route(
        "/v1/places",
        c.RegisterPlace,
        COORDINATORS,
        "Register a place",
        {
            "place": "C01",
            "name": "示例小区",
            "kind": "community",
            "point": {"lon": 118.05, "lat": 36.8},
        },
    ),
    Route(
        "/v1/places/{place}/verifications",
        c.VerifyPlace,
        COORDINATORS,
        "Verify where a place is",
        {"point": {"lon": 118.05, "lat": 36.8}},
    ),
)
CHECKPOINTS = (
    Route(
        "/v1/checkpoints",
        c.OpenCheckpoint,
        COORDINATORS,
        "Open a checkpoint",
        {
            "checkpoint": "CP1",
            "name": "沂源出县",
            "lane": "zz-zd-2020",
            "point": {"lon": 118.17, "lat": 36.2},
        },
    ),
    Route(
        "/v1/checkpoints/{checkpoint}/moves",
        c.MoveCheckpoint,
        COORDINATORS,
        "Move a checkpoint",
        {"point": {"lon": 118.0, "lat": 36.6}, "reason": "避让学校"},
    ),
    Route(
        "/v1/checkpoints/{checkpoint}/closures",
        c.CloseCheckpoint,
        COORDINATORS,
        "Close a checkpoint",
        {"reason": "撤卡"},
    ),
    Route(
        "/v1/checkpoints/{checkpoint}/instructions",
        c.PostInstruction,
        COORDINATORS,
        "Post today's instruction",
        {"text": "鲁牌车辆不再查验", "plate_provinces": ["鲁"]},
    ),
    Route(
        "/v1/checkpoints/{checkpoint}/shift-handovers",
        c.HandOverShift,
        POSTS,
        "Hand over the shift",
        {"unsent": 0, "held": 0, "battery_percent": 71},
    ),
)
_DISINFECTORS = POSTS | ROAD
FACTS = (
    Route(
        "/v1/scans",
        c.RecordScan,
        POSTS,
        "Record a scan",
        {
            "fact_id": "0170a1b2c3d4e5f7",
            "checkpoint": "CP1",
            "direction": "outward",
            "plate": "鲁X00001",
            "verdict": "green",
            "decision": "admitted",
            "event_time": "2020-02-16T07:31:00+08:00",
        },
    ),
    Route(
        "/v1/disinfections",
        c.RecordDisinfection,
        _DISINFECTORS,
        "Record a disinfection",
        {
            "fact_id": "0170a1b2c3d4e5f8",
            "plate": "鲁X00001",
            "station": "中庄消杀点",
            "agent": "84消毒液",
        },
    ),
    Route(
        "/v1/waits",
        c.ReportWait,
        POSTS | {Role.DRIVER},
        "Report the waiting time",
        {
            "fact_id": "0170a1b2c3d4e5f9",
            "checkpoint": "CP4",
            "direction": "outward",
            "wait_minutes": 14,
        },
    ),
)
_A = "/v1/alerts/{alert_id}"
ALERTS = (
    Route(
        "/v1/alerts",
        c.RaiseAlert,
        COORDINATORS,
        "Raise an alert",
        {
            "alert_id": "ice:zz-zd-2020:20200216T0620",
            "kind": "ice",
            "subject": "zz-zd-2020",
            "onset_time": "2020-02-16T14:20:00+08:00",
            "severity": "warning",
        },
    ),
    Route(_A + "/acknowledgements", c.AcknowledgeAlert, COORDINATORS, "Seen", {}),
    Route(_A + "/assignments", c.AssignAlert, COORDINATORS, "Assign", {"to": "值班员"}),
    Route(
        _A + "/mutes",
        c.MuteAlert,
        COORDINATORS,
        "Mute until",
        {"until_time": "2020-02-16T18:00:00+08:00"},
    ),
    Route(
        _A + "/resolutions", c.ResolveAlert, COORDINATORS, "Done", {"note": "已处置"}
    ),
    Route(
        _A + "/notice-claims",
        c.ClaimNotice,
        COORDINATORS,
        "Claim the sending of a notice",
        {"node": "node-1", "until_time": "2020-02-16T14:25:00+08:00"},
    ),
    Route(
        _A + "/notices",
        c.MarkNoticeSent,
        COORDINATORS,
        "The notice was sent",
        {"node": "node-1", "channel": "wecom"},
    ),
)
ROAD_ROUTES = (*SHIPMENTS, *LANES, *PLACES, *CHECKPOINTS, *FACTS, *ALERTS)
