"""Devices, signing keys and revocations: the plain writes of access."""

from api.routes import ADMINS, COORDINATORS, Route
from domain import commands as c

KEYS = (
    Route(
        "/v1/keys/{access_id}/revocations",
        c.RevokeKey,
        ADMINS | COORDINATORS,
        "End a key, an invitation and its sessions",
        {"reason": "手机遗失"},
    ),
    Route(
        "/v1/signing-keys",
        c.PublishSigningKey,
        ADMINS,
        "Publish a public key that signs passes",
        {
            "access_id": "sign-2020-02",
            "issuer": "county",
            "public_key": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…",
            "from_time": "2020-02-16T00:00:00+08:00",
            "until_time": "2020-05-16T00:00:00+08:00",
        },
    ),
    Route(
        "/v1/devices",
        c.EnrolDevice,
        COORDINATORS,
        "Enrol a device",
        {"device": "cp2-a", "name": "CP2 手机 A", "checkpoint": "CP2"},
    ),
    Route(
        "/v1/devices/{device}/revocations",
        c.RevokeDevice,
        COORDINATORS,
        "Revoke a device",
        {"reason": "遗失"},
    ),
)
