"""Where the walks go: every page, with every id that somebody could put into its address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from starlette.routing import Route

from accounts.models import Role
from pages.components.navigation import PLACES
from pages.components.places import Place
from tests.blinding import rows
from tests.blinding.contest import Installation
from tests.blinding.walking import Ids, Visitor, parameters_of, parameters_of_pages, requests_to

MADE_UP = str(UUID("12345678-1234-4234-8234-123456789abc"))
MALFORMED = "not-an-id' OR 1=1"
ENDS_THE_VISIT = ("account", "home")
"""Pages that are walked last: there one signs out, or is led elsewhere."""


def ids_of(installation: Installation) -> Ids:
    """Every id of the contest under the names that routes and pages give them, and some that do not exist."""
    tables = rows.read(installation.database)
    contest, story = installation.contest, installation.contest.story

    def of_table(name: str, most: int = 40) -> list[str]:
        found = sorted(str(UUID(row["id"])) for row in tables[name])
        return [*found[:most], MADE_UP]

    assignments = [str(key) for own in contest.assignments.values() for key in own.values()]
    entries = [str(key) for key in contest.entries.values()]
    shown_in_files = {row["file_id"] for row in tables["entry_file"]}
    return {
        "assignment_id": (*assignments, MADE_UP),
        "entry_id": (*entries, MADE_UP),
        "entry": (*assignments, *entries, MADE_UP, MALFORMED),
        "stage": (str(story.stage_id), MADE_UP, MALFORMED),
        "stage_id": (str(story.stage_id), MADE_UP),
        "prize": (str(story.prize_id), MADE_UP, MALFORMED),
        "prize_id": (str(story.prize_id), MADE_UP),
        "following_id": of_table("following"),
        "mission": (str(story.mission_id), MADE_UP, MALFORMED),
        "study": (*of_table("panel_study"), MALFORMED),
        "pair": (*of_table("duplicate"), MALFORMED),
        "milestone": (*of_table("milestone"), MALFORMED),
        "milestone_id": of_table("milestone"),
        "copy_id": of_table("judges_copy"),
        "file_id": [*sorted(str(UUID(found)) for found in shown_in_files), MADE_UP],
        "upload_id": of_table("upload", 3),
        "question_key": [str(key) for key in story.questions.values()],
        "criterion_key": [str(key) for key in story.criteria.values()],
        "gate_key": [str(key) for key in story.gates.values()],
        "page": ("0", "1", "9"),
        "position": ("0", "1", "9"),
        "table": ("person", "entry", "organisation", "score", "conflict", "measurement", "dictionary", "credential"),
        "form": ("csv", "xlsx", "docx"),
        "slug": (f"clean-rivers{story.place}", "nothing"),
        "code": ("unknown-code",),
        "purpose": ("invitation", "sign-in", "nonsense"),
        "token": ("a-token-of-nobody",),
        "name": ("laurel.css", "nothing"),
    }


def own_places(roles: frozenset[Role]) -> tuple[Place, ...]:
    """The pages that somebody with these roles has, those that end a visit last."""
    own = [place for place in PLACES if not place.roles or place.roles & roles]
    return tuple(sorted(own, key=lambda place: place.path in ENDS_THE_VISIT))


def addresses(place: Place, ids: Ids) -> Iterator[Mapping[str, str]]:
    """Nothing in the address, then each id under each name that the page reads."""
    yield {}
    for name in parameters_of(place):
        for value in ids[name]:
            yield {name: value}


async def every_page(visitor: Visitor, roles: frozenset[Role], acts_on: Sequence[Mapping[str, str]], ids: Ids) -> None:
    """Look at every page under every address, also at those of others, then do whatever can be done, and look again."""
    own = own_places(roles)
    every = {name: ids[name][0] for name in parameters_of_pages()}
    for place in own:
        for query in addresses(place, ids):
            await visitor.look(place.path, query)
    for place in PLACES:
        await visitor.look(place.path, every)
    for again in (False, True):
        for place in own:
            for query in acts_on:
                if query.keys() <= parameters_of(place):
                    await (visitor.look if again else visitor.try_everything)(place.path, query)


async def every_route(visitor: Visitor, routes: Sequence[Route], ids: Ids, skip: frozenset[str] = frozenset()) -> None:
    """Ask every route of ours in every way; what is in ``skip`` ends the session, so it is asked by nobody else."""

    def ask() -> None:
        for route in routes:
            if route.path not in skip:
                for method, target, headers, body in requests_to(route, ids):
                    visitor.request(method, target, headers, body)

    await asyncio.to_thread(ask)
