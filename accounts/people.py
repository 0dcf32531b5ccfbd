"""People, their addresses, and the ways in which they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from accounts.models import Credential, CredentialKind, EmailAddress, OneUseLink, Person
from storage.clock import now
from storage.errors import Invalid

_hasher = PasswordHasher()
_NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$tFwRm0v9qWcDqDVwTd2l9nqUqPRzYHPHcW1nZJr3yHs"


@dataclass(frozen=True)
class PersonCard:
    """A person as others in the same programme see them."""

    id: UUID
    name: str
    email: str


def find_person(db: Session, email: str) -> Person | None:
    """The person with this address, verified or not."""
    address = db.exec(select(EmailAddress).where(col(EmailAddress.address) == email.lower())).one_or_none()
    return db.get(Person, address.person_id) if address else None


def find_or_add_person(db: Session, name: str, email: str) -> Person:
    """The person with this address, added with an unverified one when nobody has it."""
    person = find_person(db, email)
    if person is not None:
        return person
    person = Person(name=name, created_at=now(db))
    db.add(person)
    db.flush()
    db.add(EmailAddress(person_id=person.id, address=email.lower()))
    db.flush()
    return person


def verify_address(db: Session, address: str) -> None:
    """Take a link that was mailed to an address as proof that it is its owner's."""
    row = db.exec(select(EmailAddress).where(col(EmailAddress.address) == address)).one()
    row.verified_at = row.verified_at or now(db)
    db.add(row)


def correct_address(db: Session, person_id: UUID, old: str, new: str) -> None:
    """Put another address in the place of one that was mistyped and never verified.

    Raises
    ------
    Invalid : the old one is verified, so that its owner alone may change it; or the new one is somebody's.
    """
    row = db.exec(
        select(EmailAddress).where(col(EmailAddress.person_id) == person_id, col(EmailAddress.address) == old)
    ).one_or_none()
    if row is None or row.verified_at is not None:
        raise Invalid("This address has been confirmed by its owner, who alone can change it.", "recipient")
    if find_person(db, new) is not None:
        raise Invalid("This address belongs to somebody already. Appoint or invite that person instead.", "recipient")
    row.address = new
    db.add(row)
    links = select(OneUseLink).where(col(OneUseLink.person_id) == person_id, col(OneUseLink.address) == old)
    for link in db.exec(links).all():
        link.address = new
        db.add(link)
    db.flush()


def address_of(db: Session, person_id: UUID) -> str:
    """Where a person is written to."""
    addresses = db.exec(select(EmailAddress).where(col(EmailAddress.person_id) == person_id)).all()
    return min((address.address for address in addresses), default="")


def name_of(db: Session, person_id: UUID) -> str:
    return db.get_one(Person, person_id).name


def person_card(db: Session, person_id: UUID) -> PersonCard:
    return PersonCard(person_id, db.get_one(Person, person_id).name, address_of(db, person_id))


def _bytes(password: str) -> bytes:
    """As UTF-8, with a place for half a character too: what is typed wrong is a wrong password, and no error."""
    return password.encode("utf-8", "surrogatepass")


def hash_of(password: str) -> str:
    """The hash of a password. Takes 50 ms."""
    return _hasher.hash(_bytes(password))


def keep_password(db: Session, person_id: UUID, hashed: str) -> None:
    """Store the hash of a password, in place of an earlier one."""
    credential = _password_of(db, person_id) or Credential(
        person_id=person_id, kind=CredentialKind.PASSWORD, created_at=now(db)
    )
    credential.secret = hashed
    db.add(credential)


def password_of(db: Session, person: Person | None) -> Credential | None:
    """The credential that holds a person's password, if they have one."""
    return _password_of(db, person.id) if person else None


def password_fits(credential: Credential | None, password: str) -> bool:
    """Whether this is the password. Takes 50 ms, as long for nobody as for somebody; so call it in no transaction."""
    try:
        _hasher.verify(credential.secret if credential else _NOBODYS_HASH, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return credential is not None


def _password_of(db: Session, person_id: UUID) -> Credential | None:
    return db.exec(
        select(Credential).where(
            col(Credential.person_id) == person_id, col(Credential.kind) == CredentialKind.PASSWORD
        )
    ).one_or_none()
