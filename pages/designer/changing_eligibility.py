"""The eligibility questions of a published prize changed, with a reason for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st

from pages.components.acting import ask
from pages.components.forms import Form
from pages.components.permitted import may
from pages.components.words import marked
from pages.designer.changing import reason_field
from pages.designer.frame import form_name
from prize.eligibility import EligibilityQuestionShown, EligibilityShown
from prize.eligibility_changes import ChangedEligibilityQuestion, change_eligibility
from prize.form_changes import OPEN_TO_CHANGES
from prize.models import Otherwise
from prize.policy import Action
from prize.prizes import RUNNING, PrizeLine
from prize.stages import stages

NEEDED = (True, False)
MEANS = (Otherwise.DECIDES, Otherwise.REFERS)
LABELS = (("wording", "Wording"), ("needed", "Needed answer"), ("otherwise", "Meaning"), ("told", "What is told"))


def draw_changing_eligibility(prize: PrizeLine, shown: EligibilityShown) -> None:
    """A way to publish new questions; nothing for whoever may not, or once nobody can begin an entry any more."""
    if prize.state not in RUNNING or not may(Action.CHANGE_PUBLISHED, prize_id=prize.id).allowed:
        return
    if ask(stages, prize_id=prize.id)[0].phase not in OPEN_TO_CHANGES:
        return
    form = Form(form_name("changed-eligibility", prize.id))
    saved: dict[str, Any] = {"reason": "", **question_empty()}
    for row in shown.questions:
        saved |= {
            f"wording {row.key}": row.wording,
            f"needed {row.key}": row.needed,
            f"otherwise {row.key}": row.otherwise,
            f"told {row.key}": row.told,
            f"gone {row.key}": False,
        }
    called = {f"{field} {row.key}": f"{label} of “{row.wording}”" for row in shown.questions for field, label in LABELS}
    version = form.fill(shown.version, called=called, **saved)
    with form.drawer("Change the questions", icon=":material/edit:"), st.form(form.name, border=False):
        st.markdown("Whoever begins an entry from then on is asked the new ones. Entries that have begun stand.")
        for at, row in enumerate(shown.questions, 1):
            st.markdown(marked("**Question {}**", str(at)))
            question_fields(form, f" {row.key}")
            form.tick(f"gone {row.key}", "Ask it no longer")
        st.markdown("**Another question** (optional)")
        question_fields(form)
        reason_field(form)
        form.outcome()
        st.form_submit_button(
            "Publish the new questions", on_click=_publish, args=(form, prize.id, version, shown.questions)
        )


def question_empty() -> dict[str, Any]:
    """The fields of a question before anything is typed."""
    return {"wording": "", "needed": True, "otherwise": Otherwise.DECIDES, "told": ""}


def question_fields(form: Form, of: str = "") -> None:
    """The fields of a question."""
    form.long_line(f"wording{of}", "Question", help="So that yes or no answers it.")
    form.choice(f"needed{of}", "To enter, they have to answer", NEEDED, needed_words)
    form.choice(f"otherwise{of}", "Whoever answers otherwise", MEANS, means_words)
    form.long_line(f"told{of}", "What they are told then", help="A sentence that says why, and what they can do.")


def needed_words(needed: bool) -> str:
    return "Yes" if needed else "No"


def means_words(otherwise: Otherwise) -> str:
    if otherwise is Otherwise.DECIDES:
        return "is not eligible, and cannot start an entry"
    return "can start an entry, and the secretariat looks at it"


def _publish(form: Form, prize_id: UUID, version: int, published: tuple[EligibilityQuestionShown, ...]) -> None:
    questions = [_typed(form, f" {row.key}") for row in published if not form[f"gone {row.key}"]]
    if form.joined("wording"):
        questions.append(_typed(form, ""))
    form.send(
        change_eligibility,
        said="The new questions are published, and whoever has begun an entry has been told.",
        prize_id=prize_id,
        version=version,
        questions=tuple(questions),
        reason=form["reason"],
    )


def _typed(form: Form, of: str) -> ChangedEligibilityQuestion:
    return ChangedEligibilityQuestion(
        form.joined(f"wording{of}"), form[f"needed{of}"], form[f"otherwise{of}"], form.joined(f"told{of}")
    )
