"""A team invites, is joined and left, and is led by one member at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from accounts.actors import STRANGER, Actor
from accounts.erasure import erase_person
from accounts.people import find_person
from accounts.signing_in import use_link
from prize.entries.conflicts import in_conflict
from prize.entries.drafts import SEARCH_DRAFT
from prize.entries.identities import identities_of_team
from prize.entries.invitations import (
    MOST_A_DAY,
    MOST_IN_TEAM,
    accept_invitation,
    decline_invitation,
    invite_member,
    own_invitations,
    withdraw_invitation,
)
from prize.entries.members import hand_over_lead, leave_team, own_team, remove_member
from prize.entries.models import CheckState, Entry, NameCheck
from prize.entries.own import own_entry
from prize.entries.submission import submit_entry, withdraw_entry
from storage import clock
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Invalid, LaurelError, Refused
from storage.jobs import Job
from tests.accounts.signed_in import at_a_browser, link_to, mails_to
from tests.databases import Given
from tests.modules import import_everything
from tests.stories import DAY, Chapter, Story, join_team, told
from tests.world import World, ask, do

import_everything()


def invite(story: Story, email: str, name: str = "Ada") -> UUID:
    return do(invite_member, story.entrant, entry_id=story.entry_id, name=name, email=email)


def members(story: Story) -> list[tuple[str, bool]]:
    shown = ask(own_team, story.entrant, entry_id=story.entry_id)
    return [(member.name, member.leads) for member in shown.team.members]


def refused(kind: type[LaurelError], command: Callable[..., Any], actor: Actor, **arguments: Any) -> str:
    with pytest.raises(kind) as refusal:
        do(command, actor, **arguments)
    return refusal.value.words


def test_who_is_invited_signs_in_by_the_mailed_link_and_joins(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    invite(story, "ada@ada.example")
    [mail] = mails_to("ada@ada.example")
    assert "Erin asks you to join the team of Acorn Labs for Clean rivers." in mail.text
    purpose, token = link_to("ada@ada.example")
    signed_in = do(use_link, STRANGER, purpose=purpose, token=token)
    ada = at_a_browser(signed_in.token)
    assert signed_in.leads_to == "/my-entries"
    assert refused(Refused, submit_entry, ada, entry_id=story.entry_id, accepts_rules=True) == NOT_YOURS

    [invitation] = ask(own_invitations, ada)
    do(accept_invitation, ada, invitation_id=invitation.id)

    assert members(story) == [("Erin", True), ("Ada", False)]
    assert ask(own_invitations, ada) == ()
    assert do(submit_entry, ada, entry_id=story.entry_id, accepts_rules=True).number == 1
    assert mails_to("erin@erin.example")[0].subject == "Ada has joined your team"
    assert refused(Closed, accept_invitation, ada, invitation_id=invitation.id).startswith("The invitation is accepted")


def test_the_lead_learns_nothing_of_who_has_the_address(sqlite: Given) -> None:
    world, story = World(), told(Chapter.STARTED)
    world.person("grace")
    for email in (world.address("grace"), "nobody@nobody.example"):
        invite(story, email, "Somebody")

    shown = ask(own_team, story.entrant, entry_id=story.entry_id).invitations

    assert [(row.name, row.email) for row in shown] == [
        ("Somebody", world.address("grace")),
        ("Somebody", "nobody@nobody.example"),
    ]
    assert [len(mails_to(email)) for email in (world.address("grace"), "nobody@nobody.example")] == [1, 1]


def test_an_invitation_is_withdrawn_declined_or_grows_old(sqlite: Given) -> None:
    world, story = World(), told(Chapter.STARTED)
    ada = world.person("ada")
    first = invite(story, world.address("ada"))
    do(withdraw_invitation, story.entrant, entry_id=story.entry_id, invitation_id=first)
    assert "no longer asked to join the team of Acorn Labs" in mails_to(world.address("ada"))[-1].text
    second = invite(story, world.address("ada"))
    do(decline_invitation, ada, invitation_id=second)
    assert f"Ada ({world.address('ada')}) does not join" in mails_to("erin@erin.example")[0].text
    third = invite(story, world.address("ada"))
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(days=14, seconds=1)))

    for invitation_id in (first, second, third):
        assert refused(Closed, accept_invitation, ada, invitation_id=invitation_id)

    assert ask(own_invitations, ada) == ()
    assert ask(own_team, story.entrant, entry_id=story.entry_id).invitations == ()
    assert members(story) == [("Erin", True)]


def test_nobody_else_uses_an_invitation_and_no_other_team_withdraws_it(sqlite: Given) -> None:
    world, story = World(), told(Chapter.STARTED)
    invitation_id = invite(story, world.address("ada"))
    other = {"entry_id": story.entries["bela"], "invitation_id": invitation_id}

    said = {
        refused(Refused, accept_invitation, story.entrant, invitation_id=invitation_id),
        refused(Refused, decline_invitation, world.person("grace"), invitation_id=invitation_id),
        refused(Refused, accept_invitation, world.person("grace"), invitation_id=uuid4()),
        refused(Refused, withdraw_invitation, story.entrants["bela"], **other),
    }

    assert said == {NOT_YOURS}


def test_invitations_have_limits_that_are_said(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    invite(story, "0@ada.example")
    assert "has an open invitation" in refused(
        Invalid, invite_member, story.entrant, entry_id=story.entry_id, name="A", email="0@ADA.example"
    )
    assert "belongs to your team already" in refused(
        Invalid, invite_member, story.entrant, entry_id=story.entry_id, name="A", email="erin@erin.example"
    )
    for number in range(1, MOST_A_DAY):
        invite(story, f"{number}@ada.example")
    more = {"entry_id": story.entry_id, "name": "A"}
    assert "20 invitations a day" in refused(Invalid, invite_member, story.entrant, **more, email="20@ada.example")
    transact(lambda db: clock.move_to(db, clock.now(db) + DAY + timedelta(seconds=1)))
    for number in range(MOST_A_DAY, MOST_IN_TEAM - 1):
        invite(story, f"{number}@ada.example")

    assert "at most 30 people" in refused(Invalid, invite_member, story.entrant, **more, email="30@ada.example")


def test_one_member_leads_and_the_lead_cannot_leave(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    ines = transact(lambda db: join_team(db, story.entry_id, "ines"))
    one = {"entry_id": story.entry_id}
    assert refused(Refused, withdraw_entry, ines, **one) == NOT_YOURS
    assert refused(Refused, remove_member, ines, **one, person_id=story.entrant.person_id) == NOT_YOURS
    assert "You lead the team" in refused(Closed, leave_team, story.entrant, **one)
    assert "You lead the team" in refused(
        Invalid, remove_member, story.entrant, **one, person_id=story.entrant.person_id
    )

    do(hand_over_lead, story.entrant, **one, person_id=ines.person_id)

    assert members(story) == [("Ines", True), ("Erin", False)]
    assert mails_to("ines@ines.example")[0].subject == "You lead a team now"
    assert do(leave_team, story.entrant, **one) == "Clean rivers"
    assert mails_to("ines@ines.example")[1].subject == "Erin has left your team"
    assert refused(Refused, submit_entry, story.entrant, **one, accepts_rules=True) == NOT_YOURS
    do(withdraw_entry, ines, **one)


def test_a_removed_member_sees_nothing_more_and_is_told(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    ines = transact(lambda db: join_team(db, story.entry_id, "ines"))
    one = {"entry_id": story.entry_id, "person_id": ines.person_id}

    do(remove_member, story.entrant, **one)

    with pytest.raises(Refused):
        ask(own_entry, ines, entry_id=story.entry_id)
    assert "removed you from the team of Acorn Labs for Clean rivers" in mails_to("ines@ines.example")[0].text
    assert refused(Refused, remove_member, story.entrant, **one) == NOT_YOURS
    assert refused(Refused, hand_over_lead, story.entrant, **one) == NOT_YOURS
    invitation_id = invite(story, "ines@ines.example")
    do(accept_invitation, ines, invitation_id=invitation_id)
    assert members(story) == [("Erin", True), ("Ines", False)]


def test_somebody_of_the_secretariat_who_joins_a_team_is_in_conflict_with_its_entry(database: Given) -> None:
    story = told(Chapter.STARTED)
    secretary = story.secretariat.person_id
    assert secretary is not None
    invitation_id = invite(story, "secretariat@secretariat.example")

    do(accept_invitation, story.secretariat, invitation_id=invitation_id)

    apart = [transact(lambda db, at=at: in_conflict(db, secretary, story.entries[at])) for at in ("erin", "bela")]
    assert apart == [True, False]


def test_what_was_clear_is_searched_for_the_name_of_whoever_joins(sqlite: Given) -> None:
    world, story = World(), told(Chapter.WRITTEN)
    check = {"entry_id": story.entry_id, "about": f"{uuid4()} {uuid4()}", "content_digest": "sha256:1", "hits": []}
    transact(lambda db: db.add(NameCheck(**check, state=CheckState.CLEAR)))
    transact(lambda db: [db.delete(row) for row in db.exec(select(Job).where(col(Job.kind) == SEARCH_DRAFT)).all()])

    do(accept_invitation, world.person("ada"), invitation_id=invite(story, world.address("ada")))

    [state] = transact(lambda db: db.exec(select(NameCheck.state)).all())
    waiting = transact(lambda db: db.exec(select(Job.about).where(col(Job.kind) == SEARCH_DRAFT)).all())
    assert state is CheckState.SEARCHING
    assert waiting == [f"entry {story.entry_id}"]


def test_whoever_has_left_still_names_the_entry(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    team_id = transact(lambda db: db.get_one(Entry, story.entry_id).team_id)
    ines = transact(lambda db: join_team(db, story.entry_id, "ines"))
    both = transact(lambda db: identities_of_team(db, team_id))

    do(leave_team, ines, entry_id=story.entry_id)

    assert transact(lambda db: identities_of_team(db, team_id)) == both
    assert both.people == ("Erin", "Ines")


@pytest.mark.parametrize(("chapter", "open_again"), [(Chapter.CLOSED, False), (Chapter.RELEASED, True)])
def test_nobody_joins_while_the_entry_is_with_the_judges(sqlite: Given, chapter: Chapter, open_again: bool) -> None:
    story = told(chapter)
    if open_again:
        assert invite(story, "ada@ada.example")
    else:
        more = {"entry_id": story.entry_id, "name": "Ada", "email": "ada@ada.example"}
        assert "with the judges" in refused(Closed, invite_member, story.entrant, **more)


def test_when_the_lead_is_erased_the_longest_member_leads(database: Given) -> None:
    story = told(Chapter.STARTED)
    ines = transact(lambda db: join_team(db, story.entry_id, "ines"))
    invite(story, "ada@ada.example")

    transact(lambda db: erase_person(db, "erin@erin.example", "They asked for it."))

    shown = ask(own_team, ines, entry_id=story.entry_id)
    assert [(member.name, member.leads) for member in shown.team.members] == [("Ines", True)]
    assert [row.email for row in shown.invitations] == ["ada@ada.example"]
    transact(lambda db: erase_person(db, "ada@ada.example", "They asked for it."))
    assert ask(own_team, ines, entry_id=story.entry_id).invitations == ()
    assert transact(lambda db: find_person(db, "ada@ada.example")) is None
