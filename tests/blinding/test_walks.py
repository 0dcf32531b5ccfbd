"""A new page, widget, parameter, route or command is covered by the walks without anyone remembering, or fails here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.routing import Route

from accounts.models import Role
from pages.components.navigation import PLACES
from pages.operator import PLACES as OPERATORS_PLACES
from tests.blinding.contest import NEAR_ROLES, Contest, Moment
from tests.blinding.itineraries import ids_of, own_places
from tests.blinding.pairs import routes
from tests.blinding.walking import (
    Received,
    differences,
    moves_of,
    parameters_of,
    parameters_of_pages,
    requests_to,
)
from tests.websocket import STATE_FIELDS, Element

WALKED = (frozenset({Role.JUDGE}), frozenset[Role](), *(frozenset({role}) for role in NEAR_ROLES))


def test_every_page_is_somebodys_whose_walk_fails_when_it_does_not_come_there() -> None:
    walked = {place.path for roles in WALKED for place in own_places(roles)}

    assert {place.path for place in PLACES} - walked == {place.path for place in OPERATORS_PLACES}


def test_everything_that_pages_read_from_their_address_is_known_to_the_walks(contest: Contest) -> None:
    assert set(parameters_of_pages()) <= set(ids_of(contest.installation(Moment.JUDGING)))
    assert {name for place in PLACES for name in parameters_of(place)} == set(parameters_of_pages())


def test_every_route_is_asked_and_one_with_an_unknown_parameter_fails(contest: Contest) -> None:
    ids = ids_of(contest.installation(Moment.JUDGING))

    assert [route.path for route in routes() if not list(requests_to(route, ids))] == []
    with pytest.raises(KeyError, match="unknown_id"):
        list(requests_to(Route("/new/{unknown_id:uuid}", lambda _: None), ids))


def test_a_widget_of_a_kind_that_the_walks_do_not_know_fails_them() -> None:
    for kind in ("color_picker", "chat_input"):
        new = Element((0,), kind, SimpleNamespace(id="one", label="New"), "", 1)
        with pytest.raises(LookupError):
            list(moves_of(new))
    assert STATE_FIELDS


def test_an_address_that_a_page_reads_through_another_module_is_found() -> None:
    places = {place.path: place for place in PLACES}

    assert "stage" in parameters_of(places["how-to-judge"])
    assert parameters_of(places["payments"]) == frozenset()


def test_one_byte_more_one_step_more_and_another_order_are_told_apart() -> None:
    steps = [Received("GET /", (b"200", b"a", b"b")), Received("GET /two", (b"200",))]

    assert differences(steps, list(steps)) == []
    for other in (
        [Received("GET /", (b"200", b"a", b"bb")), steps[1]],
        [Received("GET /", (b"200", b"b", b"a")), steps[1]],
        [Received("GET /", (b"200", b"a")), steps[1]],
        steps[:1],
        [steps[0], Received("GET /three", (b"200",))],
    ):
        assert differences(steps, other) != []
        assert differences(other, steps) != []
