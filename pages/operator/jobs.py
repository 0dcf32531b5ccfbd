"""Jobs that are not done, and what to do about each."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from accounts.operator import JobLine, retry_job, unfinished_jobs
from pages.components.acting import act, ask
from pages.components.layout import empty_list, page_header
from pages.components.words import marked
from storage.jobs import JobState
from storage.values import time_words


def draw() -> None:
    jobs = ask(unfinished_jobs)
    dead = [job for job in jobs if job.state is JobState.DEAD]
    facts = f"{len(dead)} failed for good, {len(jobs) - len(dead)} waiting or running."
    page_header("Installation", "Jobs", facts=facts)
    if not jobs:
        empty_list("Nothing is waiting", "Work that is to be done later appears here, and what has failed.")
    for job in jobs:
        _job(job)


def _job(job: JobLine) -> None:
    with st.container(border=True, key=f"job-{job.id}"):
        st.markdown(marked("**{}** · {}", job.kind, job.about))
        if job.state is JobState.DEAD:
            st.markdown(marked("Failed {} times. Last: {}", str(job.attempts), job.last_error))
            st.button("Start again", key=f"retry-{job.id}", on_click=_retry, args=(job.id,))
        else:
            st.caption(f"{job.state.value.capitalize()}, due {time_words(job.run_at, 'UTC')}")
            if job.last_error:
                st.markdown(marked("Failed {} times. Last: {}", str(job.attempts), job.last_error))


def _retry(job_id: UUID) -> None:
    act(retry_job, said="The job will run again.", job_id=job_id)
