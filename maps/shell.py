"""The map's page: folium makes the map, our template the page around it.

folium links its libraries from public networks; here they come from web/dist, and a
link that would leave the host raises. Everything that moves is drawn by our modules.
"""

import re
from pathlib import Path

import folium
from branca.element import CssLink, Figure, JavascriptLink
from folium.template import Template
from jinja2 import Environment, FileSystemLoader, select_autoescape

PAGES = Path(__file__).parent.parent / "web" / "pages"
LEAFLET = "/dist/leaflet/leaflet"
START = (36.45, 118.05)
VIEWPORT = re.compile(r'<meta name="viewport".*?/>', re.DOTALL)
ZOOM, NEAREST, FARTHEST = 10, 18, 5
_pages = Environment(
    loader=FileSystemLoader(PAGES), autoescape=select_autoescape(default=True)
)


class ForeignAssetError(RuntimeError):
    """A library would be loaded from another host."""


class Handle(folium.MacroElement):
    """Hands the map to the page's modules."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "window.greenchannelMap = {{ this._parent.get_name() }};"
        "{% endmacro %}"
    )


class Shell(Figure):
    """Renders into web/pages/map.html; script and style carry the nonce."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self._nonce = nonce

    def render(self, **kwargs: object) -> str:
        for child in tuple(self._children.values()):
            child.render(**kwargs)
        for name, link in self.header._children.items():  # noqa: SLF001 -- branca has no other way
            if isinstance(link, JavascriptLink | CssLink) and link.url[:1] != "/":
                msg = f"{name} would come from {link.url}"
                raise ForeignAssetError(msg)
        page: str = _pages.get_template("map.html").render(
            nonce=self._nonce,
            head=self._own(self.header.render(**kwargs)),
            map=self.html.render(**kwargs),
            script=self.script.render(**kwargs),
        )
        return page

    def _own(self, head: str) -> str:
        """Without folium's viewport, which forbids people to enlarge the page."""
        head = VIEWPORT.sub("", head)
        for tag in ("<script", "<style"):
            head = head.replace(tag, f'{tag} nonce="{self._nonce}"')
        return head


def map_page(nonce: str) -> str:
    """The HTML of /map. Raises ForeignAssetError where something is not ours."""
    found = folium.Map(
        START,
        tiles=None,
        zoom_start=ZOOM,
        prefer_canvas=True,
        zoom_control=False,
        attribution_control=False,
    )
    found.options |= {"max_zoom": NEAREST, "min_zoom": FARTHEST, "zoom_snap": 0.5}
    found.default_js = [("leaflet", f"{LEAFLET}.js")]
    found.default_css = [("leaflet_css", f"{LEAFLET}.css")]
    found.add_child(Handle())
    shell = Shell(nonce)
    shell.header._children.clear()  # noqa: SLF001 -- the template has its own
    shell.add_child(found)
    return shell.render()
