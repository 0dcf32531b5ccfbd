"""Mails on their way out, as tests need them."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import STRANGER
from accounts.signing_in import register
from storage.database import reading, transact
from storage.mail import Mail, MailState
from tests.world import World, do


def refused_mail(world: World, name: str) -> UUID:
    """The mail to somebody who has just registered, which their mail server has refused for good."""
    do(register, STRANGER, name=name.capitalize(), email=world.address(name))

    def refuse(db: Session) -> UUID:
        mail = db.exec(select(Mail).where(col(Mail.recipient) == world.address(name))).one()
        mail.state, mail.problem = MailState.REFUSED, "550 5.1.1 No such user here"
        db.add(mail)
        return mail.id

    return transact(refuse)


def the_mail(mail_id: UUID) -> Mail:
    with reading() as db:
        return db.get_one(Mail, mail_id)
