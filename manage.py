"""The command line's composition root: run, migrate, demo, create-admin, worker, verify, erase."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def _jobs_and_tables() -> None:
    """Import what registers tables and the bodies of jobs."""
    from storage.tables import metadata

    metadata()
    import_bodies()


def import_bodies() -> None:
    """Import every module that registers jobs, so that a worker knows all kinds."""
    import pkgutil
    from importlib import import_module

    for name in ("storage", "accounts", "mission", "prize", "judging", "delivery"):
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith(("storage.migrations", "judging.__main__")):
                import_module(module.name)


def migrate(_: argparse.Namespace) -> int:
    """Bring the database to the newest tables."""
    from storage.migrating import migrate as to_newest

    to_newest()
    return 0


def worker(_: argparse.Namespace) -> int:
    """Do jobs until told to stop."""
    from judging.one_thread import in_one_thread
    from storage.jobs import Stopping, work

    in_one_thread()
    _jobs_and_tables()
    stopping = Stopping()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    work(stopping)
    return 0


def create_admin(arguments: argparse.Namespace) -> int:
    """Add the first operator."""
    from accounts.operator import create_admin as add
    from storage.database import transact

    password = os.environ.get("LAUREL_ADMIN_PASSWORD") or getpass.getpass("Password (12 characters or more): ")
    if len(password) < 12:
        print("The password is too short. Use 12 characters or more.", file=sys.stderr)
        return 2
    transact(lambda db: add(db, arguments.name, arguments.email, password))
    print(f"{arguments.email} can sign in now.")
    return 0


def verify(_: argparse.Namespace) -> int:
    """Recompute the audit trail, its seals and anchors, and every stored file; status 1 when something is wrong."""
    from storage.tables import metadata
    from storage.verifying import verify as recompute

    metadata()
    seen = recompute()
    print(seen.summary())
    return 1 if seen.findings else 0


def erase(arguments: argparse.Namespace) -> int:
    """Empty a person's data, and keep what others rely on; docs/privacy.md says what that is."""
    from accounts.erasure import erase_person, who_is_erased
    from storage.database import reading, transact
    from storage.errors import Invalid

    _jobs_and_tables()
    try:
        with reading() as db:
            name = who_is_erased(db, arguments.address).name
        if not arguments.yes:
            print(f"This erases {name}: name, addresses, ways to sign in, mails, and entries that are theirs alone.")
            print("It cannot be taken back. docs/privacy.md says what stays, and why.")
            if input("Type the mail address again to go on: ").strip().lower() != arguments.address.strip().lower():
                print("That is another address. Nothing was erased.", file=sys.stderr)
                return 2
        erased = transact(lambda db: erase_person(db, arguments.address, arguments.reason))
    except Invalid as error:
        print(error.words, file=sys.stderr)
        return 2
    print(
        f"Erased. The person is known as {erased.person_id} from now on. Removed: {erased.contents} contents of the "
        f"audit trail and {erased.files} files, which the worker deletes; taken out of {erased.texts} texts of others."
    )
    return 0


def privacy(_: argparse.Namespace) -> int:
    """Print where personal data lies, why and how long, for docs/privacy.md."""
    from accounts.privacy_document import document

    _jobs_and_tables()
    print(document())
    return 0


def sweep(arguments: argparse.Namespace) -> int:
    """List what is left over in the store and nobody's for a day; with --delete, delete it."""
    from storage import sweeping

    _jobs_and_tables()
    listed = sweeping.sweepable()
    for one in listed:
        print(f"{one.kind.value}: {one.name}" + (f" ({one.size:,} bytes)" if one.size else ""))
    if not listed:
        print("Nothing is left over.")
    elif arguments.delete:
        print(f"Deleted {len(sweeping.delete(listed))} of {len(listed)}; what is used again was left alone.")
    else:
        print(f"{len(listed)} can go. Nothing was deleted: --delete does that, and so does the worker once a day.")
    return 0


def demo(_: argparse.Namespace) -> int:
    """Load the demonstration into an empty database."""
    from delivery.demonstration import load

    print(
        "The demonstration is loaded." if load() else "There is something in this database already; nothing was added."
    )
    return 0


def run(_: argparse.Namespace) -> int:
    """Migrate, load the demonstration at the first start, and serve on this computer alone."""
    os.environ.setdefault("LAUREL_DEMONSTRATION", "true")
    from settings import get_settings

    settings = get_settings()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    command += ["--server.address", settings.address, "--server.port", str(settings.port)]
    env = {**os.environ, "LAUREL_STARTS_WHEN_TOLD": "true"}
    # It loads what it needs while the database is made ready here.
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, text=True)
    try:
        migrate(_)
        demo(_)
        print(f"\nLaurel is at {settings.public_url}")
        if settings.demonstration:
            print(f"Sign in with one of the buttons, one for each role, at {settings.public_url}/sign-in")
        print("Stop it with Ctrl-C.\n", flush=True)
        server.communicate("The database is ready.\n")
        return server.returncode
    except KeyboardInterrupt:  # which the server got as well
        return 128 + signal.SIGINT
    finally:
        server.terminate()
        server.communicate()  # which also ends its waiting to be told


def _keep_secret() -> None:
    """Give an embedded installation a key of its own, made at the first start and readable by its owner alone.

    One with a database elsewhere gets none: its replicas have to share a key, so it is set from outside.
    """
    if os.environ.get("LAUREL_SECRET_KEY") or os.environ.get("DATABASE_URL"):
        return
    folder = Path(os.environ.get("LAUREL_FOLDER", "var"))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "secret.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    os.environ["LAUREL_SECRET_KEY"] = file.read_text().strip()


def lifecycles(_: argparse.Namespace) -> int:
    """Print the lives of prizes, stages, entries, meetings and so on, for docs/lifecycles.md."""
    from delivery.lifecycle import MILESTONE, PAYMENT
    from judging.panel.lifecycle import MEETING
    from prize.lifecycle import ENTRY, INVITATION, PRIZE, STAGE

    print("# Lives of things\n\nDrawn by `manage.py lifecycles` from the tables that enforce them.")
    for life in (PRIZE, STAGE, ENTRY, INVITATION, MEETING, MILESTONE, PAYMENT):
        print(f"\n## {life.thing.capitalize()}\n\n```mermaid\n{life.diagram()}\n```")
    return 0


COMMANDS = {
    "run": run,
    "migrate": migrate,
    "demo": demo,
    "create-admin": create_admin,
    "worker": worker,
    "sweep": sweep,
    "verify": verify,
    "erase": erase,
    "privacy": privacy,
    "lifecycles": lifecycles,
}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="manage.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, body in COMMANDS.items():
        sub = commands.add_parser(name, help=body.__doc__)
        if name == "create-admin":
            sub.add_argument("email")
            sub.add_argument("--name", default="Administrator")
        elif name == "sweep":
            sub.add_argument("--delete", action="store_true", help="delete what is listed")
        if name == "erase":
            sub.add_argument("address", help="a mail address of the person")
            sub.add_argument("--reason", required=True, help="why, without the person's name; it is kept")
            sub.add_argument("--yes", action="store_true", help="do not ask again")
    arguments = parser.parse_args(words)
    if arguments.command not in ("lifecycles", "privacy"):
        _keep_secret()
    return COMMANDS[arguments.command](arguments)


if __name__ == "__main__":
    sys.exit(main())
