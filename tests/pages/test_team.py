"""A team's page, and the invitations on the list of own entries."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from prize.entries.invitations import invite_member
from prize.entries.members import own_team
from storage.database import transact
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.pages.visiting import press, visit, words
from tests.stories import Chapter, Story, join_team, told
from tests.world import World, ask, do


def at_team(story: Story, actor: Actor) -> AppTest:
    page = visit(actor, "team")
    page.query_params["entry"] = str(story.entry_id)
    return page.run()


def test_the_lead_invites_and_withdraws(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    page = at_team(story, story.entrant)
    page.text_input[0].input("Ada")
    page.text_input[1].input("ada@ada.example")

    page = press(page, "Invite")

    assert "1 member, 1 invited." in words(page)
    assert "asks you to join" in mails_to("ada@ada.example")[0].text
    page = press(page, "Withdraw the invitation")
    assert "1 member. Judges do not see" in words(page)
    page.text_input[0].input("Ada")
    page.text_input[1].input("ada")
    page = press(page, "Invite")
    assert "is not a mail address" in "\n".join(said.value for said in (*page.error, *page.caption, *page.markdown))


def test_a_member_leaves_and_finds_the_list_of_own_entries(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    ines = transact(lambda db: join_team(db, story.entry_id, "ines"))
    page = at_team(story, ines)
    assert "Invite" not in [button.label for button in page.button]

    press(page, "Leave")

    shown = ask(own_team, story.entrant, entry_id=story.entry_id)
    assert [member.name for member in shown.team.members] == ["Erin"]


def test_the_lead_hands_over_and_is_a_member_then(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    transact(lambda db: join_team(db, story.entry_id, "ines"))
    page = at_team(story, story.entrant)

    page = press(page, "Hand it over")

    assert "Ines leads the team now." in page.success[0].value
    labels = [button.label for button in page.button]
    assert ("Leave" in labels, "Remove from the team" in labels) == (True, False)


def test_somebody_without_entries_accepts_under_my_entries(sqlite: Given) -> None:
    world, story = World(), told(Chapter.STARTED)
    asked = {"name": "Ada", "email": world.address("ada")}
    do(invite_member, story.entrant, entry_id=story.entry_id, **asked)
    page = visit(world.person("ada"), "my-entries")
    assert "Erin asks you to join the team of Acorn Labs" in words(page)

    page = press(page, "Join the team")

    assert "You belong to the team now." in page.success[0].value
    assert "Acorn Labs · First stage" in words(page)
