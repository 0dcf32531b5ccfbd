"""The registry of everything that can be done and asked, and what each goes through on its way.

A command goes through, in this order and inside the transaction that its caller opened: the session still lives → the
arguments are what they claim to be → policy → the reply to an earlier same key → the body → reply and audit row. A
query goes through the first three.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints

from pydantic import ConfigDict, SecretStr, TypeAdapter, ValidationError
from sqlmodel import Session

from accounts.actors import Actor
from accounts.models import Reply, SignInSession
from accounts.permissions import decide, rules
from storage import audit
from storage.canonical import digest
from storage.clock import now
from storage.database import one_matching
from storage.errors import Invalid, Refused

P = ParamSpec("P")
R = TypeVar("R")

STRICT = ConfigDict(strict=True, arbitrary_types_allowed=False)


@dataclass(frozen=True)
class Parameter:
    name: str
    adapter: TypeAdapter[Any]
    secret: bool
    required: bool


@dataclass(frozen=True)
class Registered:
    """A command or a query, for those who walk over all of them."""

    name: str
    action: StrEnum
    run: Callable[..., Any]
    signature: inspect.Signature
    parameters: tuple[Parameter, ...]
    result: TypeAdapter[Any]
    result_type: Any
    audited: bool = True


_commands: dict[str, Registered] = {}
_queries: dict[str, Registered] = {}


def commands() -> Mapping[str, Registered]:
    """Every command by its full name, such as ``prize.entries.submission.submit_entry``."""
    return dict(_commands)


def queries() -> Mapping[str, Registered]:
    return dict(_queries)


def command(
    action: StrEnum, *, audited: bool = True, replies: bool = True
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function that changes something. It takes ``db`` and ``actor`` first, and never commits.

    Callers may add ``key``: the same key from the same person gets the first answer again. ``audited=False`` is for the
    saving of drafts, which would drown the trail. ``replies=False`` is for answers that must be written down nowhere.
    """

    def register(body: Callable[P, R]) -> Callable[P, R]:
        entry = _describe(action, body, audited)

        @functools.wraps(body)
        def run(*args: Any, key: str = "", **named: Any) -> Any:
            db, actor, arguments = _arguments(entry, args, named)
            _alive(db, actor)
            _allowed(db, actor, entry, arguments)
            asked = _asked(actor, entry, arguments, key) if replies else None
            earlier = _earlier(db, asked) if asked else None
            if earlier is not None:
                return entry.result.validate_python(earlier.result["value"], strict=False)
            answer = body(db, actor, **arguments)  # type: ignore[arg-type]
            if asked is not None:
                asked.result, asked.at = {"value": entry.result.dump_python(answer, mode="json")}, now(db)
                db.add(asked)  # when a twin has written its own meanwhile, this one is undone and finds it
            db.flush()
            if audited:
                _audit(db, actor, entry, arguments)
            return answer

        _commands[entry.name] = _replace_run(entry, run)
        return cast(Callable[P, R], run)

    return register


def query(action: StrEnum) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function that reads something. It takes ``db`` and ``actor`` first, and changes nothing."""

    def register(body: Callable[P, R]) -> Callable[P, R]:
        entry = _describe(action, body, audited=False)

        @functools.wraps(body)
        def run(*args: Any, **named: Any) -> Any:
            db, actor, arguments = _arguments(entry, args, named)
            _alive(db, actor)
            _allowed(db, actor, entry, arguments)
            return body(db, actor, **arguments)  # type: ignore[arg-type]

        _queries[entry.name] = _replace_run(entry, run)
        return run

    return register


def _describe(action: StrEnum, body: Callable[..., Any], audited: bool) -> Registered:
    name = f"{body.__module__}.{body.__name__}"
    hints = get_type_hints(body, include_extras=True)
    signature = inspect.signature(body)
    parameters = []
    for parameter in list(signature.parameters.values())[2:]:
        kind = hints[parameter.name]
        parameters.append(
            Parameter(parameter.name, _adapter(kind), kind is SecretStr, parameter.default is inspect.Parameter.empty)
        )
    result = hints.get("return", type(None))
    return Registered(name, action, body, signature, tuple(parameters), TypeAdapter(result), result, audited)


def _adapter(kind: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(kind, config=STRICT)
    except Exception:  # noqa: BLE001 - dataclasses carry a configuration of their own, and refuse another
        return TypeAdapter(kind)


def _replace_run(entry: Registered, run: Callable[..., Any]) -> Registered:
    return replace(entry, run=run)


def _arguments(
    entry: Registered, args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Session, Actor, dict[str, Any]]:
    try:
        bound = entry.signature.bind(*args, **named)
    except TypeError as error:
        raise Invalid(f"The request does not fit: {error}.") from error
    bound.apply_defaults()
    db, actor, *_ = bound.arguments.values()
    arguments: dict[str, Any] = {}
    for parameter in entry.parameters:
        arguments[parameter.name] = _checked(parameter, bound.arguments[parameter.name])
    return db, actor, arguments


def _checked(parameter: Parameter, value: Any) -> Any:
    try:
        checked = parameter.adapter.validate_python(value)
        if parameter.secret and not isinstance(checked.get_secret_value(), str):  # SecretStr itself takes anything
            raise Invalid(f"The {parameter.name} is missing. Fill it in.", field=parameter.name)
        return checked
    except ValidationError as error:
        first = error.errors()[0]
        label = parameter.name.removesuffix("_id").replace("_", " ")
        if first["type"] == "value_error":
            words = str(first["ctx"]["error"])
        elif first["type"] in ("uuid_type", "uuid_parsing", "is_instance_of"):
            words = "does not name anything here. Go back and choose again"
        else:
            words = f"cannot be used: {first['msg'][0].lower()}{first['msg'][1:]}"
        raise Invalid(f"The {label} {words}.", field=parameter.name) from error


def _alive(db: Session, actor: Actor) -> None:
    if actor.session_id is None:
        return
    row = db.get(SignInSession, actor.session_id)
    if row is None or row.person_id != actor.person_id or row.revoked_at or row.expires_at <= now(db):
        raise Refused("You have been signed out. Sign in again; what you had saved is kept.")


def _allowed(db: Session, actor: Actor, entry: Registered, arguments: Mapping[str, Any]) -> None:
    answer = decide(db, actor, entry.action, arguments)
    if not answer.allowed:
        raise Refused(answer.reason)


def _asked(actor: Actor, entry: Registered, arguments: Mapping[str, Any], key: str) -> Reply | None:
    """The reply row of this key, without its result."""
    if not key or not actor.holder:
        return None
    if len(key) > 100:
        raise Invalid("The request's key is too long.")
    fingerprint = digest(_plain(entry, arguments, hide_secrets=True))
    return Reply(holder=actor.holder, key=key, command=entry.name, arguments_digest=fingerprint)


def _earlier(db: Session, asked: Reply) -> Reply | None:
    """The reply to the same request that came before."""
    earlier = one_matching(db, Reply, holder=asked.holder, key=asked.key)
    if earlier and (earlier.command, earlier.arguments_digest) != (asked.command, asked.arguments_digest):
        raise Invalid("This was sent before with other content. Reload the page and do it again.")
    return earlier


def _plain(entry: Registered, arguments: Mapping[str, Any], *, hide_secrets: bool) -> dict[str, Any]:
    return {
        parameter.name: "(secret)"
        if parameter.secret and hide_secrets
        else parameter.adapter.dump_python(arguments[parameter.name], mode="json")
        for parameter in entry.parameters
    }


def _audit(db: Session, actor: Actor, entry: Registered, arguments: Mapping[str, Any]) -> None:
    about = rules()[entry.action].about
    audit.record(
        db,
        person_id=actor.person_id,
        session_id=actor.session_id,
        action=entry.action.value,
        subject=f"{about} {arguments[about]}" if about else "",
        content=_plain(entry, arguments, hide_secrets=True),
    )
