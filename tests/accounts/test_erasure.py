"""Somebody who is erased is found nowhere any longer, and what others rely on still adds up."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select

from accounts import privacy
from accounts.actors import LAUREL, STRANGER, Actor
from accounts.erasure import Erased, erase_person
from accounts.models import Appointment, EmailAddress, Person, Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.privacy import ERASED_NAME
from accounts.programmes import create_programme
from accounts.sessions import identify
from accounts.signing_in import ask_for_link
from delivery.payments import payments
from judging.decisions import decisions_seen
from judging.judges import state_conflicts
from judging.models import Assignment, Comment, CommentReader, Decision, Score
from judging.scorecards import save_comment
from manage import main as manage
from prize.closing import close_stage
from prize.entries.drafts import start_entry
from prize.entries.models import Conflict, Entry, EntryState, EntryVersion
from prize.entries.receipts import check_receipt
from prize.entries.submission import submit_entry
from storage import audit, clock
from storage.audit import AuditContent, AuditRow
from storage.database import reading, transact
from storage.errors import Invalid, Refused
from storage.files import StoredFile
from storage.jobs import work_once
from storage.mail import Mail, MailState, send
from storage.objects import object_name
from storage.sealing import seal_rows
from storage.stores import store
from storage.verifying import verify
from tests.accounts.signed_in import cookie_of, mails_to, with_password
from tests.databases import Given
from tests.mailserver import MailServer
from tests.modules import import_everything
from tests.stories import CLOSES, Chapter, Story, assignments_of, attach, document_of, join_team, told
from tests.world import World, ask, do

import_everything()

REASON = "Asked for by letter of 3 March"
ERIN = "erin@erin.example"
JULES = "jules@example.org"


def erase(address: str) -> Erased:
    return transact(lambda db: erase_person(db, address, REASON))


def where_it_stands(*words: str) -> list[str]:
    """The columns of all tables in which one of the words stands, as a word of its own."""
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    found = []
    with reading() as db:
        for table in SQLModel.metadata.sorted_tables:
            for row in db.execute(table.select()).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if pattern.search(_as_text(value))]
    return sorted(set(found))


def _as_text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def wrong() -> list[str]:
    found: list[str] = []
    verify(found.append)
    return found


def paid(story: Story) -> list[Any]:
    return [(line.id, line.milestone.amount, line.state) for line in ask(payments, story.payer)]


def rows_of(table: type[SQLModel]) -> list[Any]:
    with reading() as db:
        return list(db.exec(select(table)))


def test_an_entrant_who_is_alone_is_found_nowhere_afterwards(database: Given) -> None:
    told(Chapter.ACCEPTED)
    do(ask_for_link, STRANGER, email=ERIN)
    transact(seal_rows)
    assert {"person.name", "email_address.address", "mail.text", "organisation.name", "entry_version.answers"} <= set(
        where_it_stands("Erin", ERIN, "Acorn Labs")
    )

    erase(ERIN)

    assert where_it_stands("Erin", ERIN, "Acorn Labs") == []
    assert wrong() == []


def test_what_others_rely_on_still_adds_up_when_a_finalist_is_erased(database: Given) -> None:
    story = told(Chapter.ACCEPTED)
    before = paid(story)
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    scores = {(row.id, row.points) for row in rows_of(Score)}

    erase(ERIN)

    assert paid(story) == before
    assert ask(decisions_seen, story.sponsor, stage_id=story.stage_id) == seen
    assert {(row.id, row.points) for row in rows_of(Score)} == scores
    receipt = story.receipts["erin"]
    assert ask(check_receipt, STRANGER, code=receipt.code).content_digest == receipt.content_digest
    assert {row.entry_id: row.outcome.value for row in rows_of(Decision)}[story.entry_id] == "finalist"
    versions = {row.entry_id: row.answers for row in rows_of(EntryVersion)}
    assert versions[story.entry_id] == {}
    assert versions[story.entries["bela"]] != {}


def test_an_entry_that_is_somebody_elses_too_stays_as_it_is(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    transact(lambda db: join_team(db, story.entry_id, "eve"))
    before = {row.id: row.answers for row in rows_of(EntryVersion)}

    erase(ERIN)

    assert {row.id: row.answers for row in rows_of(EntryVersion)} == before
    assert where_it_stands("Erin", ERIN) == []
    assert "organisation.name" in where_it_stands("Acorn Labs")


def test_an_entry_of_nobody_is_withdrawn_while_its_stage_is_open(database: Given) -> None:
    story = told(Chapter.SUBMITTED)

    erase(ERIN)

    assert {row.id: row.state for row in rows_of(Entry)} == {
        story.entry_id: EntryState.WITHDRAWN,
        story.entries["bela"]: EntryState.SUBMITTED,
    }


def test_a_judge_is_found_nowhere_and_the_scores_and_comments_stay(database: Given) -> None:
    story = told(Chapter.SCORED)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Cousin of mine",))
    with reading() as db:
        mine = assignments_of(db, story, story.judge)
    do(
        save_comment,
        story.judge,
        assignment_id=mine[0].id,
        reader=CommentReader.PANEL,
        text="Convincing. Write to JULES@example.org.",
        base_version=0,
        tab="tab-of-jules",
        save_number=1,
    )
    scores = {(row.id, row.points) for row in rows_of(Score)}
    assert "audit_content.content" in where_it_stands(JULES)

    erase(JULES)

    assert where_it_stands("Jules", JULES, "JULES@example.org", "Cousin of mine") == []
    assert {(row.id, row.points) for row in rows_of(Score)} == scores
    assert [row.text for row in rows_of(Comment)] == ["Convincing. Write to (erased)."]
    assert wrong() == []


def test_a_conflict_stays_without_its_words(database: Given) -> None:
    story = told(Chapter.BOUND)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Acorn Labs",))

    erase(JULES)

    assert [(row.person_id, row.entry_id, row.reason) for row in rows_of(Conflict)] == [
        (story.judge.person_id, story.entry_id, "")
    ]


def test_what_a_judge_has_not_begun_is_given_back(database: Given) -> None:
    story = told(Chapter.ASSIGNED)

    erase(JULES)

    given_back = {row.judge_id for row in rows_of(Assignment) if row.withdrawn_at}
    assert given_back == {story.judge.person_id}


def test_a_full_name_is_taken_out_of_what_others_wrote(database: Given, world: World) -> None:
    ada = world.person("ada")
    database.sql("UPDATE person SET name = 'Ada  Löwe-Byron' WHERE name = 'Ada'")
    for action, said in (("first", "Ask Ada Löwe-Byron, ada@example.org."), ("second", "Canada, Ada Löwe-Byrons")):
        _write_down(action, said)
    _start_programme(world, "The programme of Ada Löwe-Byron")

    erase("ada@example.org")

    assert where_it_stands("Ada Löwe-Byron", "ada@example.org") == []
    assert _written_down() == {"second": "Canada, Ada Löwe-Byrons"}
    assert "programme.name" in where_it_stands("(erased)"[1:-1])
    assert ada.person_id in {row.id for row in rows_of(Person)}


def test_a_name_of_one_word_is_left_in_what_others_wrote(database: Given, world: World) -> None:
    world.person("rivers")
    _start_programme(world, "Rivers of Wales")

    erase("rivers@example.org")

    assert where_it_stands("Rivers") == ["audit_content.content", "programme.name"]


def test_files_that_nobody_else_needs_are_deleted(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    for name in ("erin", "bela"):
        transact(lambda db, name=name: _with_file(db, story, name))  # type: ignore[misc]
    transact(lambda db: _close(db, story))
    while work_once():
        pass
    before = {row.id: object_name(row.folder, row.sha256) for row in rows_of(StoredFile)}
    assert len(before) > 4

    erase(ERIN)
    while work_once():
        pass

    after = {row.id: object_name(row.folder, row.sha256) for row in rows_of(StoredFile)}
    gone = set(before.values()) - set(after.values())
    assert len(gone) == len(after) == len(before) / 2
    assert [name for name in gone if store().look(name)] == []
    assert wrong() == []


def test_a_file_that_another_team_sent_in_too_is_kept(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    for name in ("erin", "bela"):
        transact(lambda db, name=name: _with_file(db, story, name, "the same"))  # type: ignore[misc]

    erase(ERIN)
    while work_once():
        pass

    assert len(rows_of(StoredFile)) == 1
    assert wrong() == []


def test_who_is_erased_is_signed_out_and_cannot_come_in(database: Given, world: World) -> None:
    ada = with_password(world, "ada")
    cookie = cookie_of(world, "ada")
    world.staff(Role.DESIGNER, "ada")

    erase("ada@example.org")

    assert identify(cookie) is None
    assert rows_of(EmailAddress) == [row for row in rows_of(EmailAddress) if row.person_id != ada.person_id]
    assert [row.ended_at is None for row in rows_of(Appointment) if row.person_id == ada.person_id] == [False]


def test_a_mail_that_waits_is_not_sent(database: Given, world: World, smtp: MailServer) -> None:
    ada = world.person("ada")
    transact(
        lambda db: send(
            db, event="e", recipient="ada@example.org", subject="Dear Ada", text="Ada", person_id=ada.person_id
        )
    )

    erase("ada@example.org")
    while work_once():
        pass

    assert smtp.delivered == []
    [mail] = rows_of(Mail)
    assert (mail.state, mail.subject, mail.text) == (MailState.ERASED, "", "")


def test_erasing_is_written_down_with_its_reason_and_the_rows_whose_contents_went(
    database: Given, world: World
) -> None:
    ada = world.person("ada")
    _write_down("invite", "ada@example.org")
    with reading() as db:
        named = db.exec(select(AuditRow.id).where(col(AuditRow.action) == "invite")).one()

    erased = erase("ada@example.org")

    with reading() as db:
        row = db.exec(select(AuditRow).where(col(AuditRow.action) == audit.ERASURE)).one()
        content = db.get_one(AuditContent, row.id).content
    assert (row.person_id, row.subject) == (None, f"person {ada.person_id}")
    assert content == {"by": "laurel", "reason": REASON, "contents": [str(named)]}
    assert (erased.person_id, erased.contents) == (ada.person_id, 1)
    assert verify().erased == 1


def test_a_reason_that_names_the_person_is_refused(database: Given, world: World) -> None:
    world.person("ada")
    for reason in ("Ada (ada@example.org) asked", "", "a" * 501):
        with pytest.raises(Invalid) as refused:
            transact(lambda db, reason=reason: erase_person(db, "ada@example.org", reason))  # type: ignore[misc]
        assert refused.value.field == "reason"

    assert mails_to("ada@example.org") == []
    assert "person.name" in where_it_stands("Ada")


def test_nobody_is_erased_by_a_process_that_does_not_know_all_packages(
    database: Given, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("ada")
    monkeypatch.delitem(privacy._holdings, "entry_version")

    with pytest.raises(RuntimeError, match="Nobody knows how to erase what lies in entry_version"):
        erase("ada@example.org")

    assert "person.name" in where_it_stands("Ada")


def test_the_only_operator_is_not_erased(database: Given, world: World) -> None:
    assert world.operator
    with pytest.raises(Invalid, match="the only operator"):
        erase("operator@example.org")

    world.appointed(Role.OPERATOR, ScopeKind.INSTALLATION, None, "another")
    erase("operator@example.org")


def test_nobody_is_erased_while_a_payment_to_them_is_under_way(database: Given) -> None:
    story = told(Chapter.APPROVED)
    with pytest.raises(Invalid, match="A payment to an entrant is under way"):
        erase(ERIN)

    transact(lambda db: join_team(db, story.entry_id, "eve"))
    erase(ERIN)


def test_the_command_line_asks_for_the_address_again(
    database: Given, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.person("ada")
    words = ["erase", "ada@example.org", "--reason", REASON]
    monkeypatch.setattr("builtins.input", lambda _: "grace@example.org")
    assert manage(words) == 2
    assert "Nothing was erased." in capsys.readouterr().err

    monkeypatch.setattr("builtins.input", lambda _: " Ada@example.org ")
    assert manage(words) == 0
    assert [row.name for row in rows_of(Person)] == [ERASED_NAME]
    assert manage([*words, "--yes"]) == 2
    assert "Nobody has this address." in capsys.readouterr().err


def test_somebody_who_comes_back_is_somebody_else(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    erase(ERIN)

    again = Actor(transact(lambda db: find_or_add_person(db, "Erin", ERIN).id))

    assert again.person_id != story.entrant.person_id
    with pytest.raises(Refused):
        do(submit_entry, again, entry_id=story.entry_id, accepts_rules=True)
    assert do(start_entry, again, stage_id=story.stage_id, organisation="Acorn Labs") != story.entry_id


def _start_programme(world: World, name: str) -> None:
    do(create_programme, world.operator, name=name)


def _write_down(action: str, said: str) -> None:
    transact(
        lambda db: audit.record(db, person_id=None, session_id=None, action=action, subject="", content={"said": said})
    )


def _written_down() -> dict[str, str]:
    """What still stands in the contents of the trail, by action."""
    with reading() as db:
        rows = db.execute(
            select(AuditRow.action, AuditContent.content).join(
                AuditContent, col(AuditContent.audit_id) == col(AuditRow.id)
            )
        ).all()
    return {action: content["said"] for action, content in rows if "said" in content}


def _with_file(db: Session, story: Story, name: str, content: str = "") -> None:
    document = document_of(content or name)
    attach(db, story.entrants[name], story.entries[name], story.questions["document"], document, f"{name}.pdf")
    submit_entry(db, story.entrants[name], story.entries[name], True)


def _close(db: Session, story: Story) -> None:
    clock.move_to(db, CLOSES + timedelta(hours=1))
    close_stage(db, LAUREL, story.stage_id)
