"""What a prize says in its mails: reading, changing and trying out the texts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.messages import tell
from prize.models import MessageTemplate, Prize
from prize.policy import Action
from prize.templates import Template, common, template_called, templates
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import Invalid, Stale
from storage.values import Line, Prose, Reference

CHANGED_MEANWHILE = "Somebody changed this text after you opened the page. Look at what it says now."


@dataclass(frozen=True)
class MessageText:
    """A mail that an event causes, as the prize writes it. ``version`` is 0 while it is Laurel's own text.

    ``fields`` are a name and a sample each.
    """

    key: str
    when: str
    subject: str
    text: str
    fields: tuple[tuple[str, str], ...]
    needed: tuple[str, ...]
    version: int


@query(Action.SEE_MESSAGE_TEXTS)
def message_texts(db: Session, actor: Actor, prize_id: UUID) -> tuple[MessageText, ...]:
    """Every mail that Laurel writes about the prize by itself, with the text that it has now."""
    prize = found(db, Prize, prize_id)
    own = {row.key: row for row in matching(db, MessageTemplate, prize_id=prize_id)}
    return tuple(_shown(prize, template, own.get(template.key)) for template in templates())


@command(Action.EDIT_MESSAGE_TEXTS)
def save_message_text(
    db: Session, actor: Actor, prize_id: UUID, template: Reference, version: int, subject: Line, text: Prose
) -> int:
    """Say something else in a mail; returns the version. ``version`` is 0 for the first text of the prize's own.

    Raises
    ------
    Invalid : there is no such mail, or the text has a field that it cannot have, or lacks one that it needs.
    Stale : somebody changed it meanwhile.
    """
    event = template_called(template)
    event.check(subject, text)
    row = _own(db, prize_id, event, version)
    assert actor.person_id is not None
    if row is None:
        row = MessageTemplate(
            prize_id=prize_id, key=event.key, subject="", text="", changed_by=actor.person_id, changed_at=now(db)
        )
        row.version = 0
    row.subject, row.text, row.changed_by, row.changed_at = subject, text, actor.person_id, now(db)
    row.version += 1
    db.add(row)
    return row.version


@command(Action.EDIT_MESSAGE_TEXTS)
def use_own_text(db: Session, actor: Actor, prize_id: UUID, template: Reference, version: int) -> None:
    """Say again what Laurel says by itself.

    Raises
    ------
    Invalid : there is no such mail, or it is Laurel's own text already.
    Stale : somebody changed it meanwhile.
    """
    row = _own(db, prize_id, template_called(template), version)
    if row is None:
        raise Invalid("This is Laurel's own text already.", "template")
    db.delete(row)


@command(Action.EDIT_MESSAGE_TEXTS)
def try_message_text(
    db: Session, actor: Actor, prize_id: UUID, template: Reference, subject: Line, text: Prose
) -> None:
    """Send a mail to oneself as it would read, with samples where a value is only known later. Nothing is saved.

    Raises
    ------
    Invalid : there is no such mail, or the text has a field that it cannot have, or lacks one that it needs.
    """
    event = template_called(template)
    subject, text = event.previewed(subject, text, common(found(db, Prize, prize_id)))
    assert actor.person_id is not None
    tell(db, actor.person_id, event=f"trial {uuid4()}", subject=subject, text=text)


def _own(db: Session, prize_id: UUID, event: Template, version: int) -> MessageTemplate | None:
    locked(db, Prize, prize_id)
    row = one_matching(db, MessageTemplate, prize_id=prize_id, key=event.key)
    if (row.version if row else 0) != version:
        raise Stale(CHANGED_MEANWHILE)
    return row


def _shown(prize: Prize, template: Template, own: MessageTemplate | None) -> MessageText:
    subject, text = (own.subject, own.text) if own else (template.subject, template.text)
    return MessageText(
        template.key,
        template.when,
        subject,
        text,
        tuple({**template.samples, **common(prize)}.items()),
        tuple(sorted(template.needed)),
        own.version if own else 0,
    )
