"""The release of confirmed decisions: what will be sent, what stands in its way, now or at a set time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from judging.release import release_decisions
from judging.timed_release import MailToSend, ReleasePreview, cancel_release, plan_release
from pages.components.acting import act, say
from pages.components.forms import Form
from pages.components.layout import heading, prose
from pages.components.places import link
from pages.components.words import marked
from prize.stages import StageShown
from storage.values import counted, time_words, zone_words


def draw_releasing(stage: StageShown, preview: ReleasePreview) -> None:
    """Everything about a release but the button that does it at once."""
    if preview.held_at:
        st.warning(
            marked(
                "**Nothing was released at the set time, {}.** Something was not ready. Put it right, then release or "
                "set another time.",
                time_words(preview.held_at, stage.zone),
            ),
            icon=":material/warning:",
        )
    if preview.obstacles:
        heading("Before the release")
        for words in preview.obstacles:
            st.markdown(marked("{}", words))
        link("due-diligence", "Go to due diligence", prize=stage.prize_id)
        link("letters", "Go to the letters", prize=stage.prize_id)
    heading("What will be sent", "by mail, at the same moment")
    for mail in preview.mails:
        _mail(mail)
    _set_time(stage, preview)


def release_button(stage_id: UUID, preview: ReleasePreview) -> None:
    """Release at once, after it was said what that does."""
    teams = counted(preview.teams, "team")
    with st.popover("Release to all at once", type="primary"):
        st.markdown(
            f"{teams} will be written to at the same moment. The mail says that the outcome can be read, and not what "
            "it is. Once signed in, each team reads its outcome, the reason, and the judges' comments for it, without "
            "the judges' names. This cannot be taken back."
        )
        st.button(f"Release to {teams}", on_click=_release_now, args=(stage_id,), disabled=bool(preview.obstacles))


def _release_now(stage_id: UUID) -> None:
    number = act(release_decisions, stage_id=stage_id)
    if number is not None:
        say(f"Released. {counted(number, 'team is', 'teams are')} being told by mail.")


def _mail(mail: MailToSend) -> None:
    with st.expander(f"{mail.to}: {counted(mail.people, 'person', 'people')}"):
        st.markdown(marked("**{}**", mail.subject))
        prose(mail.text)


def _set_time(stage: StageShown, preview: ReleasePreview) -> None:
    heading("At a set time", f"{zone_words(stage.zone)} time")
    zone = ZoneInfo(stage.zone)
    form = Form(f"release-{stage.id}")
    suggested = stage.dates.decision_at.astimezone(zone).replace(tzinfo=None) if stage.dates else None
    ahead = datetime.combine(datetime.now(zone).date() + timedelta(days=1), time(9))
    saved = preview.release_at.astimezone(zone).replace(tzinfo=None) if preview.release_at else None
    version = form.fill(preview.version, release_at=saved or max(suggested or ahead, ahead))
    if preview.release_at:
        words = "Was set for" if preview.held_at else "Set for"
        when = time_words(preview.release_at, stage.zone, weekday=True)
        st.markdown(marked(f"**{words} {{}}** by {{}}.", when, preview.set_by))
    with st.form(form.name, border=False):
        form.moment_field(
            "release_at",
            "Release at",
            stage.zone,
            help="If something is not ready then, nothing is released and you get a mail.",
        )
        form.outcome()
        label = "Move the release" if preview.release_at else "Set the time"
        st.form_submit_button(label, on_click=_plan, args=(form, stage, version))
    if preview.release_at and not preview.held_at:
        st.button("Cancel the set time", on_click=_cancel, args=(stage.id, preview.version))


def still_set(stage: StageShown, preview: ReleasePreview) -> None:
    """A time that was set before something changed: it counts as soon as the sponsor has confirmed again."""
    if preview.release_at:
        st.warning(
            marked(
                "**The release is still set for {}, by {}.** It takes place then if the sponsor has confirmed what has "
                "changed and everything is ready.",
                time_words(preview.release_at, stage.zone, weekday=True),
                preview.set_by,
            ),
            icon=":material/schedule:",
        )
        st.button("Cancel the set time", on_click=_cancel, args=(stage.id, preview.version))


def _plan(form: Form, stage: StageShown, version: int) -> None:
    form.send(
        plan_release,
        said="The time is set. Nothing is told to anybody before.",
        stage_id=stage.id,
        release_at=form.moment("release_at", "The release", stage.zone),
        version=version,
    )


def _cancel(stage_id: UUID, version: int) -> None:
    act(cancel_release, said="No time is set any longer.", stage_id=stage_id, version=version)
