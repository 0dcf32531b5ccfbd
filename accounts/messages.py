"""Mails about accounts."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.models import LinkPurpose, Person
from accounts.people import address_of, name_of
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


def tell(db: Session, person_id: UUID, *, event: str, subject: str, text: str, about: UUID | None = None) -> None:
    """Put a mail to a person into the outbox, once for each ``event``; ``about`` is the prize that it concerns.

    Nothing is written to somebody who has no address any longer.
    """
    recipient = address_of(db, person_id)
    if recipient:
        text = f"Dear {name_of(db, person_id)},\n\n{text}\n"
        send(db, event=event, recipient=recipient, subject=subject, text=text, person_id=person_id, about=about)


def signed_out(db: Session, person_id: UUID, reason: str, *, event: str) -> None:
    """Tell somebody that they were signed out everywhere, and why."""
    text = (
        f"You were signed out of Laurel in every browser, for this reason: {reason}\n\n"
        "Sign in again whenever you like. If somebody else may know your password, set a new one in your account."
    )
    tell(db, person_id, event=event, subject="You were signed out", text=text)
