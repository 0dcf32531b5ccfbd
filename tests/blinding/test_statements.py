"""The time that a page takes tells nothing: the same statements with the same numbers of rows, whoever entered."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from accounts.commands import commands, queries
from accounts.models import Role
from storage import database as storage_database
from storage.database import reading, transact
from storage.errors import LaurelError
from storage.sheets.planning import NOTHING_MATCHED, MatchedSheet
from tests.blinding.contest import Contest, Installation, Moment, at_home, everybody, the_same_each_time
from tests.blinding.itineraries import MADE_UP, ids_of, own_places
from tests.blinding.twins import with_identities_dealt_differently, with_other_judges_cards_changed
from tests.blinding.walking import parameters_of
from tests.modules import import_everything
from tests.pages.visiting import MAIN, WITHIN_SECONDS, card, choose_on_card

import_everything()

JUDGE = frozenset({Role.JUDGE})


@dataclass(frozen=True)
class Asked:
    """A statement and how many rows it brought, or changed."""

    step: str
    statement: str
    rows: int


class Listener:
    """Everything that is asked of the database of this process."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.step = ""

    def __call__(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        self.asked.append(Asked(self.step, statement, self._rows(connection, cursor, statement, parameters)))

    @staticmethod
    def _rows(connection: Any, cursor: Any, statement: str, parameters: Any) -> int:
        if not statement.lstrip().upper().startswith("SELECT"):
            return int(cursor.rowcount)
        own = connection.connection.dbapi_connection.cursor()
        try:
            [count] = own.execute(f"SELECT count(*) FROM ({statement})", parameters).fetchone()
            return int(count)
        finally:
            own.close()


@contextmanager
def listening(installation: Installation) -> Iterator[Listener]:
    with at_home(installation.folder):
        heard = Listener()
        event.listen(storage_database.engine(), "after_cursor_execute", heard)
        yield heard


def opened(installation: Installation, actor: Actor, path: str) -> AppTest:
    """The page at ``path``, for a person who has just come from their first room."""
    page = AppTest.from_file(str(MAIN), default_timeout=WITHIN_SECONDS)
    page.user = {"account": str(actor.person_id), "session": str(installation.session(actor))}
    page.run()
    page._page_hash = next(key for key, known in page._registered_pages.items() if known["url_pathname"] == path)
    return page


def at(page: AppTest, query: Mapping[str, str]) -> AppTest:
    """The same page at another address."""
    page.query_params.clear()
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def every_page(heard: Listener, installation: Installation, judge: str) -> None:
    """Draw each page of the judge under each address that it reads, and do once what can be done there."""
    contest = installation.contest
    actor, ids = everybody(contest)[judge], ids_of(installation)
    own = {str(key) for key in contest.assignments[judge].values()}
    for place in own_places(JUDGE):
        heard.step = f"/{place.path}"
        page = opened(installation, actor, place.path)
        for query in ({}, *({name: each} for name in sorted(parameters_of(place)) for each in ids[name])):
            heard.step = f"/{place.path} {query}"
            at(page, query)
            if query.get("entry") in own:
                for number, row in enumerate(card(page)):
                    heard.step = f"/{place.path} {query}, choice {number}"
                    choose_on_card(page, row.label, list(row.options)[1])
                for number in range(len(page.button)):
                    heard.step = f"/{place.path} {query}, button {number}"
                    if number < len(page.button) and not page.button[number].disabled:
                        page.button[number].click().run()
                        at(page, query)
            heard.step = f"/{place.path} {query}, drawn to its end"
            assert [error.value for error in page.exception] == []


def every_query(heard: Listener, installation: Installation, judge: str) -> None:
    """Ask each registered query for each thing that it can be about, as routes and pages do."""
    actor = everybody(installation.contest)[judge]
    ids = ids_of(installation)
    signed_in = Actor(actor.person_id, installation.session(actor))
    for name, query in queries().items():
        needed = [parameter.name for parameter in query.parameters if parameter.required]
        about = next((each for each in needed if each in ids), None)
        for value in ids[about] if about else ("",):
            given = {each: UUID(ids[each][0]) if each in ids and "_id" in each else 1 for each in needed}
            if about:
                given[about] = UUID(value) if "_id" in about or about == "question_key" else value  # type: ignore[assignment]
            heard.step = f"{name} {given}"
            _quietly(lambda query=query, given=given: _read(query.run, signed_in, given))


def every_command(heard: Listener, installation: Installation, judge: str) -> None:
    """Give each registered command about each thing that it can be about, with the words of the answer; undo it."""
    actor, ids = everybody(installation.contest)[judge], ids_of(installation)
    signed_in = Actor(actor.person_id, installation.session(actor))
    for name, command in sorted(commands().items()):
        kinds = get_type_hints(inspect.unwrap(command.run), include_extras=True)
        needed = [parameter.name for parameter in command.parameters if parameter.required]
        things = [each for each in needed if each in ids and kinds[each] is UUID]
        about = next(iter(things), "")
        for value in ids[about] if about else ("",):
            given = {each: UUID(ids[each][0]) if each in things else plausible(kinds[each]) for each in needed}
            if about:
                given[about] = UUID(value)
            heard.step = f"{name} about {value}"
            with the_same_each_time(heard.step):  # other ids than those of the contest
                words = answer_of(lambda db, run=command.run, given=given: run(db, signed_in, **given))
            heard.asked.append(Asked(heard.step, words, 0))


class Undone(Exception):
    """Takes back what a command has done."""


def answer_of(work: Callable[[Any], Any]) -> str:
    def run(db: Any) -> None:
        answer = work(db)
        db.flush()
        raise Undone(repr(answer))

    try:
        transact(run)
    except (Undone, LaurelError) as answer:
        return f"{type(answer).__name__}: {answer}"
    raise AssertionError("unreachable")


def plausible(kind: Any) -> Any:
    """A value of this type, such as somebody could type."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(kind) in (Union, types.UnionType):
        return None if type(None) in get_args(kind) else plausible(get_args(kind)[0])
    if get_origin(kind) is tuple:
        return ()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return PLAUSIBLE[kind]


PLAUSIBLE: Mapping[Any, Any] = {
    MatchedSheet: NOTHING_MATCHED,
    str: "A text.",
    int: 1,
    bool: True,
    UUID: UUID(MADE_UP),
    Decimal: Decimal(1),
    date: date(2027, 5, 1),
    datetime: datetime(2027, 5, 1, tzinfo=UTC),
    SecretStr: SecretStr("a password of nobody"),
}


def _read(query: Callable[..., Any], actor: Actor, given: dict[str, Any]) -> None:
    with reading() as db:
        query(db, actor, **given)


def _quietly(work: Callable[[], Any]) -> None:
    try:
        work()
    except LaurelError:
        return


def heard_in(installation: Installation, judge: str) -> list[Asked]:
    with listening(installation) as heard:
        every_query(heard, installation, judge)
        every_command(heard, installation, judge)
        every_page(heard, installation, judge)
    return heard.asked


def asked_of(asked: list[Asked], place: str, words: str) -> int:
    return sum(each.step.startswith(place) and words in " ".join(each.statement.split()) for each in asked)


def must_be_the_same(one: list[Asked], other: list[Asked]) -> None:
    found = [(left, right) for left, right in zip(one, other, strict=False) if left != right]
    shown = "\n\n".join(
        f"In {left.step}:\n  {left.rows} rows of {left.statement[:700]}\n  {right.rows} rows of {right.statement[:700]}"
        for left, right in found[:5]
    )
    assert not found, f"{len(found)} differences:\n\n{shown}"
    assert len(one) == len(other)


@pytest.mark.timeout(900)
@pytest.mark.prove
@pytest.mark.parametrize("judge", ["jules", "jo"])
def test_a_judge_causes_the_same_statements_with_the_same_numbers_of_rows_whoever_entered(
    contest: Contest, tmp_path: Path, judge: str
) -> None:
    one = contest.installation(Moment.JUDGING).copy(tmp_path / "one")
    other = with_identities_dealt_differently(contest, Moment.JUDGING, tmp_path / "other")

    asked = heard_in(one, judge)

    assert [asked_of(asked, "/scoring", f"FROM {table}") > 0 for table in ("entry_version", "judges_copy")] == [
        True
    ] * 2
    assert asked_of(asked, "/scoring", "INSERT INTO score") > 0
    must_be_the_same(asked, heard_in(other, judge))


@pytest.mark.timeout(900)
@pytest.mark.prove
def test_a_judge_causes_the_same_statements_whatever_others_scored(contest: Contest, tmp_path: Path) -> None:
    one = contest.installation(Moment.JUDGING).copy(tmp_path / "one")
    other = with_other_judges_cards_changed(contest, Moment.JUDGING, "jules", tmp_path / "other")

    must_be_the_same(heard_in(one, "jules"), heard_in(other, "jules"))


def test_a_statement_that_brings_another_row_is_noticed(contest: Contest, tmp_path: Path) -> None:
    one = contest.installation(Moment.JUDGING).copy(tmp_path / "one")
    heard = []
    for text in ("SELECT 1", "SELECT 1 UNION SELECT 2"):
        with listening(one) as listener, reading() as db:
            db.connection().exec_driver_sql(text).all()
        heard.append([(asked.rows) for asked in listener.asked if asked.statement == text])

    assert heard == [[1], [2]]
