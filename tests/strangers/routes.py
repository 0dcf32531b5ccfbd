"""Prints every route of the web application, Streamlit's own among them, and the path of every page, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute


def described(route: BaseRoute, above: str = "") -> list[dict[str, Any]]:
    if isinstance(route, Mount):
        below = [line for each in route.routes or () for line in described(each, above + route.path)]
        return [{"path": f"{above}{route.path}/anything", "kind": "mount"}, *below]
    kinds = {Route: "http", WebSocketRoute: "websocket"}
    return [{"path": above + getattr(route, "path", ""), "kind": kinds.get(type(route), "other")}]


if __name__ == "__main__":
    from app import OPEN_ROUTES, SIGNED_IN_ROUTES, app
    from pages.components.navigation import PLACES

    routes = [line for route in app._build_starlette_app().routes for line in described(route)]
    json.dump(
        {
            "all": routes,
            "open": [line["path"] for route in OPEN_ROUTES for line in described(route)],
            "signed in": [line["path"] for route in SIGNED_IN_ROUTES for line in described(route)],
            "pages": [place.path for place in PLACES],
        },
        sys.stdout,
    )
