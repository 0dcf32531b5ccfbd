"""Due diligence on who is chosen: five checks each, from the sponsor's confirmation to the release."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

import streamlit as st

from judging.due_diligence import CheckedEntry, DueDiligenceShown, FindingShown, Found, due_diligence, record_checks
from judging.models import PLACES, Outcome
from judging.outcome_models import Check, Finding
from pages.components import badges
from pages.components.acting import ask, say
from pages.components.badges import Badge, Badges, badge_of
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header, table
from pages.components.places import link, present_stage
from pages.components.words import marked
from prize.lifecycle import Phase
from storage.values import counted, time_words

FOUND: Final = MappingProxyType(
    {
        Finding.PASSES: Badges.PASSES,
        Finding.CONDITIONS: Badges.CONDITIONS,
        Finding.FAIL: Badges.FAILS,
        Finding.NOT_NEEDED: Badges.NOT_NEEDED,
    }
)
OPEN: Final = Badge("Open", "gray", "radio_button_unchecked")
ABOUT: Final = MappingProxyType(
    {
        Check.IDENTITY: "Who the entrant is, by a register or a document",
        Check.SANCTIONS: "Whether the entrant or an owner stands on a list of sanctions",
        Check.FUNDERS: "Whether a funder, a sponsor or a judge gains by the award",
        Check.SUBSIDY: "Whether the award is within what subsidy control allows",
        Check.STANDING: "Accounts, insolvency, debts to the state, convictions",
    }
)
NOTHING_NEW: Final = "as it is"
WORKED_ON: Final = (Phase.DECIDING, Phase.CONFIRMED)


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    shown = ask(due_diligence, stage_id=stage.id) if stage.phase in (*WORKED_ON, Phase.RELEASED) else None
    page_header(
        f"{prize.title} · {stage.name}",
        "Due diligence",
        badge=badge_of(stage.phase),
        facts=_facts(shown) if shown else "",
    )
    if shown is None or not shown.lines:
        empty_list(
            "Nobody to check yet",
            "When the sponsor has confirmed the decisions, those who are chosen and the reserves appear here, each "
            "with five checks. Nothing is released before those who are chosen have passed them.",
            lambda: link("decisions", "Go to the decisions", prize=prize.id),
        )
        return
    main, side = columns_main_side()
    with main:
        for title, lines in (
            ("Chosen", [line for line in shown.lines if line.outcome in PLACES]),
            ("Reserves, the first on top", [line for line in shown.lines if line.outcome is Outcome.RESERVE]),
            ("Failed", [line for line in shown.lines if line.outcome is Outcome.FAILED_CHECKS]),
        ):
            if lines:
                heading(title, str(len(lines)))
            for line in lines:
                _entry(shown, line)
    with side:
        heading("What follows")
        st.markdown(
            "When a check **fails**, the entry loses its place, the first reserve moves up, and the sponsor confirms "
            "what has changed. **Conditions** are added to the grant terms. Reserves can be checked beforehand, so "
            "that one who moves up can be announced at once."
        )
        link("decisions", "Go to the decisions", prize=prize.id)


def _facts(shown: DueDiligenceShown) -> str:
    if shown.stage.phase is Phase.RELEASED:
        return "The decisions are released."
    if shown.missing:
        many = counted(shown.missing, "chosen entry waits", "chosen entries wait")
        return f"{many} for a check; nothing is released before."
    return "Everybody who is chosen has passed every check."


def _entry(shown: DueDiligenceShown, line: CheckedEntry) -> None:
    by_check = {each.check: each for each in line.findings}
    with st.container(border=True, key=f"checked-{line.entry_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(marked("**{}** · {}", line.organisation, line.code), width="content")
            badges.show(badge_of(line.outcome))
        zone = shown.stage.zone
        table(
            ("Check", "Found", "Note", "By"),
            [_row(check, by_check.get(check), zone) for check in Check],
            hide_on_phone={3},
            caption=f"Checks of {line.organisation}",
        )
        if line.earlier:
            with st.expander(f"Earlier findings ({len(line.earlier)})"):
                for each in line.earlier:
                    st.markdown(
                        marked("{}: {}. {} {}", each.check.value, each.finding.value, each.note, _by(each, zone))
                    )
        if shown.stage.phase in WORKED_ON:
            _record(line, by_check)


def _row(check: Check, found: FindingShown | None, zone: str) -> tuple[Any, ...]:
    name = check.value.capitalize()
    return (name, FOUND[found.finding], found.note, _by(found, zone)) if found else (name, OPEN, "", "")


def _by(found: FindingShown, zone: str) -> str:
    return f"{found.by}, {time_words(found.at, zone)}"


def _record(line: CheckedEntry, by_check: dict[Check, FindingShown]) -> None:
    form = Form(f"checks-{line.entry_id}")
    saved: dict[str, Any] = {}
    for check in Check:
        saved |= {_name(check): NOTHING_NEW, _note(check): ""}
    version = form.fill(line.version, **saved)
    open_checks = len(by_check) < len(Check)
    words = "Record checks" if open_checks else "Correct a check"
    with form.drawer(words, icon=":material/fact_check:"), st.form(form.name, border=False):
        st.markdown(
            "**The note on a check that fails is read by the team and the sponsor, word for word**, as the reason of "
            "the decision. The note on conditions goes into the team's letter and the grant terms."
        )
        for check in Check:
            left, right = st.columns([1, 2])
            with left:
                form.choice(
                    _name(check),
                    check.value.capitalize(),
                    [NOTHING_NEW, *Finding],
                    lambda word: str(word).capitalize(),
                    help=ABOUT[check],
                )
            with right:
                form.line(_note(check), f"Note on {check.value}", limit=2000)
        form.outcome()
        st.form_submit_button("Save the checks", on_click=_save, args=(form, line, version))


def _name(check: Check) -> str:
    return f"finding {check.name}"


def _note(check: Check) -> str:
    return f"note {check.name}"


def _save(form: Form, line: CheckedEntry, version: int) -> None:
    findings: Sequence[Found] = tuple(
        Found(check, Finding(form[_name(check)]), form[_note(check)].strip())
        for check in Check
        if form[_name(check)] != NOTHING_NEW
    )
    outcome = form.send(record_checks, entry_id=line.entry_id, findings=findings, version=version)
    if outcome is None:
        return
    newest = {each.check: each.finding for each in line.findings} | {each.check: each.finding for each in findings}
    if outcome is not Outcome.FAILED_CHECKS:
        say(f"The checks of {line.code} are on record.")
    elif Finding.FAIL in newest.values():
        say(f"{line.code} has failed checks. What has changed waits for the sponsor.")
    else:
        say(f"{line.code} fails no check any more. Decide about it again on the page of decisions.")
