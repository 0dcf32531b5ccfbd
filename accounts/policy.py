"""Who may do what with accounts, programmes and the installation."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.models import Programme, Role, SignInSession
from accounts.permissions import Relation, Rule, Scope, Subject, adopt, scope_of


class Action(StrEnum):
    SIGN_IN = "sign in"
    REGISTER = "register"
    USE_LINK = "use a link"
    SIGN_OUT = "sign out"
    SET_PASSWORD = "set a password"
    SEE_OWN_ACCOUNT = "see one's own account"
    REVOKE_SESSION = "end a session"
    CREATE_PROGRAMME = "create a programme"
    SEE_PROGRAMME = "see a programme"
    APPOINT_IN_PROGRAMME = "appoint people in a programme"
    END_SESSIONS = "end the sessions of somebody"
    LET_TRY_AGAIN = "let an address be tried again"
    RUN_INSTALLATION = "run the installation"
    SEND_MAIL_AGAIN = "send a mail again"
    SEE_PERMISSIONS = "see who may do what"


@scope_of("programme_id")
def _programme(db: Session, programme_id: Any) -> Scope | None:
    return Scope(programme_id=programme_id) if db.get(Programme, programme_id) else None


@scope_of("own_session_id")
def _own_session(db: Session, session_id: Any) -> Scope | None:
    return Scope() if db.get(SignInSession, session_id) else None


def _is_own_session(db: Session, actor: Actor, subject: Subject) -> bool:
    session_id: UUID = subject["own_session_id"]
    row = db.get(SignInSession, session_id)
    return row is not None and row.person_id == actor.person_id


STAFF = (Role.OWNER, Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR, Role.APPROVER, Role.PAYER, Role.VERIFIER)

adopt(
    {
        Action.SIGN_IN: Rule("Sign in with a password, or ask for a link by mail", anybody=True),
        Action.REGISTER: Rule("Register with a mail address", anybody=True),
        Action.USE_LINK: Rule("Use a link that came by mail", anybody=True),
        Action.SIGN_OUT: Rule("Sign out", signed_in=True),
        Action.SET_PASSWORD: Rule("Set a password of one's own", signed_in=True),
        Action.SEE_OWN_ACCOUNT: Rule("See one's own name, addresses, appointments and sessions", signed_in=True),
        Action.REVOKE_SESSION: Rule(
            "End one's session in another browser",
            about="own_session_id",
            relations=(Relation("signed in there yourself", _is_own_session),),
        ),
        Action.CREATE_PROGRAMME: Rule("Create a programme", roles=(Role.OPERATOR,)),
        Action.SEE_PROGRAMME: Rule("See a programme's name", about="programme_id", roles=(Role.OPERATOR, *STAFF)),
        Action.APPOINT_IN_PROGRAMME: Rule(
            "Appoint people in a programme", about="programme_id", roles=(Role.OPERATOR, Role.OWNER)
        ),
        Action.RUN_INSTALLATION: Rule(
            "See how the installation is doing, start a failed job again, verify it and sweep its store",
            roles=(Role.OPERATOR,),
        ),
        Action.END_SESSIONS: Rule("See who is signed in, and sign somebody out everywhere", roles=(Role.OPERATOR,)),
        Action.LET_TRY_AGAIN: Rule(
            "See how often an address was tried, and let it be tried again", roles=(Role.OPERATOR,)
        ),
        Action.SEND_MAIL_AGAIN: Rule("Send a mail again, to a corrected address if need be", roles=(Role.OPERATOR,)),
        Action.SEE_PERMISSIONS: Rule("See who may do what, and who holds which role", roles=(Role.OPERATOR,)),
    }
)
