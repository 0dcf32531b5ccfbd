"""Files that are uploaded in pieces and resumed: the component, which talks to the routes in ``tus``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import streamlit as st

from storage.uploads import Unfinished

HERE: Final = Path(__file__).parent
ACCEPTED: Final = "application/pdf,image/png,image/jpeg,.pdf,.png,.jpg,.jpeg"

_component = st.components.v2.component(
    "laurel_upload",
    html=(HERE / "upload.html").read_text(),
    css=(HERE / "upload.css").read_text(),
    js=(HERE / "upload.js").read_text(),
)


def upload(
    label: str,
    *,
    key: str,
    what: str,
    target: Mapping[str, UUID],
    size_limit: int,
    unfinished: Sequence[Unfinished] = (),
    help: str = "",  # noqa: A002
) -> None:
    """Draw a place to choose PDFs and images, which are then sent in pieces. The page is drawn again as they arrive.

    ``what`` is one of ``tus.KINDS``, ``target`` the ids that its command takes, ``size_limit`` in bytes;
    ``unfinished`` are this person's earlier uploads, which go on when the same file is chosen again.
    """
    _component(
        key=key,
        data={
            "label": label,
            "help": help,
            "field": f"upload-{key}",
            "accept": ACCEPTED,
            "limit": size_limit,
            "target": {"what": what, **{name: str(value) for name, value in target.items()}},
            "unfinished": [
                {"address": f"/uploads/{row.id}", "name": row.name, "offset": row.offset, "length": row.length}
                for row in unfinished
            ],
        },
        on_arrived_change=lambda: None,
    )
