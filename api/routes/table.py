"""Every write there is; the busiest first, for paths are tried in this order."""

from api.routes import Route
from api.routes.keys import KEYS
from api.routes.people import PEOPLE
from api.routes.road import ROAD_ROUTES

ROUTES: tuple[Route, ...] = (*ROAD_ROUTES, *PEOPLE, *KEYS)
