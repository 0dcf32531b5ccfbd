"""Grant terms with milestones: offered to those who were given a place, and what has become of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

import streamlit as st

from delivery.lifecycle import MILESTONE
from delivery.milestones import MilestonePlan, MilestoneShown, TermsShown, cancel_milestone, delivery, offer_terms
from delivery.policy import Action
from judging.decisions import DecisionLine, decisions
from judging.models import PLACES
from judging.policy import Action as JudgingAction
from mission.missions import TargetShown, mission
from pages.components import badges
from pages.components.acting import act, ask, complain, say
from pages.components.badges import Badge
from pages.components.layout import Cell, empty_list, heading, page_header, prose, table
from pages.components.permitted import may
from pages.components.places import present_stage
from pages.components.words import marked
from prize.fund import FundShown, fund
from prize.lifecycle import Phase
from prize.models import ContributionKind
from prize.prizes import PrizeLine
from storage.values import Money, counted, date_words, time_words

OFFERED = Badge("Offered", "orange", "schedule")
ACCEPTED = Badge("Accepted", "green", "handshake")
MOST = 8
HUNDRED = 100
NUMBER, TEXT, TO = "number of milestones", "grant terms", "finalists to offer to"
FIELDS = ("title", "show", "due", "amount", "quantity", "unit", "target")


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    terms = ask(delivery, prize_id=prize.id)
    placed: list[DecisionLine] = []
    offers = may(JudgingAction.SEE_DECISIONS, stage_id=stage.id).allowed  # an owner sees what was offered
    if stage.phase is Phase.RELEASED and offers:
        placed = [line for line in ask(decisions, stage_id=stage.id).lines if line.outcome in PLACES]
    offered = {each.entry_id for each in terms}
    waiting = [line for line in placed if line.entry_id not in offered]
    page_header(prize.title, "Grant terms", facts=_facts(terms, waiting))
    if not placed and not terms:
        empty_list(
            "No finalist yet",
            "When decisions are released, those who were given a place appear here, and grant terms are offered to "
            "them.",
        )
        return
    for each in terms:
        _terms(each)
    if waiting:
        _offer(prize, waiting)


def _facts(terms: Sequence[TermsShown], waiting: Sequence[DecisionLine]) -> str:
    accepted = sum(each.accepted_at is not None for each in terms)
    parts = [f"{accepted} of {counted(len(terms), 'offer')} accepted"] if terms else []
    if waiting:
        parts.append(f"{counted(len(waiting), 'finalist has', 'finalists have')} no terms yet")
    return f"{'; '.join(parts)}." if parts else ""


def _terms(terms: TermsShown) -> None:
    with st.container(border=True, key=f"terms-{terms.id}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header(marked("{}", terms.finalist), anchor=False, width="content")
            badges.show(ACCEPTED if terms.accepted_at else OFFERED)
        if terms.accepted_at:
            st.markdown(marked("Accepted {} by {}.", time_words(terms.accepted_at, terms.zone), terms.accepted_by))
        else:
            st.markdown(marked("Offered {}. The team has not accepted yet.", time_words(terms.offered_at, terms.zone)))
        table(
            ("Milestone", "Due", "Amount", "State", "Payment"),
            [_row(milestone) for milestone in terms.milestones],
            numbers={2},
            hide_on_phone={1, 4},
            caption=f"Milestones of {terms.finalist}",
        )
        with st.expander("The terms and what is to be shown"):
            prose(terms.text)
            for milestone in terms.milestones:
                st.markdown(marked("**{}** {}", milestone.title, milestone.to_show))
        for milestone in terms.milestones:
            if milestone.cancelled_because:
                st.markdown(marked("**{}** was cancelled: {}", milestone.title, milestone.cancelled_because))
        _cancelling(terms)


def _cancelling(terms: TermsShown) -> None:
    """The form in which an owner gives a milestone up."""
    possible = {
        milestone.id: milestone
        for milestone in terms.milestones
        if Action.CANCEL_MILESTONE in MILESTONE.possible(milestone)
        and may(Action.CANCEL_MILESTONE, milestone_id=milestone.id).allowed
    }
    if not possible:
        return
    key = f"cancel-{terms.id}"
    with st.expander("Cancel a milestone"):
        st.markdown(
            "Its payment is then owed no longer, and the money is back in the fund. The team gets a mail with your "
            "reason. A cancelled milestone cannot be taken up again."
        )
        with st.form(key, border=False):
            st.selectbox(
                "Which milestone", list(possible), index=None, key=f"{key}-which", placeholder="Choose the milestone",
                format_func=lambda one: f"{possible[one].position}. {possible[one].title}, {possible[one].amount}",
            )  # fmt: skip
            st.text_area("Why", key=f"{key}-reason", max_chars=2000, height=80)
            st.form_submit_button("Cancel the milestone", on_click=_cancel, args=(key, possible))


def _cancel(key: str, possible: Mapping[UUID, MilestoneShown]) -> None:
    chosen, reason = st.session_state[f"{key}-which"], st.session_state[f"{key}-reason"].strip()
    if chosen not in possible:
        complain("No milestone is chosen. Choose the one that is given up.")
        return
    if not reason:
        complain("There is no reason yet. Say why; the team reads it.")
        return
    act(
        cancel_milestone,
        said="The milestone is cancelled, and the team is told.",
        milestone_id=chosen,
        version=possible[chosen].version,
        reason=reason,
    )


def _row(milestone: MilestoneShown) -> tuple[Cell, ...]:
    return (
        f"{milestone.position}. {milestone.title}",
        date_words(milestone.due_on),
        str(milestone.amount),
        badges.badge_of(milestone.state),
        badges.badge_of(milestone.payment),
    )


def _offer(prize: PrizeLine, waiting: Sequence[DecisionLine]) -> None:
    heading("Offer grant terms", "to one finalist or to several at once")
    targets = ask(mission, mission_id=prize.mission_id).targets
    money = ask(fund, prize_id=prize.id)
    names = {line.entry_id: f"{line.organisation} ({line.code})" for line in waiting}
    if set(st.session_state.get(TO, ())) - set(names):
        st.session_state[TO] = [each for each in st.session_state[TO] if each in names]
    st.multiselect("Finalists", list(names), default=list(names), format_func=names.__getitem__, key=TO)
    number = int(st.number_input("How many milestones", min_value=1, max_value=MOST, value=3, key=NUMBER, width=200))
    with st.form("offer", border=False):
        st.text_area(
            "The terms",
            key=TEXT,
            height=160,
            placeholder="What the finalist may rely on, and what the programme expects: payment, publication, rights.",
        )
        for at in range(1, number + 1):
            _milestone(at, targets)
        st.caption(_set_aside(money))
        st.form_submit_button("Offer the terms", type="primary", on_click=_send, args=(number, money.money.currency))


def _set_aside(money: FundShown) -> str:
    lines = [
        f"{award.name}: {award.count} of {award.each} each"
        for award in money.awards
        if award.kind is ContributionKind.MONEY
    ]
    words = f"The fund divides: {'; '.join(lines)}. " if lines else ""
    return marked(
        "{}Each payment becomes due when its milestone is verified, and is approved and paid by two other people.",
        words,
    )


def _milestone(at: int, targets: Sequence[TargetShown]) -> None:
    st.subheader(f"Milestone {at}", anchor=False)
    st.text_input("Name", key=_key(at, "title"), max_chars=200, placeholder="First season in shadow operation")
    st.text_area("What will be shown", key=_key(at, "show"), height=80, max_chars=2000)
    due, amount = st.columns(2)
    due.date_input("Due", value=None, key=_key(at, "due"), format="DD/MM/YYYY")
    amount.text_input("Payment", key=_key(at, "amount"), placeholder="25,000")
    quantity, unit = st.columns(2)
    quantity.text_input("What is measured", key=_key(at, "quantity"), placeholder="New connections made possible")
    unit.text_input("Unit", key=_key(at, "unit"), max_chars=60, placeholder="MW")
    by_id = {target.id: target.indicator for target in targets}
    st.selectbox(
        "Target of the mission that it may move",
        [None, *by_id],
        format_func=lambda target: by_id[target] if target else "None",
        key=_key(at, "target"),
    )


def _key(at: int, field: str) -> str:
    return f"milestone {at} {field}"


def _send(number: int, currency: str) -> None:
    entry_ids: list[UUID] = st.session_state[TO]
    if not entry_ids:
        complain("No finalist is chosen. Choose at least one.")
        return
    plans = []
    for at in range(1, number + 1):
        plan = _plan(at)
        if plan is None:
            return
        plans.append(plan)
    for entry_id in entry_ids:
        if act(offer_terms, entry_id=entry_id, text=st.session_state[TEXT], milestones=tuple(plans)) is None:
            return
    total = Money(sum(plan.minor for plan in plans), currency)
    terms = f"Terms with {counted(len(plans), 'milestone')}, {total} in all"
    say(f"{terms}, are offered to {counted(len(entry_ids), 'finalist')}.")
    for key in (TEXT, *(_key(at, field) for at in range(1, number + 1) for field in FIELDS)):
        st.session_state.pop(key, None)


def _plan(at: int) -> MilestonePlan | None:
    """What stands in one milestone's fields; None, and a complaint, when something is missing."""
    said = {field: st.session_state[_key(at, field)] for field in FIELDS}
    due: date | None = said["due"]
    missing = next(
        (
            words
            for field, words in (
                ("title", "a name"),
                ("show", "what will be shown"),
                ("due", "a date"),
                ("quantity", "what is measured"),
                ("unit", "a unit"),
            )
            if not said[field]
        ),
        None,
    )
    if missing or due is None:
        complain(f"Milestone {at} lacks {missing}. Fill it in, then offer again.")
        return None
    try:
        minor = Decimal(said["amount"].strip().lstrip("£").replace(",", "")) * HUNDRED
    except InvalidOperation:
        complain(f"The payment of milestone {at} is not a number. Write it in plain digits, such as 25,000.")
        return None
    if minor != minor.to_integral_value():
        complain(f"The payment of milestone {at} has parts of a penny. Write at most two decimals.")
        return None
    return MilestonePlan(said["title"], said["show"], due, int(minor), said["quantity"], said["unit"], said["target"])
