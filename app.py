"""The web's composition root: ``streamlit run app.py`` serves this application."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from accounts import sessions
from pages.components import autosave, downloads, tus
from pages.edge import errors, health, logs
from pages.edge.blocked import BlockedPaths
from pages.edge.csrf import SameOrigin
from pages.edge.headers import SecurityHeaders
from pages.edge.identity import Identity
from pages.edge.lifespan import lifespan_of
from pages.edge.messages import Messages
from pages.edge.unread import Unread
from pages.public import routes as public
from settings import get_settings
from storage import database

settings = get_settings()
logs.configure(settings.log_level)

OPEN_ROUTES = (*health.routes(database.ready), *public.ROUTES)
"""For strangers too. Everything else needs a session."""

SIGNED_IN_ROUTES = (*public.SIGNED_IN_ROUTES, *autosave.ROUTES, *tus.ROUTES, *downloads.ROUTES)

app = st.App(
    "pages/shell/main.py",
    routes=[*OPEN_ROUTES, *SIGNED_IN_ROUTES],
    middleware=[
        Middleware(logs.AccessLog),
        Middleware(SecurityHeaders, public_url=settings.public_url),
        Middleware(Unread),
        Middleware(errors.CatchAll),
        Middleware(BlockedPaths),
        Middleware(SameOrigin),
        Middleware(
            Identity,
            identify=sessions.identify,
            cookie=sessions.COOKIE,
            secure=settings.cookie_secure,
            lives=sessions.LIFETIME,
            open_routes=OPEN_ROUTES,
        ),
        Middleware(Messages),
    ],
    lifespan=lifespan_of(settings, Path(__file__).parent),
    exception_handlers=errors.handlers(),
    on_script_error=errors.on_script_error,
)
