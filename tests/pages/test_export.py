"""The page from which a prize is taken away, and the files that it leads to."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from accounts.actors import Actor
from accounts.sessions import COOKIE, open_session
from storage.database import transact
from tests.databases import Given
from tests.pages.visiting import press, tables, title, visit, words
from tests.server import Answer, RunningLaurel, running_laurel
from tests.stories import Chapter, told, work_off


def get(laurel: RunningLaurel, actor: Actor, target: str) -> Answer:
    assert actor.person_id is not None
    person_id = actor.person_id
    cookie = f"{COOKIE}={transact(lambda db: open_session(db, person_id))}"
    return laurel.ask("GET", target, headers={"Cookie": cookie, "Accept": "text/html"})


def test_each_reader_is_offered_what_they_may_take(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    secretariat = visit(story.secretariat, "export", prize=story.prize_id)
    owner = visit(story.owner, "export", prize=story.prize_id)

    assert title(secretariat) == "Export"
    assert f'href="/exports/{story.prize_id}/score.xlsx"' in tables(secretariat)
    assert f'href="/exports/{story.prize_id}/question.csv"' in tables(owner)
    assert "/score." not in tables(owner)
    assert "Each export is on record." in words(owner)


def test_everything_is_prepared_in_the_background_and_then_downloaded(sqlite: Given, installation: Path) -> None:
    story = told(Chapter.SCORED)
    page = press(visit(story.secretariat, "export", prize=story.prize_id), "Prepare the export")
    assert "The export is being made." in words(page)
    work_off()

    page = visit(story.secretariat, "export", prize=story.prize_id)

    assert "You alone can download it, until 17 April 2027" in words(page)
    assert f'href="/exports/{story.prize_id}"' in tables(page)
    with running_laurel({"LAUREL_EMBEDDED_WORKER": "false"}, installation) as laurel:
        assert get(laurel, story.owner, f"/exports/{story.prize_id}").status == 403
        answer = get(laurel, story.secretariat, f"/exports/{story.prize_id}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"].startswith('attachment; filename="clean-rivers-export.zip"')
    assert answer.headers["cache-control"] == "no-store"
    assert sqlite.sql("SELECT count(*) FROM audit_row WHERE action = 'export a prize'") == [(1,)]


def test_exports_come_as_files_to_those_who_may_have_them_and_are_on_record(sqlite: Given, installation: Path) -> None:
    story = told(Chapter.SCORED)
    with running_laurel({"LAUREL_EMBEDDED_WORKER": "false"}, installation) as laurel:
        prize = f"/exports/{story.prize_id}"
        for target, name, kind in (
            (f"{prize}/score.csv", "clean-rivers-score.csv", "text/csv; charset=utf-8"),
            (f"{prize}/dictionary.csv", "clean-rivers-dictionary.csv", "text/csv; charset=utf-8"),
            (f"{prize}/person.parquet", "clean-rivers-person.parquet", "application/vnd.apache.parquet"),
        ):
            answer = get(laurel, story.secretariat, target)
            assert (answer.status, answer.headers["content-type"]) == (200, kind)
            assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
            assert answer.headers["cache-control"] == "no-store"
        assert sqlite.sql("SELECT count(*) FROM audit_row WHERE action = 'export a prize'") == [(3,)]

        for target, name, kind in (
            ("/exports/my-entries", "my-entries.zip", "application/zip"),
            (f"/entries/{story.entry_id}/receipt", f"receipt-{story.receipts['erin'].code}.pdf", "application/pdf"),
        ):
            answer = get(laurel, story.entrant, target)
            assert (answer.status, answer.headers["content-type"]) == (200, kind)
            assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
        assert get(laurel, story.entrants["bela"], f"/entries/{story.entry_id}/receipt").status == 403

        assert get(laurel, story.secretariat, f"{prize}/credential.csv").status == 422
        assert get(laurel, story.secretariat, f"{prize}/score.docx").status == 422
        assert get(laurel, story.owner, f"{prize}/score.csv").status == 422
        for target in (prize, f"{prize}/score.csv", f"/exports/{uuid4()}"):
            assert get(laurel, story.judge, target).status == 403
        assert laurel.ask("GET", prize).status in (303, 401, 403)
        assert sqlite.sql("SELECT count(*) FROM audit_row WHERE action = 'export a prize'") == [(3,)]
