"""The lives of a milestone and of a payment: states and transitions as data."""

from __future__ import annotations

from accounts.lifecycle import Lifecycle, Transition
from delivery.models import MilestoneState, PaymentState
from delivery.policy import Action

MILESTONE = Lifecycle(
    "milestone",
    MilestoneState,
    (
        Transition((MilestoneState.PLANNED, MilestoneState.MORE_ASKED), MilestoneState.CLAIMED, Action.GIVE_EVIDENCE),
        Transition((MilestoneState.CLAIMED,), MilestoneState.VERIFIED, Action.VERIFY_MILESTONE),
        Transition((MilestoneState.CLAIMED,), MilestoneState.MORE_ASKED, Action.ASK_FOR_MORE),
        Transition((MilestoneState.CLAIMED,), MilestoneState.REJECTED, Action.REJECT_MILESTONE),
        Transition(
            (MilestoneState.PLANNED, MilestoneState.CLAIMED, MilestoneState.MORE_ASKED, MilestoneState.REJECTED),
            MilestoneState.CANCELLED,
            Action.CANCEL_MILESTONE,
        ),
    ),
)

PAYMENT = Lifecycle(
    "payment",
    PaymentState,
    (
        Transition((PaymentState.PLANNED,), PaymentState.DUE, Action.VERIFY_MILESTONE),
        Transition((PaymentState.PLANNED,), PaymentState.CANCELLED, Action.CANCEL_MILESTONE),
        Transition(
            (PaymentState.DUE, PaymentState.FAILED, PaymentState.RETURNED),
            PaymentState.APPROVED,
            Action.APPROVE_PAYMENT,
        ),
        Transition((PaymentState.APPROVED,), PaymentState.EXPORTED, Action.SEND_PAYMENT),
        Transition((PaymentState.APPROVED, PaymentState.EXPORTED), PaymentState.PAID, Action.PAY),
        Transition((PaymentState.EXPORTED,), PaymentState.FAILED, Action.RECORD_UNPAID),
        Transition((PaymentState.PAID,), PaymentState.RETURNED, Action.RECORD_UNPAID),
    ),
)
