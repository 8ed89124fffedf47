"""The numbers on the trucks' passes: hashed from the application, so known before."""

from datetime import datetime

from cli.demo.script import DAYS, G1, G2, G2R, G3, G4, K1, START, Truck
from domain.approval import pass_number
from domain.issuer import Issuer

DIVISION = "370323"
VALIDITY_DAYS = 14
BLOCKS = {"county": (0, 499_999), "town": (500_000, 599_999)}
RENEWED = DAYS[6].at("20:00")
"""On the 22nd the fruit trucks' passes are renewed, from the evening on."""
SHOWN = {
    G1: ("town", "town-01"),
    G2: ("town", "town-02"),
    G3: ("town", "town-08"),
    G4: ("town", "town-09"),
    G2R: ("town", "g2r"),
    K1: ("county", "k1"),
}
"""Issuer and application; the other trucks' drivers show paper of other counties."""


def number_of(issuer: str, pass_id: str) -> str:
    first, last = BLOCKS[issuer]
    block = Issuer(
        name=issuer,
        division_code=DIVISION,
        serial_from=first,
        serial_until=last,
        validity_days=VALIDITY_DAYS,
    )
    return pass_number(block, pass_id, 0)


def shown(truck: Truck, at: datetime) -> str:
    """What the driver holds out at `at`; nothing where it is not one of ours."""
    if truck not in SHOWN or at < START:
        return ""
    issuer, pass_id = SHOWN[truck]
    is_renewed = at >= RENEWED and issuer == "town"
    return number_of(issuer, f"{pass_id}-b" if is_renewed else pass_id)
