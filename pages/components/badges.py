"""The states of things as an icon and a word; one badge beside a title, none inside sentences."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

import streamlit as st

from pages.components.words import Marked, marked

Colour = Literal["gray", "blue", "green", "orange", "red", "violet"]
Icon = Literal[
    "approval",
    "balance",
    "block",
    "calculate",
    "campaign",
    "cancel",
    "check_circle",
    "contact_support",
    "do_not_disturb_on",
    "edit",
    "error",
    "event",
    "fact_check",
    "flag",
    "front_hand",
    "gavel",
    "gpp_bad",
    "groups",
    "handshake",
    "help",
    "hourglass_top",
    "lock",
    "lock_clock",
    "lock_open",
    "low_priority",
    "mail",
    "outbox",
    "pause_circle",
    "payments",
    "pending",
    "priority_high",
    "public",
    "radio_button_unchecked",
    "rate_review",
    "remove_circle",
    "schedule",
    "task_alt",
    "trending_flat",
    "trending_up",
    "trophy",
    "undo",
    "verified",
    "visibility",
    "visibility_off",
    "warning",
    "workspace_premium",
]
"""Names of Material Symbols; the stylesheet has a class for each."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A word for a state, its colour, and the name of its Material Symbols icon."""

    word: str
    colour: Colour
    icon: Icon


class Badges:
    """Every state that has a badge."""

    # A part of the installation
    WELL: Final = Badge("Well", "green", "check_circle")
    NEEDS_A_LOOK: Final = Badge("Needs a look", "orange", "error")

    # A prize
    DRAFT: Final = Badge("Draft", "gray", "edit")
    IN_REVIEW: Final = Badge("In review", "blue", "rate_review")
    PUBLISHED: Final = Badge("Published", "green", "public")
    CLOSED: Final = Badge("Closed", "gray", "lock")
    PAUSED: Final = Badge("Paused", "orange", "pause_circle")
    CANCELLED: Final = Badge("Cancelled", "red", "cancel")

    # A stage
    PLANNED: Final = Badge("Planned", "gray", "event")
    OPEN: Final = Badge("Open", "green", "lock_open")
    CLOSES_SOON: Final = Badge("Closes soon", "orange", "schedule")
    SCREENING: Final = Badge("Screening", "blue", "fact_check")
    JUDGING: Final = Badge("Judging", "blue", "gavel")
    JUDGING_CLOSED: Final = Badge("Judging closed", "gray", "lock_clock")
    DECIDING: Final = Badge("Deciding", "blue", "groups")
    RELEASED: Final = Badge("Released", "green", "campaign")

    # An entry
    SUBMITTED: Final = Badge("Submitted", "green", "check_circle")
    NOT_SUBMITTED: Final = Badge("Not submitted", "orange", "error")
    LATE: Final = Badge("Late", "orange", "warning")
    WITHDRAWN: Final = Badge("Withdrawn", "gray", "undo")
    INELIGIBLE: Final = Badge("Ineligible", "red", "block")

    # Judging
    NAMES_HIDDEN: Final = Badge("Names hidden", "gray", "visibility_off")
    NAMES_SHOWN: Final = Badge("Names shown", "gray", "visibility")
    OPENS_LATER: Final = Badge("Opens later", "gray", "lock")
    NOT_BEGUN: Final = Badge("Not begun", "gray", "radio_button_unchecked")
    IN_PROGRESS: Final = Badge("In progress", "blue", "pending")
    FINISHED: Final = Badge("Finished", "green", "check_circle")

    # A decision
    FINALIST: Final = Badge("Finalist", "green", "workspace_premium")
    WINNER: Final = Badge("Winner", "green", "trophy")
    RESERVE: Final = Badge("Reserve", "blue", "low_priority")
    NOT_SELECTED: Final = Badge("Not selected", "gray", "remove_circle")
    THRESHOLD_NOT_MET: Final = Badge("Threshold not met", "red", "block")
    PASSES: Final = Badge("Pass", "green", "check_circle")
    CONDITIONS: Final = Badge("Conditions", "orange", "warning")
    FAILS: Final = Badge("Fail", "red", "gpp_bad")
    NOT_NEEDED: Final = Badge("Not needed", "gray", "do_not_disturb_on")
    CONFIRMED: Final = Badge("Confirmed", "blue", "task_alt")
    FAILED_CHECKS: Final = Badge("Failed checks", "red", "gpp_bad")
    OVERRIDE: Final = Badge("Departs from the published rules", "orange", "flag")
    NO_AWARD: Final = Badge("No award", "gray", "do_not_disturb_on")

    # Delivery
    CLAIMED: Final = Badge("Claimed", "blue", "hourglass_top")
    VERIFIED: Final = Badge("Verified", "green", "verified")
    MORE_ASKED: Final = Badge("More asked", "orange", "contact_support")
    REJECTED: Final = Badge("Rejected", "red", "cancel")
    BLOCKED: Final = Badge("Blocked", "red", "front_hand")
    DUE: Final = Badge("Due", "orange", "schedule")
    APPROVED: Final = Badge("Approved", "blue", "approval")
    EXPORTED: Final = Badge("Sent to the bank", "blue", "outbox")
    PAID: Final = Badge("Paid", "green", "payments")
    PAYMENT_FAILED: Final = Badge("Payment failed", "red", "error")
    RETURNED: Final = Badge("Returned", "orange", "undo")

    # A mail
    MAIL_WAITS: Final = Badge("Waits", "gray", "schedule")
    MAIL_SENT: Final = Badge("Sent", "green", "mail")
    MAIL_REFUSED: Final = Badge("Refused", "red", "block")
    MAIL_REPLACED: Final = Badge("Sent elsewhere", "gray", "undo")
    MAIL_ERASED: Final = Badge("Erased", "gray", "cancel")

    # What is known
    TOO_FEW: Final = Badge("Too few to say", "gray", "help")
    ESTIMATE: Final = Badge("Estimate", "violet", "calculate")


_OF_STATES: Final = MappingProxyType(
    {
        "draft": Badges.DRAFT,
        "in review": Badges.IN_REVIEW,
        "published": Badges.PUBLISHED,
        "paused": Badges.PAUSED,
        "closed": Badges.CLOSED,
        "cancelled": Badges.CANCELLED,
        "planned": Badges.PLANNED,
        "open": Badges.OPEN,
        "screening": Badges.SCREENING,
        "judging": Badges.JUDGING,
        "deciding": Badges.DECIDING,
        "confirmed": Badges.CONFIRMED,
        "released": Badges.RELEASED,
        "submitted": Badges.SUBMITTED,
        "withdrawn": Badges.WITHDRAWN,
        "finalist": Badges.FINALIST,
        "winner": Badges.WINNER,
        "reserve": Badges.RESERVE,
        "not selected": Badges.NOT_SELECTED,
        "threshold not met": Badges.THRESHOLD_NOT_MET,
        "ineligible": Badges.INELIGIBLE,
        "failed checks": Badges.FAILED_CHECKS,
        "no award": Badges.NO_AWARD,
        "claimed": Badges.CLAIMED,
        "more asked": Badges.MORE_ASKED,
        "verified": Badges.VERIFIED,
        "rejected": Badges.REJECTED,
        "due": Badges.DUE,
        "approved": Badges.APPROVED,
        "exported": Badges.EXPORTED,
        "paid": Badges.PAID,
        "failed": Badges.PAYMENT_FAILED,
        "returned": Badges.RETURNED,
    }
)


def badge_of(state: StrEnum) -> Badge:
    """The badge of a prize's, stage's, entry's, milestone's or payment's state: one word means one thing everywhere."""
    return _OF_STATES[state.value]


def show(badge: Badge) -> None:
    """Draw a badge on a line of its own."""
    st.badge(marked("{}", badge.word), icon=f":material/{badge.icon}:", color=badge.colour)


def markdown(badge: Badge) -> Marked:
    """A badge inside Markdown of ours, for lists and cards."""
    return marked(f":{badge.colour}-badge[:material/{badge.icon}: {{}}]", badge.word)
