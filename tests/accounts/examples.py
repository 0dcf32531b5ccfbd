"""An example of each command of the accounts."""

from __future__ import annotations

from pydantic import SecretStr

from accounts.actors import STRANGER
from accounts.models import Role
from accounts.signing_in import ask_for_link, check_password
from storage.clock import now
from storage.database import transact
from storage.jobs import Job, JobState
from tests.accounts.outgoing import refused_mail
from tests.accounts.signed_in import PASSWORD, at_a_browser, cookie_of, link_to, with_password
from tests.examples import Call, example
from tests.world import World, do


@example("accounts.signing_in.sign_in")
def _(world: World) -> Call:
    with_password(world, "ada")
    return Call(
        STRANGER, {"email": world.address("ada"), "proof": check_password(world.address("ada"), SecretStr(PASSWORD))}
    )


@example("accounts.signing_in.ask_for_link")
def _(world: World) -> Call:
    world.person("ada")
    return Call(STRANGER, {"email": world.address("ada"), "leads_to": "/"})


@example("accounts.signing_in.register")
def _(world: World) -> Call:
    return Call(STRANGER, {"name": "Ada", "email": world.address("ada"), "leads_to": "/"})


@example("accounts.signing_in.use_link")
def _(world: World) -> Call:
    world.person("ada")
    do(ask_for_link, STRANGER, email=world.address("ada"))
    purpose, token = link_to(world.address("ada"))
    return Call(STRANGER, {"purpose": purpose, "token": token})


@example("accounts.signing_in.set_password")
def _(world: World) -> Call:
    return Call(world.person("ada"), {"password": SecretStr(PASSWORD)})


@example("accounts.sessions.sign_out")
def _(world: World) -> Call:
    return Call(at_a_browser(cookie_of(world, "ada")))


@example("accounts.sessions.revoke_session")
def _(world: World) -> Call:
    here, there = at_a_browser(cookie_of(world, "ada")), at_a_browser(cookie_of(world, "ada"))
    return Call(here, {"own_session_id": there.session_id})


@example("accounts.programmes.create_programme")
def _(world: World) -> Call:
    return Call(world.operator, {"name": "Clean water"})


@example("accounts.programmes.appoint_in_programme")
def _(world: World) -> Call:
    return Call(
        world.owner,
        {
            "programme_id": world.programme_id,
            "name": "Ada",
            "email": world.address("ada"),
            "role": Role.DESIGNER,
        },
    )


@example("accounts.operator.retry_job")
def _(world: World) -> Call:
    job = Job(kind="send mail", arguments={}, state=JobState.DEAD, run_at=transact(now), attempts=5)
    transact(lambda db: db.add(job))
    return Call(world.operator, {"job_id": job.id})


@example("accounts.outbox.send_mail_again")
def _(world: World) -> Call:
    return Call(world.operator, {"mail_id": refused_mail(world, "ada"), "recipient": "ada@example.com"})


@example("accounts.installation.verify_installation")
def _(world: World) -> Call:
    return Call(world.operator)


@example("accounts.installation.sweep_store")
def _(world: World) -> Call:
    return Call(world.operator)


@example("accounts.sign_ins.end_sessions")
def _(world: World) -> Call:
    at_a_browser(cookie_of(world, "ada"))
    return Call(world.operator, {"person_id": world.person("ada").person_id, "reason": "A laptop was lost"})


@example("accounts.sign_ins.let_try_again")
def _(world: World) -> Call:
    return Call(world.operator, {"email": world.address("ada")})
