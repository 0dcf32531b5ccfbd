"""Mails about accounts."""

from __future__ import annotations

from sqlmodel import Session

from accounts.models import LinkPurpose, Person
from storage.mail import send

_SUBJECTS = {
    LinkPurpose.SIGN_IN: "Your link to sign in to Laurel",
    LinkPurpose.REGISTRATION: "Complete your registration with Laurel",
    LinkPurpose.INVITATION: "You are invited to Laurel",
}
_BODIES = {
    LinkPurpose.SIGN_IN: "open this address within 30 minutes and press the button. It works once.",
    LinkPurpose.REGISTRATION: "open this address within 24 hours and press the button. It confirms your mail address.",
    LinkPurpose.INVITATION: "open this address within 14 days and press the button. You need no password.",
}


def link(
    db: Session, person: Person, recipient: str, purpose: LinkPurpose, address: str, reason: str, *, event: str
) -> None:
    """Mail an address that signs a person in once."""
    opening = f"{reason}\n\n" if reason else ""
    text = (
        f"Dear {person.name},\n\n{opening}To go on, {_BODIES[purpose]}\n\n{address}\n\n"
        "If you did not expect this mail, you need do nothing.\n"
    )
    send(db, event=event, recipient=recipient, subject=_SUBJECTS[purpose], text=text, person_id=person.id)


def signed_out(db: Session, person: Person, recipient: str, reason: str, *, event: str) -> None:
    """Tell somebody that they were signed out everywhere, and why."""
    text = (
        f"Dear {person.name},\n\nYou were signed out of Laurel in every browser, for this reason: {reason}\n\n"
        "Sign in again whenever you like. If somebody else may know your password, set a new one in your account.\n"
    )
    send(db, event=event, recipient=recipient, subject="You were signed out", text=text, person_id=person.id)
