"""A prize at a glance: what it still needs, its stages and its fund, and the way to publication."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from pages.components import charts
from pages.components.acting import act, ask
from pages.components.badges import badge_of
from pages.components.forms import LINE, Form
from pages.components.layout import (
    Link,
    Step,
    StepState,
    columns_main_side,
    download,
    empty_list,
    facts_table,
    heading,
    leave,
    page_header,
    step_list,
    table,
)
from pages.components.permitted import may, why_not
from pages.components.places import link, page_at, present_prize
from pages.components.words import marked, one_line
from pages.designer.comments import draw_open_comments
from pages.designer.frame import form_name, serves
from pages.designer.running import draw_running
from prize.fund import FundShown, fund
from prize.lifecycle import PRIZE, Phase
from prize.models import ContributionKind
from prize.policy import Action
from prize.prizes import PrizeShown, appointed_people, prize
from prize.publication import publish_prize, return_to_draft, send_for_review
from prize.readiness import Check, readiness
from prize.stages import StageShown, stages
from storage.values import time_words

MOST_NEXT: Final = 3
NEXT_STEPS: Final = (
    ("Brief", "Complete the brief", "It is what solvers read first."),
    ("Rules", "Write the rules", "Entrants accept them when they submit."),
    ("Fund", "Divide the fund", "Entrants see what they can win."),
    ("Dates", "Set the dates", "Publishing fixes them."),
    ("Entry form", "Add questions", "Entrants read every question before they register."),
    ("Rubric", "Complete the rubric", "Judges meet its words beside every score."),
    ("Names", "Mark a question as revealing identity", "Otherwise judges would read a name."),
)


def draw() -> None:
    line = present_prize()
    if line is None:
        return
    present = ask(prize, prize_id=line.id)
    checks = ask(readiness, prize_id=line.id)
    page_header(
        "Prize",
        present.title,
        badge=badge_of(present.state),
        facts=serves(present),
        actions=lambda: _actions(present, checks),
    )
    rounds = ask(stages, prize_id=line.id)
    main, side = columns_main_side()
    with main:
        if Action.SEND_FOR_REVIEW in PRIZE.possible(present) or Action.PUBLISH_PRIZE in PRIZE.possible(present):
            _before_publishing(present, checks)
        if Action.RETURN_TO_DRAFT in PRIZE.possible(present):
            _returning(present)
        if present.published_at:
            _published(present)
            draw_running(present)
        _stages(rounds)
    with side:
        _next(present, checks, rounds)
        draw_open_comments(line.id)
        heading("Fund")
        draw_fund(ask(fund, prize_id=line.id))
    if present.source:
        st.caption(marked("Source: {}", present.source))


def _actions(present: PrizeShown, checks: tuple[Check, ...]) -> None:
    possible = PRIZE.possible(present)
    ready = all(check.done for check in checks)
    if not present.published_at:
        leave("Preview page", f"/preview/{present.id}")
    download("As a file", f"/prize-files/{present.id}")
    if Action.SEND_FOR_REVIEW in possible and may(Action.SEND_FOR_REVIEW, prize_id=present.id).allowed:
        st.button(
            "Send for review",
            type="primary",
            disabled=not ready,
            on_click=_send,
            args=(present.id, present.version),
        )
    if Action.PUBLISH_PRIZE in possible and may(Action.PUBLISH_PRIZE, prize_id=present.id).allowed:
        st.button("Publish", type="primary", disabled=not ready, on_click=_publish, args=(present.id, present.version))


def _before_publishing(present: PrizeShown, checks: tuple[Check, ...]) -> None:
    in_review = Action.PUBLISH_PRIZE in PRIZE.possible(present)
    second = may(Action.PUBLISH_PRIZE, prize_id=present.id)
    done = sum(check.done for check in checks) + in_review
    several = len({check.stage_id for check in checks if check.stage_id}) > 1
    heading("Before it is published", f"{done} of {len(checks) + 2} done")
    steps = [
        Step(
            f"{check.stage}: {check.name}" if several and check.stage else check.name,
            _first_sentence(check.words),
            StepState.DONE if check.done else StepState.TO_DO,
            page_at(check.place),
            (("prize", str(present.id)), *((("stage", str(check.stage_id)),) if check.stage_id else ())),
        )
        for check in checks
    ]
    steps.append(
        Step("Review", f"sent by {_sender(present)}", StepState.DONE)
        if in_review
        else Step("Review", _review_words(checks), StepState.WAITING)
    )
    steps.append(Step("Second person", _second_words(second.allowed, in_review), StepState.WAITING))
    step_list(steps)
    if in_review and not second.allowed:
        st.markdown(one_line(why_not(second, "A designer, the owner or the sponsor publishes it.")))


def _review_words(checks: tuple[Check, ...]) -> str:
    ready = all(check.done for check in checks)
    return "it can be sent now" if ready else "it is sent when everything else is done"


def _first_sentence(words: str) -> str:
    return f"{words.partition('. ')[0].rstrip('.')}."


def _second_words(allowed: bool, in_review: bool) -> str:
    if in_review and allowed:
        return "you can publish it"
    return "somebody other than its author publishes it"


def _sender(present: PrizeShown) -> str:
    people = {line.person.id: line.person.name for line in ask(appointed_people, prize_id=present.id)}
    return people.get(present.sent_for_review_by, "a colleague") if present.sent_for_review_by else "a colleague"


def _returning(present: PrizeShown) -> None:
    if not may(Action.RETURN_TO_DRAFT, prize_id=present.id).allowed:
        return
    form = Form(form_name("return", present.id))
    form.fill(reason="")
    with form.drawer("Return it to its draft", icon=":material/undo:"), st.form(form.name, border=False):
        form.line("reason", "What has to change", limit=LINE, help="It is kept on record with your name.")
        form.outcome()
        st.form_submit_button("Return to draft", on_click=_return, args=(form, present.id, present.version))


def _published(present: PrizeShown) -> None:
    assert present.published_at is not None
    heading("Published")
    facts_table(
        [
            ("Public page", Link(f"/prizes/{present.slug}", f"/prizes/{present.slug}", leaves=True)),
            ("Since", time_words(present.published_at, present.zone)),
            ("Kind", f"{present.blueprint.value.capitalize()}, {present.pays.value}"),
        ],
        caption="Publication",
    )


def _stages(rounds: tuple[StageShown, ...]) -> None:
    heading("Stages" if len(rounds) > 1 else "Dates")
    dated = [(stage, stage.dates) for stage in rounds if stage.dates]
    if not dated:
        empty_list("No dates yet", "When entries open and close, and when they are judged and decided, appears here.")
        return
    spans, rows = [], []
    for stage, dates in dated:
        zone = ZoneInfo(stage.zone)
        name = f"{stage.name}: " if len(rounds) > 1 else ""
        for label, begins, ends in (
            ("Entries open", dates.opens_at, dates.closes_at),
            ("Judging", dates.closes_at, dates.judging_closes_at),
            ("Panel and checks", dates.judging_closes_at, dates.decision_at),
        ):
            days = (begins.astimezone(zone).date(), ends.astimezone(zone).date())
            spans.append(charts.StageSpan(label, *days, stage.name if len(rounds) > 1 else ""))
            rows.append((name + label, time_words(begins, stage.zone), time_words(ends, stage.zone)))
    charts.show(
        charts.stages_timeline(spans, datetime.now(ZoneInfo(rounds[0].zone)).date()),
        alt="; ".join(f"{label} from {begins} to {ends}" for label, begins, ends in rows),
    )
    with st.expander("The dates and times"):
        table(("Part", "From", "To"), rows, caption="Dates of the stages")


def _next(present: PrizeShown, checks: tuple[Check, ...], rounds: tuple[StageShown, ...]) -> None:
    heading("Next")
    if present.published_at:
        _next_date(rounds)
        return
    missing = {check.name: check for check in reversed(checks) if not check.done}
    if missing and not may(Action.EDIT_PRIZE, prize_id=present.id).allowed:
        st.markdown("Its designers complete what is missing.")
        return
    for name, does, why in [step for step in NEXT_STEPS if step[0] in missing][:MOST_NEXT]:
        with st.container(gap=None, key=f"step-list-next-{name.lower().replace(' ', '-')}"):
            about = {"stage": check.stage_id} if (check := missing[name]).stage_id else {}
            link(check.place, does, prize=present.id, **about)
            st.markdown(f":gray[{why}]")
    if missing:
        return
    if Action.SEND_FOR_REVIEW in PRIZE.possible(present):
        sends = may(Action.SEND_FOR_REVIEW, prize_id=present.id).allowed
        sender = "Send it" if sends else "A designer or the owner sends it"
        st.markdown(f"Everything is there. {sender} for review, and a second person publishes it.")
    elif may(Action.PUBLISH_PRIZE, prize_id=present.id).allowed:
        st.markdown(
            "Read every page, then publish it. **Publishing fixes** brief, rules, dates, questions and rubric: "
            "entrants rely on them."
        )
    else:
        st.markdown("A second person reads it and publishes it. Until then it can be returned to its draft.")


def _next_date(rounds: tuple[StageShown, ...]) -> None:
    now = datetime.now(UTC)
    ahead = [
        (moment, label, stage)
        for stage in rounds
        if stage.dates
        for label, moment in (
            ("Entries open", stage.dates.opens_at),
            ("Entries close", stage.dates.closes_at),
            ("Judging ends", stage.dates.judging_closes_at),
            ("The decision is due", stage.dates.decision_at),
        )
        if moment > now
    ]
    if not ahead:
        st.markdown("Every date of this prize has passed.")
        return
    moment, label, stage = min(ahead, key=lambda item: item[0])
    with st.container(gap="xxsmall"):
        st.markdown(marked("**{}**", label))
        st.markdown(marked("{}", time_words(moment, stage.zone, weekday=True)))
        st.caption(marked("{} is {} now.", stage.name, _phase_words(stage.phase)))


def _phase_words(phase: Phase) -> str:
    match phase:
        case Phase.SCREENING:
            return "being screened"
        case Phase.JUDGING:
            return "being judged"
        case Phase.DECIDING:
            return "being decided"
        case _:
            return phase.value


def draw_fund(shown: FundShown) -> None:
    """The money as one figure, how it is divided as a bar, and every part in words."""
    st.metric("Money in the fund", str(shown.money), label_visibility="collapsed")
    if not shown.money.minor:
        return
    parts = [
        charts.FundPart(
            f"{award.count} × {award.name}, {award.each} each" if award.count > 1 else award.name,
            float(award.total.minor) if award.kind is ContributionKind.MONEY else 0.0,
            str(award.total) if award.kind is ContributionKind.MONEY else f"{award.total} in\u00a0kind",
            award.name,
        )
        for award in shown.awards
    ]
    if shown.left.minor > 0:
        parts.append(charts.FundPart("Not divided yet", float(shown.left.minor), str(shown.left)))
    if any(part.share for part in parts):
        charts.fund_bar(parts, "; ".join(f"{part.label}: {part.words}" for part in parts))


def _send(prize_id: UUID, version: int) -> None:
    act(
        send_for_review,
        said="Sent for review. Somebody other than you publishes it.",
        prize_id=prize_id,
        version=version,
    )


def _publish(prize_id: UUID, version: int) -> None:
    act(publish_prize, said="Published. Its page is open to everybody.", prize_id=prize_id, version=version)


def _return(form: Form, prize_id: UUID, version: int) -> None:
    form.send(
        return_to_draft,
        said="Returned to its draft.",
        prize_id=prize_id,
        version=version,
        reason=form["reason"],
    )
