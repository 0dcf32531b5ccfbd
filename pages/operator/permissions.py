"""Who may do what, and why: the tables that let commands through, and what each person holds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import streamlit as st

import delivery.policy  # noqa: F401 - the uppermost table brings the others
import prize.scopes  # noqa: F401 - says how prizes and stages are called
from accounts.explaining import Appointee, HeldRole, PolicyShown, RuleShown, appointees, policy_tables, roles_of
from pages.components.acting import ask
from pages.components.layout import empty_list, heading, page_header, table
from pages.components.words import marked
from storage.values import date_words

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts": "Accounts and the installation",
        "mission": "Missions",
        "prize": "Prizes and entries",
        "judging": "Judging",
        "delivery": "Delivery and payments",
    }
)
PEOPLE, RULES = "People", "Rules"


def draw() -> None:
    page_header(
        "Installation",
        "Who may do what, and why",
        facts="These tables decide: the same lines let a person through and draw the buttons they see.",
    )
    people, by_rule = st.tabs([PEOPLE, RULES])
    with people:
        _people()
    with by_rule:
        for policy in ask(policy_tables):
            _policy(policy)


def _people() -> None:
    found = ask(appointees)
    if not found:
        empty_list("Nobody has been appointed", "People who hold a role appear here.")
        return
    chosen = st.selectbox(
        "Person", found, index=None, format_func=_called, placeholder="Choose somebody, or type a name"
    )
    if chosen is None:
        st.caption("Their roles appear here, with who appointed them and what each role lets them do.")
        return
    held = ask(roles_of, person_id=chosen.id)
    heading(chosen.name, chosen.email)
    for role in held:
        _role(role)


def _called(person: Appointee) -> str:
    return f"{person.name}, {person.email}" if person.email else person.name


def _role(held: HeldRole) -> None:
    with st.container(border=True):
        st.markdown(marked("**{}** in {}", held.role.value.capitalize(), held.where))
        until = f", until {date_words(held.ended_at)}" if held.ended_at else ""
        st.markdown(marked(":gray[Appointed by {} on {}{}]", held.appointed_by, date_words(held.appointed_at), until))
        if held.ended_at is None and held.may:
            with st.expander(f"What this lets them do ({len(held.may)})"):
                for does in held.may:
                    st.markdown(marked("- {}", does))
        elif held.ended_at is None:
            st.caption("What they may do depends on the entry. The rules say how.")


def _policy(policy: PolicyShown) -> None:
    heading(TITLES[policy.package], f"{len(policy.rules)} rules")
    table(
        ("What", "Who", "In the scope of", "Only if"),
        [(rule.does, _who(rule), _scope(rule), "; ".join(rule.conditions) or "–") for rule in policy.rules],
        hide_on_phone={2, 3},
        caption=f"Who may do what: {TITLES[policy.package].lower()}",
    )


def _who(rule: RuleShown) -> str:
    who = [rule.everybody] if rule.everybody else [role.value.capitalize() for role in rule.roles]
    who += [f"people who {words.removesuffix(' yourself')}" for words in rule.relations]
    words = ", ".join(who) or "Laurel itself"
    return words[:1].upper() + words[1:]


def _scope(rule: RuleShown) -> str:
    return "the installation" if rule.about == "installation" else f"the {rule.about}"
