from __future__ import annotations

from starlette.applications import Starlette

from pages.edge.health import routes
from tests.edge.asgi import ask


def test_a_process_lives_even_while_its_database_does_not() -> None:
    app = Starlette(routes=routes(ready=lambda: False))
    assert ask(app, "/livez").status == 200
    assert ask(app, "/readyz").status == 503


def test_it_is_ready_when_the_database_is() -> None:
    assert ask(Starlette(routes=routes(ready=lambda: True)), "/readyz").status == 200
