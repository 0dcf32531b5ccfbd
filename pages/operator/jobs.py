"""Jobs that are not done, and what to do about each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from accounts.operator import JobLine, WaitingJobs, retry_job, unfinished_jobs
from pages.components.acting import act, ask
from pages.components.layout import empty_list, heading, page_header, table
from pages.components.words import marked
from storage.values import counted, time_words

WHAT_TO_DO: Final = (
    "Each was tried several times, with pauses. Read what went wrong last, mend it (a mail server, the store, a file "
    "that cannot be read), and start the job again. What it had begun is not done twice."
)


def draw() -> None:
    jobs = ask(unfinished_jobs)
    waiting = sum(kind.count for kind in jobs.waiting)
    page_header("Installation", "Jobs", facts=f"{jobs.dead_in_all:,} failed for good, {waiting:,} waiting or running.")
    if jobs.dead:
        shown = f"the latest {len(jobs.dead)}" if jobs.dead_in_all > len(jobs.dead) else ""
        heading("Failed for good", shown, WHAT_TO_DO)
    for job in jobs.dead:
        _failed(job)
    if jobs.waiting:
        heading("Waiting or running", "by kind, the next on top")
        _waiting(jobs.waiting)
    if not jobs.dead and not jobs.waiting:
        empty_list("Nothing is waiting", "Work that is to be done later appears here, and what has failed.")


def _waiting(kinds: Sequence[WaitingJobs]) -> None:
    """What went wrong has a column where anything did, and on a phone the place of the next time."""
    troubled = any(kind.last_error for kind in kinds)
    rows = [[_called(kind.kind), _how_many(kind), time_words(kind.next_at, "UTC")] for kind in kinds]
    if troubled:
        for row, kind in zip(rows, kinds, strict=True):
            row.append(_trouble(kind))
    table(
        ["Job", "How many", "Next", *(["Said last"] if troubled else [])],
        rows,
        numbers={1},
        hide_on_phone={2} if troubled else (),
        caption="Jobs that wait or run",
    )


def _failed(job: JobLine) -> None:
    with st.container(border=True, key=f"job-{job.id}"):
        st.markdown(marked("**{}** · {}", _called(job.kind), job.about))
        st.markdown(marked("Failed {}. Last: {}", counted(job.attempts, "time"), job.last_error))
        st.button("Start again", key=f"retry-{job.id}", on_click=_retry, args=(job.id,))


def _called(kind: str) -> str:
    return kind[:1].upper() + kind[1:]


def _how_many(kind: WaitingJobs) -> str:
    return f"{kind.count:,}, {kind.running:,} running" if kind.running else f"{kind.count:,}"


def _trouble(kind: WaitingJobs) -> str:
    if not kind.last_error:
        return ""
    return f"Failed {counted(kind.attempts, 'time')}: {kind.last_error}" if kind.attempts else kind.last_error


def _retry(job_id: UUID) -> None:
    act(retry_job, said="The job will run again.", job_id=job_id)
