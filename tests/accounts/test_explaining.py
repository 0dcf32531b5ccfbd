"""An operator sees who may do what, as the tables say that decide it."""

from __future__ import annotations

from accounts.actors import LAUREL
from accounts.explaining import appointees, policy_tables, roles_of
from accounts.models import Role, ScopeKind
from accounts.permissions import rules
from accounts.programmes import appoint
from storage.database import transact
from tests.databases import Given
from tests.modules import import_everything
from tests.stories import Chapter, told
from tests.world import World, ask

import_everything()


def test_every_rule_is_shown_once_in_the_table_of_its_package(world: World) -> None:
    tables = ask(policy_tables, world.operator)

    assert [table.package for table in tables] == ["accounts", "mission", "prize", "judging", "delivery"]
    assert sorted(rule.does for table in tables for rule in table.rules) == sorted(
        rule.does for rule in rules().values()
    )


def test_a_rule_is_shown_with_its_roles_relations_and_conditions(world: World) -> None:
    shown = {rule.does: rule for table in ask(policy_tables, world.operator) for rule in table.rules}

    assert shown["Appoint people in a programme"].roles == (Role.OPERATOR, Role.OWNER)
    assert shown["Appoint people in a programme"].about == "programme"
    assert shown["End one's session in another browser"].relations == ("signed in there yourself",)
    assert shown["Sign out"].everybody == "Everybody who has signed in"
    assert any(rule.conditions for rule in shown.values())


def test_a_persons_roles_are_shown_with_where_they_hold_and_who_gave_them(database: Given) -> None:
    story = told(Chapter.INVITED)
    operator = World().operator
    judge = story.judge.person_id
    assert judge is not None

    [held] = ask(roles_of, operator, person_id=judge)

    assert (held.role, held.where, held.appointed_by) == (
        Role.JUDGE,
        "First stage of the prize Clean rivers",
        "Secretariat",
    )
    assert "Acorn" not in str(held)
    assert held.may == ()  # what a judge may do depends on the entry


def test_a_role_that_has_ended_comes_last_and_one_of_a_prize_that_is_gone_is_told(world: World) -> None:
    ada = world.appointed(Role.DESIGNER, ScopeKind.PRIZE, world.programme_id, "ada")
    assert ada.person_id is not None
    transact(lambda db: appoint(db, LAUREL, ada.person_id, Role.OPERATOR, ScopeKind.INSTALLATION, None))

    held = ask(roles_of, world.operator, person_id=ada.person_id)

    assert [(one.role, one.where) for one in held] == [
        (Role.OPERATOR, "the whole installation"),
        (Role.DESIGNER, "a prize that is not there any longer"),
    ]


def test_people_who_hold_a_role_are_listed_by_name(world: World) -> None:
    world.staff(Role.OWNER, "zoe")
    world.staff(Role.DESIGNER, "ada")
    world.person("passer-by")

    assert [person.name for person in ask(appointees, world.operator)] == ["Ada", "Operator", "Zoe"]
