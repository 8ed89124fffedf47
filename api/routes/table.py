"""Every write there is."""

from api.routes import Route
from api.routes.keys import KEYS
from api.routes.people import PEOPLE
from api.routes.road import ROAD_ROUTES

ROUTES: tuple[Route, ...] = (*PEOPLE, *ROAD_ROUTES, *KEYS)
