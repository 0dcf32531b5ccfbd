"""One entry: its questions while the stage is open, its receipt, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

import streamlit as st

from judging.release import own_outcome
from pages.components.acting import act, ask, say
from pages.components.layout import (
    columns_main_side,
    download,
    empty_list,
    facts_table,
    heading,
    page_header,
    prose,
)
from pages.components.names import draw_hits
from pages.components.places import link, parameter
from pages.components.reconnected import draw_again_when_reconnected
from pages.components.words import marked, plain
from pages.entrant.answering import draw_answer
from pages.entrant.appeal import draw_appeal
from pages.entrant.delivery import draw_delivery
from pages.entrant.entries import badge_of, entrant_words
from pages.entrant.outcome import draw_outcome
from pages.entrant.readers import draw_readers
from prize.entries.corrections import submit_correction
from prize.entries.drafts import AnswerShown
from prize.entries.models import CheckState, EntryState
from prize.entries.own import OwnEntry, own_entry
from prize.entries.submission import submit_entry, withdraw_entry
from prize.lifecycle import Phase
from prize.questions import by_section
from storage.errors import LaurelError
from storage.values import counted, time_words

_HEADINGS: Final = MappingProxyType(
    {Phase.PLANNED: "What you will be asked", Phase.OPEN: "Your answers", Phase.PAUSED: "Your answers so far"}
)
NAMES_DECIDED: Final = MappingProxyType(
    {
        CheckState.HELD: "Kept from judges until the secretariat has decided about it.",
        CheckState.ALLOWED: "The secretariat has decided that judges read it as it is.",
        CheckState.WITHHELD: "The secretariat has withheld it from judges.",
    }
)


def draw() -> None:
    entry_id = parameter("entry")
    if entry_id is None:
        page_header("Entrant", "Entry")
        empty_list("No entry chosen", "Choose one of your entries.", lambda: link("my-entries", "My entries"))
        return
    entry = ask(own_entry, entry_id=entry_id)
    page_header(
        entry.prize,
        entrant_words(entry.team.organisation, entry.number, entry.stage),
        badge=badge_of(entry.state, entry.stage.phase),
        facts=_facts(entry),
    )
    if entry.referred and entry.stage.phase is Phase.OPEN:
        st.info(
            marked("**The secretariat will look at whether you may enter.** {}", " ".join(entry.referred)),
            icon=":material/contact_support:",
        )
    outcome = ask(own_outcome, entry_id=entry_id)
    if outcome:
        draw_outcome(outcome, entry_id)
        draw_appeal(entry_id)
        draw_delivery(entry_id)
    main, side = columns_main_side()
    with main:
        _correcting(entry)
        heading(_HEADINGS.get(entry.stage.phase, "What you entered"))
        for section, answers in by_section(entry.answers, lambda answer: answer.question):
            if section:
                heading(section, _progress(entry, answers))
            for answer in answers:
                if answer.question.key not in entry.correctable:
                    draw_answer(entry, answer)
    with side:
        if entry.stage.phase is Phase.OPEN:
            _submitting(entry)
        else:
            _names(entry)
        if entry.receipt:
            _receipt(entry)
        link("as-judges-see-it", "What judges will see" if outcome is None else "What judges saw", entry=entry.id)
        if outcome is None:
            link("how-judged", "How entries are judged", entry=entry.id)
        draw_readers(entry_id, released=outcome is not None)
        heading("Team")
        for member in entry.team.members:
            st.markdown(marked("{} · :gray[{}]", member.name, member.email))
        link("team", "Invite, remove, hand over" if entry.leads else "The team", entry=entry.id)
    draw_again_when_reconnected()
    if entry.stage.phase is Phase.OPEN or entry.correctable:
        _draw_again_when_changed(entry)


def _progress(entry: OwnEntry, answers: Sequence[AnswerShown]) -> str:
    if entry.stage.phase is not Phase.OPEN:
        return counted(len(answers), "question")
    return f"{sum(not answer.problem for answer in answers)} of {len(answers)} ready"


def _facts(entry: OwnEntry) -> str:
    dates = entry.stage.dates
    if dates is None:
        return ""
    closes = time_words(dates.closes_at, entry.stage.zone, weekday=True)
    if entry.stage.phase is Phase.OPEN:
        return f"Closes {closes}. You can change everything until then."
    if entry.stage.phase is Phase.PLANNED:
        opens = time_words(dates.opens_at, entry.stage.zone, weekday=True)
        return f"{entry.stage.name} opens {opens}. You can write your entry then. It closes {closes}."
    if entry.stage.phase is Phase.PAUSED:
        return "The prize is paused. What you had saved is kept; its page says why and when it goes on."
    if entry.stage.phase is Phase.CANCELLED:
        return "This stage was cancelled. What you had saved is kept here; the prize's page says why."
    late = "" if entry.state is EntryState.SUBMITTED else " Your draft was not submitted; it is kept here."
    return f"Closed {closes}.{late}"


@st.fragment(run_every=5.0)
def _draw_again_when_changed(entry: OwnEntry) -> None:
    """Look every few seconds whether the page still tells what is missing, since answers save themselves.

    Nothing is drawn here. When a draw of the page and one of a fragment follow each other closely, Streamlit leaves the
    fragment out of the first, and what was chosen in it and is not stored, such as a tick, is gone.
    """
    try:
        now = ask(own_entry, entry_id=entry.id)
    except LaurelError:
        st.rerun()
    if _standing(now) != _standing(entry):
        st.rerun()


def _standing(entry: OwnEntry) -> tuple[object, ...]:
    """What ``_submitting`` shows of an entry."""
    problems = tuple((answer.question.key, answer.problem) for answer in entry.answers)
    return (
        entry.stage.phase,
        problems,
        entry.names,
        entry.receipt,
        entry.changed_since,
        entry.form_changed,
        entry.rules_number,
        entry.state,
        entry.correctable,
    )


def _submitting(entry: OwnEntry) -> None:
    """What is missing, and the button."""
    missing = [answer for answer in entry.answers if answer.problem]
    heading("Submit", f"{len(entry.answers) - len(missing)} of {len(entry.answers)} ready")
    _names(entry)
    _sections(entry)
    if missing:
        st.markdown("Still to do:")
        st.markdown(marked("\n".join("- {}" for _ in missing), *(answer.problem for answer in missing)))
    elif entry.receipt and entry.form_changed:
        st.markdown(
            "The form has changed since you submitted. What you submitted stands under the questions as they were. "
            "To answer these, submit again."
        )
    elif entry.receipt and not entry.changed_since:
        st.markdown("What you see is what you have submitted.")
    elif entry.receipt:
        st.markdown("You have changed answers since you submitted. Submit again, or the earlier version counts.")
    with st.expander("The rules", icon=":material/gavel:"):
        prose(entry.rules)
    st.checkbox(f"We accept the rules, version {entry.rules_number}", key="accepts rules")
    again = entry.receipt is not None
    st.button(
        "Submit again" if again else "Submit entry",
        type="primary",
        disabled=bool(missing),
        on_click=_submit,
        args=(entry.id,),
    )
    if entry.state is EntryState.SUBMITTED and entry.leads:
        st.button("Withdraw", on_click=_withdraw, args=(entry.id,))


def _sections(entry: OwnEntry) -> None:
    """How far each section is, where the form has sections."""
    sections = by_section(entry.answers, lambda answer: answer.question)
    if len(sections) > 1:
        facts_table(
            [(section or "Before the first section", _progress(entry, answers)) for section, answers in sections],
            caption="Progress by section",
        )


def _names(entry: OwnEntry) -> None:
    """What would tell judges who the team is: to be taken out while that is possible."""
    if not entry.names:
        return
    questions = {answer.question.key: answer.question.wording for answer in entry.answers}
    files = {file.id: file.name for answer in entry.answers for file in answer.files}
    with st.container(border=True, key="names-found", gap="small"):
        st.markdown("**:material/visibility_off: This may tell judges who you are**")
        for check in entry.names:
            about = files.get(check.file_id, "a file") if check.file_id else questions.get(check.question_key, "")
            st.markdown(marked("In {}", about))
            draw_hits(check)
            words = NAMES_DECIDED.get(check.state)
            if words and entry.stage.phase is not Phase.OPEN:
                st.caption(words)
        if entry.stage.phase is Phase.OPEN:
            st.caption(
                "Judges score without names. Take these out and submit again; what still stands there at closing is "
                "kept from judges until the secretariat has decided about it."
            )


def _correcting(entry: OwnEntry) -> None:
    """What names the team, which alone can still be changed."""
    if not entry.correctable or entry.correction_until is None:
        return
    until = time_words(entry.correction_until, entry.stage.zone, weekday=True)
    heading("Take out what names you", f"until {until}, or until judging begins")
    st.markdown(
        "Judges score without names. You can take names out of what stands here, and change nothing else; a file that "
        "you replace is compared with the one before. What still names you afterwards "
        "is kept from judges until the secretariat has decided about it."
    )
    for answer in entry.answers:
        if answer.question.key in entry.correctable:
            draw_answer(entry, answer)
    st.button("Submit the correction", type="primary", on_click=_correct, args=(entry.id,))


def _correct(entry_id: UUID) -> None:
    receipt = act(submit_correction, entry_id=entry_id)
    if receipt:
        say(f"Correction submitted. Receipt {receipt.code}. It has been mailed to your team.")


def _submit(entry_id: UUID) -> None:
    receipt = act(submit_entry, entry_id=entry_id, accepts_rules=bool(st.session_state.get("accepts rules")))
    if receipt:
        say(f"Entry submitted. Receipt {receipt.code}. It has been mailed to your team.")


def _withdraw(entry_id: UUID) -> None:
    act(
        withdraw_entry,
        said="Entry withdrawn. Your draft is kept; submit it again if you change your mind.",
        entry_id=entry_id,
    )


def _receipt(entry: OwnEntry) -> None:
    receipt = entry.receipt
    assert receipt is not None
    heading("Receipt")
    facts_table(
        [
            ("Code", receipt.code),
            ("Submitted", time_words(receipt.submitted_at, entry.stage.zone)),
            ("Version", str(receipt.number)),
            ("Rules", f"version {receipt.rules_number}"),
        ],
        caption="Receipt",
    )
    for file in receipt.files:
        st.caption(plain(f"{file.name}: sha256:{file.sha256}"))
    download("The receipt as PDF", f"/entries/{entry.id}/receipt")
