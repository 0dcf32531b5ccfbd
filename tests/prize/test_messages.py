"""What a prize says in its mails, writing to groups, and who was told what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.people import address_of
from prize import group_messages
from prize.clarifications import ask_clarification, decline_clarification
from prize.entries.conflicts import record_conflict
from prize.entries.extensions import extend_entry
from prize.entries.submission import withdraw_entry
from prize.following import follow_prize
from prize.group_messages import groups, write_to_group
from prize.message_texts import message_texts, save_message_text, try_message_text, use_own_text
from prize.messages import EXTENDED
from prize.models import Prize
from prize.templates import filled, write
from prize.told import told as who_was_told
from storage.database import transact
from storage.errors import Invalid, Refused, Stale
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.modules import import_everything
from tests.stories import CLOSES, Chapter, Story, told, work_off
from tests.world import World, ask, do

import_everything()


def mail_address(actor: Actor) -> str:
    person_id = actor.person_id
    assert person_id is not None
    return transact(lambda db: address_of(db, person_id))


def place_of(story: Story) -> dict[str, Any]:
    return {"prize_id": story.prize_id, "stage_id": story.stage_id}


def count_of(story: Story, key: str, actor: Actor | None = None) -> int:
    known = {each.key: each.count for each in ask(groups, actor or story.secretariat, **place_of(story))}
    return known[key]


def write_to(story: Story, key: str, subject: str = "News", text: str = "Dear all of {prize}.", **more: Any) -> int:
    given = {
        **place_of(story),
        "audience": key,
        "subject": subject,
        "text": text,
        "count": count_of(story, key),
        **more,
    }
    written: int = do(write_to_group, story.secretariat, **given)
    work_off()
    return written


def test_whoever_tells_of_an_event_brings_every_field_that_a_prize_may_use(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    prize = transact(lambda db: db.get_one(Prize, story.prize_id))

    with pytest.raises(TypeError, match="has the fields"):
        transact(lambda db: write(db, prize, EXTENDED, [], event="none", until="tomorrow"))


def test_mails_from_which_a_reader_could_learn_too_much_are_in_no_list(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    ada = World().person("ada")
    do(follow_prize, ada, prize_id=story.prize_id)
    question = do(ask_clarification, ada, prize_id=story.prize_id, question="May rivers enter?")
    decline = {"version": 1, "reason": "Rivers know."}
    do(decline_clarification, story.secretariat, clarification_id=question, **decline)

    known = ask(who_was_told, story.secretariat, prize_id=story.prize_id)

    assert mails_to(mail_address(story.judge))
    assert mails_to(mail_address(ada))
    listed = {line.email for line in known.lines}
    assert mail_address(story.entrant) in listed
    assert listed.isdisjoint({mail_address(story.judge), mail_address(ada)})


def test_somebody_in_conflict_counts_nobody_of_the_entrys_team(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    before = count_of(story, "submitted")
    write_to(story, "submitted")
    person_id = story.secretariat.person_id
    assert person_id is not None
    transact(lambda db: record_conflict(db, person_id, story.entry_id, "A cousin", story.owner.person_id))

    assert count_of(story, "submitted") == before - 1
    known = ask(who_was_told, story.secretariat, prize_id=story.prize_id)
    assert [(message.count, message.written) for message in known.to_groups] == [(before - 1, before - 1)]
    assert mail_address(story.entrant) not in {line.email for line in known.lines}


def test_a_value_with_braces_in_it_stays_as_it_was_typed() -> None:
    assert filled("{reason}", {"reason": "We use {name} in our code"}) == "We use {name} in our code"


def test_a_prize_says_it_in_its_own_words_until_it_takes_laurels_again(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    own = {"prize_id": story.prize_id, "template": "extended"}
    words = {"subject": "Extra days for {prize}", "text": "Take until {until}."}
    version = do(save_message_text, story.designer, **own, version=0, **words)

    extend = {"entry_id": story.entry_id, "closes_at": CLOSES + timedelta(days=1), "reason": "A strike"}
    do(extend_entry, story.secretariat, **extend)
    [mail] = [mail for mail in mails_to(mail_address(story.entrant)) if "Extra days" in mail.subject]
    assert mail.subject == "Extra days for Clean rivers"
    assert "Take until" in mail.text
    assert "strike" not in mail.text

    do(use_own_text, story.designer, **own, version=version)
    [text] = [text for text in ask(message_texts, story.designer, prize_id=story.prize_id) if text.key == "extended"]
    assert (text.version, text.subject) == (0, "More time for your entry for {prize}")


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"subject": "More time", "text": "Until {untill}."}, "There is no field {untill} here"),
        ({"subject": "More {until }", "text": "Until {until}."}, "There is no field {until } here"),
        ({"subject": "More time", "text": "You have more time."}, "The text needs {until}"),
    ],
)
def test_a_field_that_is_mistyped_or_missing_is_said_before_anybody_gets_it(
    sqlite: Given, words: dict[str, str], wrong: str
) -> None:
    story = told(Chapter.PUBLISHED)
    for command, more in ((save_message_text, {"version": 0}), (try_message_text, {})):
        with pytest.raises(Invalid, match=wrong):
            do(command, story.designer, prize_id=story.prize_id, template="extended", **more, **words)


def test_two_who_change_a_text_at_once_do_not_overwrite_each_other(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    own = {"prize_id": story.prize_id, "template": "extended", "version": 0, "text": "Until {until}."}
    do(save_message_text, story.designer, **own, subject="More time")

    with pytest.raises(Stale):
        do(save_message_text, story.secretariat, **own, subject="Even more")


def test_a_trial_goes_to_oneself_alone_and_saves_nothing(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    words = {"subject": "More time", "text": "Until {until} for {prize}."}

    do(try_message_text, story.designer, prize_id=story.prize_id, template="extended", **words)

    [mail] = [mail for mail in mails_to(mail_address(story.designer)) if mail.subject == "More time"]
    assert "Until Monday 20 January 2025, 12:00 (London) for Clean rivers." in mail.text
    assert all(text.version == 0 for text in ask(message_texts, story.designer, prize_id=story.prize_id))


def test_everybody_in_a_group_gets_the_mail_by_name_and_once(database: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    story = told(Chapter.SUBMITTED)
    monkeypatch.setattr(group_messages, "AT_ONCE", 1)

    count = write_to(story, "submitted", text="Thank you, {name}.")
    work_off()

    [mail] = [mail for mail in mails_to(mail_address(story.entrant)) if mail.subject == "News"]
    assert mail.text.startswith("Dear ")
    assert "Thank you, " in mail.text
    [message] = ask(who_was_told, story.secretariat, prize_id=story.prize_id).to_groups
    assert (message.count, message.written) == (count, count)
    assert message.audience.endswith("teams that have submitted")


def test_a_group_that_changed_meanwhile_is_looked_at_again(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    seen = count_of(story, "submitted")
    do(withdraw_entry, story.entrant, entry_id=story.entry_id)

    with pytest.raises(Stale, match="The group has changed"):
        write_to(story, "submitted", count=seen)
    assert not [mail for mail in mails_to(mail_address(story.entrant)) if mail.subject == "News"]


def test_nobody_writes_to_an_empty_group_or_to_one_that_is_not_there(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    with pytest.raises(Invalid, match="Nobody is in this group"):
        write_to(story, "submitted")
    with pytest.raises(Invalid, match="There is no such group"):
        do(
            write_to_group,
            story.secretariat,
            **place_of(story),
            audience="everybody",
            count=1,
            subject="News",
            text="News.",
        )


def test_a_stage_of_another_prize_is_refused(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    other = told(Chapter.SUBMITTED, place="2")
    place = {"prize_id": story.prize_id, "stage_id": other.stage_id}
    words = {"audience": "submitted", "count": 1, "subject": "News", "text": "News."}

    with pytest.raises(Refused):
        ask(groups, story.secretariat, **place)
    with pytest.raises(Refused):
        do(write_to_group, story.secretariat, **place, **words)


def test_who_was_told_what_is_found_by_a_part_of_the_address(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)

    known = ask(
        who_was_told, story.secretariat, prize_id=story.prize_id, search=mail_address(story.entrant).partition("@")[0]
    )

    assert known.count >= 1
    assert {line.email for line in known.lines} == {mail_address(story.entrant)}
    assert any("receipt" in line.subject for line in known.lines)
