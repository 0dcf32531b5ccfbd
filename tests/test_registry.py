"""Walks over everything that can be done and asked."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from sqlmodel import SQLModel, col, select

from accounts.commands import Registered, commands, queries
from accounts.permissions import rules
from storage.audit import AuditRow
from storage.database import reading
from tests.examples import examples
from tests.modules import import_everything
from tests.world import World, do

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
