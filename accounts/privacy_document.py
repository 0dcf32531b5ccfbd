"""docs/privacy.md, written from what the packages declare about their tables."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import SQLModel

from accounts.privacy import Holding, holdings

PACKAGES = {
    "accounts": "Accounts",
    "storage": "The installation",
    "mission": "Missions",
    "prize": "Prizes and entries",
    "judging": "Judging",
    "delivery": "Delivery",
}

OPENING = """# Where personal data lies

Written by `manage.py privacy` from what each package declares in its `erasure.py`, and compared with the tables by the
tests: a new column cannot be added without saying here what it may hold.

This is for whoever answers for an installation's data protection. Laurel says what it stores, what for, for how long,
who sees it, and what erasing does. On which basis that is lawful, and how long a prize is kept, is for the installation
to say.

Laurel sends nothing to third parties, sets one cookie (the session), and asks no outside service for anything. Mails go
through the mail server that is configured; files lie in a folder, or in the object store that is configured. Logs hold
no names, addresses, texts or tokens.

## Erasing a person

```
manage.py erase ada@example.org --reason "Asked for by letter of 3 March"
```

asks for the address again (`--yes` does not), and then, in one transaction:

- **The account goes.** Name, addresses, ways to sign in, sessions, links, memberships; appointments end. Mails to the
  person are emptied, and those that wait are not sent.
- **Entries that are theirs alone go:** drafts, submitted answers, files with the judges' copies of them, evidence. An
  entry of a team in which somebody else is left is that team's, and stays as it is, also where it names the person.
- **An organisation that is theirs alone** loses its name, number and country.
- **What others wrote** (comments, reasons, briefs, terms) stays; the person's addresses, and a full name of two words
  or more, are taken out of it. A name of one word may be any word, so that it is left: look for it in what the people
  of the prize wrote.
- **Contents of the audit trail** that hold the person's addresses or full name, or what they alone were asked for, are
  removed. The rows stay. The act of erasing is written down with its reason and the ids of these rows, and
  `manage.py verify` accepts no other gap.
- **Files** to which nothing refers any longer are deleted by the worker within a minute or so.

What stays is what others rely on, and points to a person without a name: who decided, screened, scored, verified,
approved and paid, and when; scores and comments, on which results rest; decisions, receipts with their digests,
milestones and payments, since public money may have been given; that somebody must not see an entry. An entry that was
emptied keeps its place in the ranking, its decision and its scores.

Nobody is erased while a payment to them is under way, nor the only operator.

Erasing does not reach into backups, the mail that was delivered, printed or exported papers, or the free pages of a
database file. Run `VACUUM` on the database afterwards, let backups run out, and erase again after restoring an older
one.

## For how long

"As long as the prize is kept" means: until the installation removes the prize. Sessions and links that have ended,
answers kept against doubled clicks, and attempts to sign in are removed by the worker after the time that is given.
"""


def document() -> str:
    """The document as Markdown."""
    parts = [OPENING]
    where = _packages()
    for package, title in PACKAGES.items():
        mine = [holding for holding in holdings().values() if where.get(holding.table) == package]
        about_people = [holding for holding in mine if holding.personal or holding.why]
        if about_people:
            parts += [f"## {title}\n", *_table(about_people)]
    parts += ["## Everything else\n", *_rest(where)]
    return "\n".join(parts).rstrip()


def _table(held: Iterable[Holding]) -> list[str]:
    lines = ["| where | what | why | how long | who sees it | when erased |", "| --- | --- | --- | --- | --- | --- |"]
    for one in sorted(held, key=lambda one: one.table):
        columns = [f"`{name}`" for name in one.personal] + [f"_{name}_" for name in one.acts]
        columns += [f"`{name}` (text)" for name in one.texts]
        cells = (f"**{one.table}** {', '.join(columns)}", one.what, one.why, one.how_long, one.seen_by, one.erased)
        lines.append(f"| {' | '.join(cells)} |")
    lines.append("\n`Columns like this` hold personal data; _these_ say who did something and when, and stay.\n")
    return lines


def _rest(where: dict[str, str]) -> list[str]:
    lines = [
        "Tables that are not about people. Where somebody typed a text, it may name anybody, and erasing looks into",
        "it; who wrote it, and when, stays. The other columns are identifiers, numbers, states and dates.",
        "",
        "| table | what | texts that are looked into | who and when | other columns |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in sorted(holdings().values(), key=lambda one: (list(PACKAGES).index(where[one.table]), one.table)):
        named = [", ".join(names) for names in (one.texts, one.acts, one.nothing)]
        if one.personal or one.why:
            if one.nothing:
                lines.append(f"| {one.table} | (above) | | | {named[2]} |")
        else:
            lines.append(f"| {one.table} | {one.what} | {named[0]} | {named[1]} | {named[2]} |")
    return lines


def _packages() -> dict[str, str]:
    """The package of each table."""
    return {
        str(mapper.local_table.name): mapper.class_.__module__.partition(".")[0]  # type: ignore[attr-defined]
        for mapper in SQLModel._sa_registry.mappers
    }
