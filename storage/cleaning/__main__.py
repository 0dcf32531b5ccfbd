"""The child process: reads one file within limits.

``python -m storage.cleaning clean|extract SOURCE FOLDER CONTENT_TYPE PARENT`` writes ``report.json`` into FOLDER, and
when cleaning the copy and its pages. Exit status 0: done; 3: unreadable, with the reason in the report; anything
else: the limits were passed, or the process died.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from storage.cleaning.cleaning import clean
from storage.cleaning.extracting import extract
from storage.cleaning.limits import keep_within_limits
from storage.cleaning.types import Unreadable


def main(task: str, source: Path, folder: Path, content_type: str, parent: int) -> int:
    keep_within_limits(parent)
    report: dict[str, Any]
    try:
        if task == "extract":
            report = {"found": extract(source, content_type)}
        else:
            report = clean(source, folder, content_type)
    except Unreadable as error:
        report = {"problem": str(error)}
    (folder / "report.json").write_text(json.dumps(report))
    return 3 if "problem" in report else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], int(sys.argv[5])))
