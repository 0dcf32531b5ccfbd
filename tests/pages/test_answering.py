"""An entrant's page with questions about money, a day, a team, and a declaration after which more is asked."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from starlette.applications import Starlette

from pages.components.autosave import ROUTES
from pages.edge import errors
from prize.entries.own import own_entry
from prize.form import add_question
from prize.models import QuestionKind
from storage.clock import move_to
from storage.database import transact
from tests.databases import Given
from tests.edge import asgi
from tests.pages.public import _headers
from tests.pages.visiting import row_of, tables, visit, words
from tests.stories import CLOSES, DAY, Chapter, Story, go_on, told
from tests.world import ask, do

APP = Starlette(routes=list(ROUTES), exception_handlers=errors.handlers())


def written() -> Story:
    story = told(Chapter.READY)
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}

    def also(name: str, kind: QuestionKind, wording: str, **more: object) -> None:
        story.questions[name] = do(add_question, story.designer, **where, kind=kind, wording=wording, **more)

    also("funded", QuestionKind.DECLARATION, "Are you funded?", particulars="By whom?")
    also("since", QuestionKind.DATE, "Since when?", only_if=story.questions["funded"], only_if_answers=("yes",))
    go_on(story, Chapter.READY, Chapter.WRITTEN)
    transact(lambda db: move_to(db, CLOSES - DAY))
    return story


def autosaved(story: Story, text: str, version: int, number: int) -> dict[str, Any]:
    target = {"entry_id": str(story.entry_id), "question_key": str(story.questions["funded"])}
    save = {"text": text, "base_version": version, "tab": "tab-of-erin", "save_number": number}
    body = json.dumps({"what": "particulars", **target, **save}).encode()
    sent = [*_headers(story.entrant), ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    answer = asgi.ask(APP, "/autosave", method="POST", headers=sent, body=body)
    saved: dict[str, Any] = json.loads(answer.body)
    return saved


def answers(story: Story) -> dict[str, str]:
    shown = ask(own_entry, story.entrant, entry_id=story.entry_id).answers
    return {answer.question.wording: answer.text for answer in shown[3:]}


def test_a_declaration_asks_for_particulars_and_for_what_depends_on_it(sqlite: Given) -> None:
    story = written()
    page = visit(story.entrant, "entry")
    page.query_params["entry"] = str(story.entry_id)
    page.run()
    assert [box.label for box in page.date_input] == []
    assert "“Are you funded?” has no answer yet." in words(page)

    page = page.radio(key=f"answer-{story.questions['funded']}").set_value("yes").run()
    assert "“Are you funded?” needs particulars, since you answered yes." in words(page)
    saved = autosaved(story, "By the water board.", 1, 1)
    page = page.date_input(key=f"answer-{story.questions['since']}").set_value(date(2026, 5, 4)).run()

    assert not page.exception
    assert (saved["version"], saved["theirs"]) == (2, None)
    assert answers(story) == {"Are you funded?": "yes\nBy the water board.", "Since when?": "2026-05-04"}
    assert page.radio(key=f"answer-{story.questions['funded']}").value == "yes"

    page = page.radio(key=f"answer-{story.questions['funded']}").set_value("no").run()

    assert answers(story) == {"Are you funded?": "no"}
    assert not page.date_input


def test_an_entrant_sees_how_far_each_section_is(sqlite: Given) -> None:
    story = told(Chapter.READY)
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}
    for wording, heading in (("What does it cost?", "Money"), ("Who pays?", "")):
        do(add_question, story.designer, **where, kind=QuestionKind.TEXT, wording=wording, heading=heading)
    go_on(story, Chapter.READY, Chapter.WRITTEN)
    transact(lambda db: move_to(db, CLOSES - DAY))

    page = visit(story.entrant, "entry")
    page.query_params["entry"] = str(story.entry_id)
    page.run()

    assert row_of(page, "Money") == ["Money", "0 of 2 ready"]
    assert row_of(page, "Before the first section") == ["Before the first section", "3 of 3 ready"]
    assert re.search(r"<h2[^>]*>Money</h2>", tables(page))
