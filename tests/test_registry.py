"""Walks over everything that can be done and asked."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from sqlmodel import SQLModel, col, select

from accounts.actors import STRANGER, Actor
from accounts.commands import Registered, commands, queries
from accounts.permissions import rules
from accounts.programmes import OwnAccount
from storage.audit import AuditRow
from storage.database import reading, transact
from storage.errors import NOT_YOURS, LaurelError, Refused, Stale
from tests.databases import Given
from tests.examples import Call, examples
from tests.modules import import_everything
from tests.nonsense import odd_values, refused_values
from tests.stories import SLUG, Chapter, Story, assignments_of, told
from tests.world import World, ask, do

MODULES = import_everything()
COMMANDS = dict(sorted(commands().items()))
ALL = dict(sorted({**COMMANDS, **queries()}.items()))
EXAMPLES = examples()
PLAIN = (str, int, bool, float, bytes, Decimal, UUID, datetime, date, timedelta, type(None))


def what_is_not_plain(kind: Any, seen: frozenset[Any] = frozenset()) -> Iterator[str]:
    """The parts of a type that are neither frozen dataclasses, plain values, enums nor tuples."""
    if kind in PLAIN or kind in seen:
        return
    if get_origin(kind) is Annotated:
        yield from what_is_not_plain(get_args(kind)[0], seen)
    elif get_origin(kind) in (Union, types.UnionType):
        for part in get_args(kind):
            yield from what_is_not_plain(part, seen)
    elif get_origin(kind) is tuple:
        for part in get_args(kind):
            if part is not ...:
                yield from what_is_not_plain(part, seen)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        return
    elif isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            yield f"{kind.__name__} is not frozen"
        hints = get_type_hints(kind, include_extras=True)
        for field in dataclasses.fields(kind):
            for words in what_is_not_plain(hints[field.name], seen | {kind}):
                yield f"{kind.__name__}.{field.name}: {words}"
    else:
        yield f"{kind} is no plain value"


@pytest.mark.parametrize("name", ALL)
def test_an_answer_is_made_of_frozen_values_alone(name: str) -> None:
    assert list(what_is_not_plain(ALL[name].result_type)) == []


def test_what_could_load_or_change_on_a_page_is_told_from_what_cannot() -> None:
    class Row(SQLModel):
        pass

    @dataclasses.dataclass
    class Loose:
        pass

    for kind in (Row, Loose, list[str], dict[str, str], tuple[Row, ...], Row | None, Any, object):
        assert list(what_is_not_plain(kind)) != []


def _actions() -> list[StrEnum]:
    policies = [module for name, module in sorted(MODULES.items()) if name.endswith(".policy")]
    return [action for module in policies for action in module.Action]


def test_every_action_has_exactly_one_rule() -> None:
    actions = _actions()

    assert len({action.value for action in actions}) == len(actions)
    assert sorted(rules()) == sorted(actions)
    assert [rules()[action].does for action in actions if not rules()[action].does] == []


def test_every_command_and_query_asks_a_rule_that_is_about_one_of_its_arguments() -> None:
    lost = {
        name: rules()[entry.action].about
        for name, entry in ALL.items()
        if rules()[entry.action].about and rules()[entry.action].about not in {p.name for p in entry.parameters}
    }

    assert lost == {}


def test_every_rule_is_asked_by_somebody() -> None:
    assert sorted(set(_actions()) - {entry.action for entry in ALL.values()}) == []


def test_every_command_has_an_example_and_every_example_a_command() -> None:
    assert sorted(COMMANDS.keys() ^ EXAMPLES.keys()) == []


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() & EXAMPLES.keys()))
def test_a_command_succeeds_in_its_example_and_is_written_down(name: str, world: World) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](world)
    before = _written(command)

    answer = do(command.run, call.actor, **call.arguments)

    assert _written(command) == before + ([call.actor.person_id] if command.audited else [])
    as_json = command.result.dump_python(answer, mode="json")
    assert command.result.validate_python(as_json, strict=False) == answer


def _written(command: Registered) -> list[UUID | None]:
    with reading() as db:
        statement = select(AuditRow.person_id).where(col(AuditRow.action) == command.action.value)
        return list(db.exec(statement.order_by(col(AuditRow.position))))


NOT_ANSWERED_AGAIN = {
    "accounts.signing_in.sign_in",  # an answer with a secret is written down nowhere
    "accounts.signing_in.use_link",
    "accounts.sessions.sign_out",  # afterwards nobody is signed in to be answered
}


@pytest.mark.parametrize("name", sorted((COMMANDS.keys() & EXAMPLES.keys()) - NOT_ANSWERED_AGAIN))
def test_a_command_that_is_sent_twice_is_done_once(name: str, sqlite: Given) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](World())
    actor = call.actor if call.actor.holder else dataclasses.replace(call.actor, form="form of a page")

    answer = do(command.run, actor, **call.arguments, key="sent once")
    after = _content()

    assert do(command.run, actor, **call.arguments, key="sent once") == answer
    assert _content() == after


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() & EXAMPLES.keys()))
def test_nonsense_is_answered_in_words_and_changes_nothing(name: str, database: Given, world: World) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](world)
    passer_by = world.stranger_to_all
    before = _content()

    wrong = [*_wrong_answers_to_strangers(command, call, passer_by), *_wrong_answers_to_nonsense(command, call)]

    assert wrong == []
    assert _content() == before


def _wrong_answers_to_strangers(command: Registered, call: Call, passer_by: Actor) -> Iterator[str]:
    rule = rules()[command.action]
    for who, actor, allowed, words in (
        ("a stranger", STRANGER, rule.anybody, "Sign in first."),
        ("a passer-by", passer_by, rule.anybody or rule.signed_in, NOT_YOURS),
    ):
        if not allowed:
            answer = _answer(command, actor, call.arguments)
            if not isinstance(answer, Refused) or answer.words != words:
                yield f"{who}: {answer!r}"


def _wrong_answers_to_nonsense(command: Registered, call: Call) -> Iterator[str]:
    hints = get_type_hints(command.run.__wrapped__, include_extras=True)  # type: ignore[attr-defined]
    for parameter in command.parameters:
        given = call.arguments.get(parameter.name)
        if parameter.required:
            rest = {name: value for name, value in call.arguments.items() if name != parameter.name}
            if not isinstance(_answer(command, call.actor, rest), LaurelError):
                yield f"without {parameter.name}"
        for what, value in refused_values(hints[parameter.name], given):
            answer = _answer(command, call.actor, {**call.arguments, parameter.name: value})
            if not isinstance(answer, LaurelError):
                yield f"{what} as {parameter.name}: {answer!r}"
        for what, value in odd_values(hints[parameter.name], given):
            answer = _answer(command, call.actor, {**call.arguments, parameter.name: value})
            if answer is not None and not isinstance(answer, LaurelError):
                yield f"{what} as {parameter.name}: {answer!r}"
        if parameter.name in ("version", "seen"):
            stale = given + 1 if parameter.name == "version" else "sha256:another"
            answer = _answer(command, call.actor, {**call.arguments, parameter.name: stale})
            if not isinstance(answer, Stale):
                yield f"a stale {parameter.name}: {answer!r}"


class _Undo(Exception):
    """Takes back what a command has done."""


def _answer(command: Registered, actor: Actor, arguments: Mapping[str, Any]) -> Exception | None:
    """How a command says no, or None when it does what it was asked to, which is undone."""

    def run(db: Any) -> None:
        command.run(db, actor, **arguments)
        db.flush()
        raise _Undo

    try:
        transact(run)
    except _Undo:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
        return error
    raise AssertionError("unreachable")


def _content() -> dict[str, list[str]]:
    """Every row of every table."""
    with reading() as db:
        return {
            table.name: sorted(str(tuple(row)) for row in db.connection().execute(table.select()))
            for table in SQLModel.metadata.sorted_tables
        }


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() & EXAMPLES.keys()))
def test_what_belongs_to_another_prize_is_refused(name: str, sqlite: Given) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](World())
    if call.actor.system:
        return  # Laurel itself acts everywhere
    theirs = _things(told(Chapter.READY if "prize_id" in call.arguments else Chapter.APPROVED, "-next-door"))

    taken = [
        parameter.name
        for parameter in command.parameters
        if parameter.name in theirs
        and not isinstance(
            _answer(command, call.actor, {**call.arguments, parameter.name: theirs[parameter.name]}), LaurelError
        )
    ]

    assert taken == []


def test_strangers_read_what_is_public_and_nothing_else(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)
    passer_by = World().stranger_to_all
    things = {**_things(story), "slug": SLUG, "code": story.receipts["erin"].code, "file_id": uuid4(), "page": 1}
    wrong = []
    for name, query in queries().items():
        rule = rules()[query.action]
        arguments = {
            parameter.name: things.get(parameter.name, uuid4()) for parameter in query.parameters if parameter.required
        }
        unknown = {key: uuid4() if isinstance(value, UUID) else value for key, value in arguments.items()}
        for given in (arguments, unknown) if rule.about else (arguments,):
            for actor, words in ((STRANGER, "Sign in first."), (passer_by, NOT_YOURS)):
                if rule.anybody or (rule.signed_in and actor is passer_by):
                    continue
                answer = _answer(query, actor, given)
                if not isinstance(answer, Refused) or answer.words != words:
                    wrong.append(f"{name} to {actor}: {answer!r}")
        if rule.signed_in and query.result_type is not OwnAccount and ask(query.run, passer_by) != ():
            wrong.append(f"{name} shows a passer-by something")

    assert wrong == []


def _things(story: Story) -> dict[str, Any]:
    """The ids of what a story has brought, under the names that commands and queries give them."""

    def assignment(db: Any) -> UUID | None:
        return next((row.id for row in assignments_of(db, story, story.judge)), None) if story.judges else None

    things = {
        "programme_id": story.programme_id,
        "mission_id": story.mission_id,
        "target_id": story.target_id,
        "prize_id": story.prize_id,
        "stage_id": story.stage_id,
        "contribution_id": story.contribution_id,
        "award_id": story.award_id,
        "question_key": story.questions.get("method"),
        "criterion_key": story.criteria.get("need"),
        "entry_id": story.entries.get("erin"),
        "plan_id": story.plan_id,
        "assignment_id": transact(assignment),
        "terms_id": story.terms_id,
        "milestone_id": next(iter(story.milestones), None),
        "payment_id": next(iter(story.payments), None),
    }
    return {name: thing for name, thing in things.items() if thing is not None}
