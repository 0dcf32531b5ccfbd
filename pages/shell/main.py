"""The Streamlit script: navigation and nothing else."""

from __future__ import annotations

import streamlit as st

from pages.components.acting import one_state, show_said
from pages.components.layout import ICON, apply_style, begin_at_the_top
from pages.components.navigation import navigate
from pages.shell.in_one_go import in_one_go
from pages.shell.in_place import stay_in_place

with in_one_go():
    st.set_page_config(page_title="Laurel", page_icon=str(ICON), layout="wide", initial_sidebar_state=240)
    begin_at_the_top()
    apply_style()
    stay_in_place()
    with one_state():
        page = navigate()
        with show_said(st.container()):  # always there, so that what stands below keeps its place, and its state
            page.run()
