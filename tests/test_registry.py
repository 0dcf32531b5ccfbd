"""Walks over everything that can be done and asked."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlmodel import Session, SQLModel, col, select

from accounts.actors import STRANGER, Actor
from accounts.commands import Registered, commands, queries
from accounts.lifecycle import Lifecycle
from accounts.permissions import rules, scopes
from accounts.programmes import OwnAccount
from storage import clock
from storage.audit import AuditRow
from storage.database import reading, transact
from storage.errors import NOT_YOURS, Closed, Invalid, LaurelError, Refused, Stale
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


def _saves_itself(command: Registered) -> bool:
    return {"text", "save_number"} <= {parameter.name for parameter in command.parameters}


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


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)], indirect=True)
@pytest.mark.parametrize("name", sorted(COMMANDS.keys() & EXAMPLES.keys()))
def test_a_command_succeeds_in_its_example_and_is_written_down(name: str, database: Given, world: World) -> None:
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
    "accounts.signing_in.set_password",  # nor is a secret, by which an earlier one could be told from a later
    "accounts.sessions.sign_out",  # afterwards nobody is signed in to be answered
    "prize.entries.members.hand_over_lead",  # afterwards somebody else leads, and may hand over
    "prize.entries.members.leave_team",  # afterwards they belong to no team to be answered about
}


ANSWERS_ARE_KEPT = sorted((COMMANDS.keys() & EXAMPLES.keys()) - NOT_ANSWERED_AGAIN)


@pytest.mark.parametrize("name", ANSWERS_ARE_KEPT)
def test_what_is_sent_again_is_done_once_and_answers_nothing_else(name: str, sqlite: Given) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](World())
    actor = call.actor if call.actor.holder else dataclasses.replace(call.actor, form="form of a page")
    others = list(_taken_arguments(command, call))
    answer = do(command.run, actor, **call.arguments, key="sent once")
    after = _content()

    again = do(command.run, actor, **call.arguments, key="sent once")
    with_other_content = [_answer(command, actor, arguments, key="sent once") for arguments in others]

    assert again == answer
    assert [said for said in with_other_content if not isinstance(said, LaurelError)] == []
    if actor.person_id is not None:  # only who has signed in can do anything else
        of_another = _answer(COMMANDS["accounts.sessions.sign_out"], actor, {}, key="sent once")
        assert isinstance(of_another, Invalid)
        assert "sent before with other content" in of_another.words
    assert _content() == after


def _taken_arguments(command: Registered, call: Call) -> Iterator[dict[str, Any]]:
    """Other arguments that the command would look at, for each parameter that has any."""
    hints = get_type_hints(command.run.__wrapped__, include_extras=True)  # type: ignore[attr-defined]
    for parameter in command.parameters:
        given = call.arguments.get(parameter.name, command.signature.parameters[parameter.name].default)
        for _, value in odd_values(hints[parameter.name], given):
            try:
                if parameter.adapter.validate_python(value) != given:
                    yield {**call.arguments, parameter.name: value}
                    break
            except ValidationError:
                continue


@pytest.mark.parametrize("name", [name for name in ANSWERS_ARE_KEPT if _saves_itself(COMMANDS[name])])
def test_a_save_that_arrives_after_a_later_one_changes_nothing(name: str, sqlite: Given) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](World())
    do(command.run, call.actor, **{**call.arguments, "text": "The later one.", "save_number": 8})
    after = _content()

    for number in (7, 8, 1):
        earlier = {**call.arguments, "text": f"The one before, {number}.", "save_number": number}
        do(command.run, call.actor, **earlier, key=f"save {number}")

    assert _without_replies(_content()) == _without_replies(after)


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() & EXAMPLES.keys()))
def test_a_command_in_any_state_does_what_it_says_or_says_why_not(name: str, sqlite: Given) -> None:
    """Every state of whatever the command is about, whether or not anything leads there."""
    command = COMMANDS[name]
    call = EXAMPLES[name](World())
    before = _content()
    wrong = []
    for lifecycle, row_id in _lives_of(command, call):
        moves = [move for move in lifecycle.transitions if move.action is command.action]
        moves = moves if _leads_to(command, call, lifecycle, row_id) in {move.target for move in moves} else []
        for state in lifecycle.states:
            answer = _answer(command, call.actor, call.arguments, first=_in_state(lifecycle, row_id, state))
            closed = bool(moves) and not any(state in move.sources for move in moves)
            if answer is not None and not isinstance(answer, LaurelError):
                wrong.append(f"{lifecycle.thing} {state.value}: {answer!r}")
            elif closed and not isinstance(answer, Closed):
                wrong.append(f"{lifecycle.thing} {state.value}: {answer!r}, though the lifecycle does not allow it")

    assert wrong == []
    assert _content() == before


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() & EXAMPLES.keys()))
def test_a_command_that_comes_again_or_years_too_late_is_answered_in_words(name: str, sqlite: Given) -> None:
    command = COMMANDS[name]
    call = EXAMPLES[name](World())
    before = _content()
    wrong = []
    for what, first in (
        ("years too late", lambda db: clock.move_to(db, clock.now(db) + timedelta(days=3000))),
        ("years too early", lambda db: clock.move_to(db, clock.now(db) - timedelta(days=3000))),
        ("again", lambda db: command.run(db, call.actor, **call.arguments)),
    ):
        answer = _answer(command, call.actor, call.arguments, first=first)
        if answer is not None and not isinstance(answer, LaurelError):
            wrong.append(f"{what}: {answer!r}")

    assert wrong == []
    assert _content() == before


LIFECYCLES = [
    thing
    for name, module in sorted(MODULES.items())
    if name.endswith(".lifecycle")
    for thing in vars(module).values()
    if isinstance(thing, Lifecycle)
]
STATES = {
    lifecycle.states: mapper.class_
    for lifecycle in LIFECYCLES
    for mapper in SQLModel._sa_registry.mappers
    if "state" in mapper.columns and get_type_hints(mapper.class_).get("state") is lifecycle.states
}


def test_the_state_of_everything_that_has_a_life_is_known() -> None:
    assert [lifecycle.thing for lifecycle in LIFECYCLES if lifecycle.states not in STATES] == []
    moved = {move.action for lifecycle in LIFECYCLES for move in lifecycle.transitions}
    assert moved & {command.action for command in COMMANDS.values()}


FINAL = {
    "entry": set(),
    "invitation": {"accepted", "declined", "withdrawn"},
    "meeting": {"closed"},
    "milestone": {"verified", "cancelled"},
    "payment": {"cancelled"},
    "prize": {"closed", "cancelled"},
    "stage": {"released", "cancelled"},
}
"""Where each kind of thing may rest for good."""


@pytest.mark.parametrize("life", LIFECYCLES, ids=lambda life: life.thing)
def test_every_state_is_reached_by_a_command_and_only_final_ones_are_dead_ends(life: Lifecycle) -> None:
    done = {command.action for command in COMMANDS.values()}
    steps = [step for step in life.transitions if step.action in done]
    reached = {next(iter(life.states)), *(step.target for step in steps)}
    left = {source for step in steps for source in step.sources}

    assert reached == set(life.states)
    assert {state.value for state in set(life.states) - left} == FINAL[life.thing]


def _lives_of(command: Registered, call: Call) -> Iterator[tuple[Lifecycle, UUID]]:
    """What the command is about, itself or by what it belongs to, as far as it has a life."""
    about = rules()[command.action].about
    with reading() as db:
        scope = scopes()[about](db, call.arguments[about]) if about else None
    for lifecycle in LIFECYCLES:
        key = f"{STATES[lifecycle.states].__tablename__}_id"
        row_id = call.arguments.get(key) or getattr(scope, key, None)
        if row_id is not None:
            yield lifecycle, row_id


def _leads_to(command: Registered, call: Call, lifecycle: Lifecycle, row_id: UUID) -> StrEnum | None:
    """The state in which the command leaves something in its example."""
    left: list[StrEnum | None] = []

    def run(db: Session) -> None:
        command.run(db, call.actor, **call.arguments)
        row = db.get(STATES[lifecycle.states], row_id)
        left.append(row.state if row is not None else None)
        raise _Undo

    with suppress(_Undo):
        transact(run)
    return left[-1]


def _in_state(lifecycle: Lifecycle, row_id: UUID, state: StrEnum) -> Callable[[Session], object]:
    def put(db: Session) -> None:
        row = db.get_one(STATES[lifecycle.states], row_id)
        row.state = state
        db.add(row)
        db.flush()

    return put


def _without_replies(content: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: rows for name, rows in content.items() if name != "reply"}


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)], indirect=True)
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
        if parameter.name == "version" or (parameter.name == "seen" and hints["seen"] is str):
            stale = given + 1 if parameter.name == "version" else "sha256:another"
            answer = _answer(command, call.actor, {**call.arguments, parameter.name: stale})
            if not isinstance(answer, Stale):
                yield f"a stale {parameter.name}: {answer!r}"


class _Undo(Exception):
    """Takes back what a command has done."""


def _answer(
    command: Registered,
    actor: Actor,
    arguments: Mapping[str, Any],
    *,
    key: str = "",
    first: Callable[[Session], object] | None = None,
) -> Exception | None:
    """How a command says no, or None when it does what it was asked to, which is undone, like ``first`` before it."""
    more = {"key": key} if key else {}

    def run(db: Any) -> None:
        if first is not None:
            first(db)
        command.run(db, actor, **arguments, **more)
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
