"""A team: who belongs to it, who is invited, and what its lead and its members can do about that."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask, say
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import go, link, parameter
from pages.components.words import marked
from prize.entries.invitations import (
    InvitationShown,
    OwnInvitation,
    accept_invitation,
    decline_invitation,
    invite_member,
    withdraw_invitation,
)
from prize.entries.members import OwnTeam, hand_over_lead, leave_team, own_team, remove_member
from prize.entries.teams import MemberShown
from storage.values import counted, time_words

_LEFT = "team just left"


def draw() -> None:
    if st.session_state.pop(_LEFT, False):
        go("my-entries")
    entry_id = parameter("entry")
    if entry_id is None:
        page_header("Entrant", "Team")
        empty_list("No entry chosen", "Choose one of your entries.", lambda: link("my-entries", "My entries"))
        return
    own = ask(own_team, entry_id=entry_id)
    page_header(own.prize, own.team.organisation, facts=_facts(own), actions=lambda: _back(entry_id))
    main, side = columns_main_side()
    with main:
        heading("Team")
        for member in own.team.members:
            _member(own, member, entry_id)
        if own.invitations:
            heading("Invited", "not members before they accept")
        for invitation in own.invitations:
            _invitation(own, invitation, entry_id)
    with side:
        if own.leads:
            _invite(entry_id)
        else:
            heading("What members do")
            st.markdown("All members write the entry, upload files and submit. The lead also invites and removes.")
            _leave(entry_id)


def draw_invitation(shown: OwnInvitation) -> None:
    """An invitation that somebody has got, with its two buttons."""
    with st.container(border=True, key=f"invitation-{shown.id}", gap="small"):
        st.markdown(marked("**{} asks you to join the team of {}**", shown.invited_by, shown.organisation))
        until = time_words(shown.open_until, shown.zone, weekday=True)
        st.caption(marked("For {}. Open until {}. The team then sees your name and address.", shown.prize, until))
        with st.container(horizontal=True, gap="small"):
            st.button("Join the team", type="primary", key=f"join-{shown.id}", on_click=_join, args=(shown.id,))
            st.button("Decline", key=f"decline-{shown.id}", on_click=_decline, args=(shown.id,))


def _facts(own: OwnTeam) -> str:
    invited = f", {len(own.invitations)} invited" if own.invitations else ""
    return f"{counted(len(own.team.members), 'member')}{invited}. Judges do not see who belongs to a team."


def _back(entry_id: UUID) -> None:
    link("entry", "To the entry", entry=entry_id)


def _member(own: OwnTeam, member: MemberShown, entry_id: UUID) -> None:
    you = member.person_id == own.you
    with st.container(border=True, key=f"member-{member.person_id}", gap="small"):
        notes = [word for word, true in (("leads", member.leads), ("you", you)) if true]
        st.markdown(marked("**{}** :gray[{}]", member.name, " · ".join([*notes, member.email])))
        if not own.leads or you:
            return
        with st.container(horizontal=True, gap="small"):
            with st.popover("Hand over the lead", key=f"handing-{member.person_id}"):
                st.markdown(
                    marked("{} then invites and removes members and can withdraw the entry. You can not.", member.name)
                )
                st.button("Hand it over", key=f"hand-{member.person_id}", on_click=_hand_over, args=(entry_id, member))
            with st.popover("Remove", key=f"removing-{member.person_id}"):
                st.markdown(
                    marked("{} no longer sees the entry, and is told by mail. What they wrote stays.", member.name)
                )
                st.button(
                    "Remove from the team",
                    key=f"remove-{member.person_id}",
                    on_click=_remove,
                    args=(entry_id, member),
                )


def _invitation(own: OwnTeam, invitation: InvitationShown, entry_id: UUID) -> None:
    with st.container(border=True, key=f"invited-{invitation.id}", gap="small"):
        st.markdown(marked("**{}** :gray[{}]", invitation.name, invitation.email))
        st.caption(marked("Open until {}.", time_words(invitation.open_until, own.zone, weekday=True)))
        if own.leads:
            st.button(
                "Withdraw the invitation",
                key=f"withdraw-{invitation.id}",
                on_click=_withdraw,
                args=(entry_id, invitation),
            )


def _invite(entry_id: UUID) -> None:
    form = Form(f"invite-{entry_id}")
    form.fill(name="", email="")
    heading("Invite somebody")
    with st.form(form.name, border=False):
        form.line("name", "Name")
        form.line(
            "email",
            "Mail address",
            limit=320,
            type="email",
            placeholder="name@example.org",
            help="A link goes there that works once, for 14 days.",
        )
        st.caption("Members read and write the entry, and submit it. Only you invite, remove and withdraw.")
        form.outcome()
        st.form_submit_button("Invite", type="primary", on_click=_send, args=(form, entry_id))


def _leave(entry_id: UUID) -> None:
    with st.popover("Leave the team", key="leaving"):
        st.markdown("You no longer see its entries; what you wrote stays in them. The lead is told by mail.")
        st.button("Leave", key="leave", on_click=_left, args=(entry_id,))


def _send(form: Form, entry_id: UUID) -> None:
    form.send(
        invite_member,
        done=f"Invited. A mail goes to {form['email'].strip()}.",
        called={"email": "mail address"},
        entry_id=entry_id,
        name=form["name"],
        email=form["email"],
    )


def _withdraw(entry_id: UUID, invitation: InvitationShown) -> None:
    said = f"Withdrawn. {invitation.name} is told by mail."
    act(withdraw_invitation, said=said, entry_id=entry_id, invitation_id=invitation.id)


def _remove(entry_id: UUID, member: MemberShown) -> None:
    said = f"{member.name} no longer belongs to your team."
    act(remove_member, said=said, entry_id=entry_id, person_id=member.person_id)


def _hand_over(entry_id: UUID, member: MemberShown) -> None:
    act(hand_over_lead, said=f"{member.name} leads the team now.", entry_id=entry_id, person_id=member.person_id)


def _left(entry_id: UUID) -> None:
    prize = act(leave_team, entry_id=entry_id)
    if prize is not None:
        say(f"You have left the team for {prize}.")
        st.session_state[_LEFT] = True


def _join(invitation_id: UUID) -> None:
    act(accept_invitation, said="You belong to the team now. Its entries stand below.", invitation_id=invitation_id)


def _decline(invitation_id: UUID) -> None:
    act(decline_invitation, said="Declined. The team's lead is told by mail.", invitation_id=invitation_id)
